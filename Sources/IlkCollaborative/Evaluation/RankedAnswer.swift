import Glibc
import IlkVectors

/// How one user's items were ranked: what the measures of a ranking are reckoned from.
package struct RankedAnswer: Equatable, Sendable {
    /// The best items, best first.
    package let top: [UInt32]
    /// The places, from 1 and rising, of the answer's items within `top`.
    package let places: [Int]
    /// The place of the best of the answer's items among all that were offered, from 1.
    package let first: Int
    /// How many items the answer has.
    package let wanted: Int

    package init(top: [UInt32], places: [Int], first: Int, wanted: Int) {
        self.top = top
        self.places = places
        self.first = first
        self.wanted = wanted
    }

    /// Ranks all items by falling score; of equal ones, the lower number first.
    ///
    /// - Parameters:
    ///   - scores: shape `[items]`; items at minus infinity are not offered.
    ///   - answer: the items that should be found, all of them offered.
    ///   - depth: how many items `top` has.
    package init(scores: [Float], answer: [UInt32], depth: Int) {
        let top = TopItems.of(scores, depth)
        let wanted = Set(answer)
        var best = answer[0]
        for item in answer where Self.precedes(item, best, scores) { best = item }
        // A place within `top` needs no count over all items.
        let first =
            top.firstIndex(of: best)
            ?? scores.indices.count { $0 != Int(best) && Self.precedes(UInt32($0), best, scores) }
        self.init(
            top: top, places: top.indices.filter { wanted.contains(top[$0]) }.map { $0 + 1 }, first: first + 1,
            wanted: answer.count)
    }

    private static func precedes(_ a: UInt32, _ b: UInt32, _ scores: [Float]) -> Bool {
        let (first, second) = (scores[Int(a)], scores[Int(b)])
        return first != second ? first > second : a < b
    }

    /// 1 if an item of the answer is among the first `k`, else 0.
    package func hit(at k: Int) -> Double { places.contains { $0 <= k } ? 1 : 0 }

    /// The share of the answer's items that are among the first `k`.
    package func recall(at k: Int) -> Double { Double(places.count { $0 <= k }) / Double(wanted) }

    /// Normalized discounted cumulative gain (Järvelin and Kekäläinen, 2002): 1 if the first `k` could not be better.
    package func ndcg(at k: Int) -> Double {
        func gain(_ place: Int) -> Double { 1 / log2(Double(place + 1)) }
        let ideal = (1...max(1, min(k, wanted))).reduce(0) { $0 + gain($1) }
        return places.filter { $0 <= k }.reduce(0) { $0 + gain($1) } / ideal
    }

    /// 1 divided by the place of the first item of the answer.
    package var reciprocalRank: Double { 1 / Double(first) }
}

/// The items with the greatest scores.
package enum TopItems {
    /// At most `count` items, best first.
    ///
    /// Of equal ones, the lower number comes first. Minus infinity is no score.
    package static func of(_ scores: [Float], _ count: Int) -> [UInt32] {
        // The greatest score is the least distance.
        var best = TopK(count)
        for item in scores.indices where scores[item] > -.infinity && -scores[item] <= best.bound {
            best.insert(Neighbor(ordinal: Ordinal(UInt32(item)), distance: -scores[item]))
        }
        return best.neighbors.map(\.ordinal.rawValue)
    }
}
