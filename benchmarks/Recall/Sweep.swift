import IlkANN
import IlkVectors
import Synchronization

/// An index over the base vectors, and passes of all queries over it.
struct Sweep {
    let index: VectorIndex
    let queries: Matrix
    let k: Int
    let build: Measurement.Build

    /// Builds the index: on one thread by that thread's CPU time, on more by the wall's.
    init(
        base: Matrix, queries: Matrix, metric: Metric, parameters: HNSWParameters, storage: VectorStorage, k: Int,
        threads: Int
    ) throws {
        let index = try VectorIndex(dimension: base.columns, metric: metric, parameters: parameters, storage: storage)
        let clock = Clock.of(threads: threads)
        let before = Machine.residentBytes
        let seconds = clock.time {
            for row in 0..<base.rows {
                index.place(
                    base.elements.span.extracting(row * base.columns..<(row + 1) * base.columns),
                    at: Ordinal(UInt32(row)))
            }
            index.linkPending(threads: threads)
            index.settleLists(threads: threads)
        }
        self.index = index
        self.queries = queries
        self.k = k
        build = Measurement.Build(
            seconds: seconds, threads: threads, clock: clock,
            bytesPerVector: Double(Machine.residentBytes - before) / Double(max(base.rows, 1)))
    }

    /// What walks measure, after `auto` has chosen.
    var storage: VectorStorage { index.storageInUse.storage }

    /// What answers searches, after `auto` has chosen.
    var structure: Structure { index.structureInUse }

    var rescored: Int { index.storageInUse.trial?.rescored ?? 0 }

    /// The width that the index finds for a recall, on its own points.
    func ef(reaching recall: Double, threads: Int) -> Int? {
        while index.isRecallDue { index.measureRecall(threads: threads) }
        return index.recallCurve?.ef(reaching: recall, k: k)
    }

    /// Row numbers found for each query.
    func answers(ef: Int) -> [[UInt32]] {
        (0..<queries.rows).map { search($0, ef: ef).map { $0.ordinal.rawValue } }
    }

    /// Queries a second of one pass.
    func speed(ef: Int, threads: Int) -> Double {
        let seconds = Clock.of(threads: threads).time {
            guard threads > 1 else {
                for query in 0..<queries.rows { _ = search(query, ef: ef) }
                return
            }
            let next = Atomic<Int>(0)
            Workers.run(threads) { _ in
                while true {
                    let query = next.add(1, ordering: .relaxed).oldValue
                    guard query < queries.rows else { return }
                    _ = search(query, ef: ef)
                }
            }
        }
        return Double(queries.rows) / seconds
    }

    private func search(_ query: Int, ef: Int) -> [Neighbor] {
        let range = query * queries.columns..<(query + 1) * queries.columns
        return index.search(queries.elements.span.extracting(range), k: k, efSearch: ef).neighbors
    }
}
