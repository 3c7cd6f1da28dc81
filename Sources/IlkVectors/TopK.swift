/// The `k` nearest of many candidates, kept sorted: for scans, where few candidates are good enough to enter.
///
/// Equal distances are ordered by ordinal, so the answer does not depend on the order of the candidates.
package struct TopK: Sendable {
    package let k: Int
    /// Nearest first, at most `k`.
    package private(set) var neighbors: [Neighbor] = []

    package init(_ k: Int) {
        self.k = k
        neighbors.reserveCapacity(k)
    }

    /// No candidate farther than this can enter.
    @inline(__always)
    package var bound: Float { neighbors.count < k ? .infinity : neighbors.last?.distance ?? -.infinity }

    /// Takes a candidate in if it is among the `k` nearest so far.
    package mutating func insert(_ candidate: Neighbor) {
        if neighbors.count == k {
            guard let last = neighbors.last, candidate < last else { return }
            neighbors.removeLast()
        }
        var low = 0
        var high = neighbors.count
        while low < high {
            let middle = (low + high) / 2
            if neighbors[middle] < candidate { low = middle + 1 } else { high = middle }
        }
        neighbors.insert(candidate, at: low)
    }
}
