/// The share of the true neighbors that a search found: recall@k, with k the number of true ones.
///
/// A hit counts by distance, not by name: one as near as the true k-th, within a thousandth, is as good (the rule of
/// ann-benchmarks), so that ties and rounding are no misses. 1 where there is nothing to find.
package func recall(of found: [Neighbor], against truth: [Neighbor]) -> Double {
    guard let last = truth.last else { return 1 }
    let bound = last.distance + abs(last.distance) * 1e-3
    return Double(min(found.count { $0.distance <= bound }, truth.count)) / Double(truth.count)
}
