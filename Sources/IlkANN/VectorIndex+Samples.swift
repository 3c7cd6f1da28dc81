import IlkVectors
import Synchronization

extension VectorIndex {
    /// For each of some nodes the `limit` others that a measure puts nearest to it, nearest first.
    ///
    /// The nodes of `among` are read once a thread, a block at a time, for all queries.
    func nearest(
        to queries: [UInt32], among nodes: [UInt32], by measure: @Sendable () -> Measure, limit: Int, threads: Int
    ) -> [[Neighbor]] {
        let workers = max(1, min(threads, queries.count))
        let found = Mutex([[Neighbor]](repeating: [], count: queries.count))
        Workers.run(workers) { worker in
            let measure = measure()
            let mine = stride(from: worker, to: queries.count, by: workers).map { $0 }
            var best = mine.map { _ in TopK(limit) }
            var distances = [Float](repeating: 0, count: 256)
            for first in stride(from: 0, to: nodes.count, by: 256) {
                let count = min(256, nodes.count - first)
                for (place, number) in mine.enumerated() {
                    let query = queries[number]
                    // SAFETY: `count` nodes lie behind `first`, and as many floats fit.
                    unsafe nodes.withUnsafeBufferPointer { nodes in
                        unsafe measure.distances(
                            measure.row(query), to: nodes.baseAddress! + first, count: count, into: &distances)
                    }
                    var bound = best[place].bound
                    for offset in 0..<count where distances[offset] <= bound && nodes[first + offset] != query {
                        best[place].insert(
                            Neighbor(ordinal: Ordinal(nodes[first + offset]), distance: distances[offset]))
                        bound = best[place].bound
                    }
                }
            }
            found.withLock { found in for (place, number) in mine.enumerated() { found[number] = best[place].neighbors }
            }
        }
        return found.withLock { $0 }
    }
}
