import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Exact neighbors of many queries` {
    private func matrix(_ rows: [[Float]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows.first?.count ?? 0, elements: rows.flatMap { $0 })
    }

    @Test(arguments: Metric.allCases, [1, 2])
    func `are those that measuring every pair finds`(metric: Metric, threads: Int) {
        let base = RandomVectors.clustered(2_100, dimension: 12, seed: 1)
        let queries = RandomVectors.clustered(70, dimension: 12, seed: 2)
        let found = ExactNeighbors.find(
            base: matrix(base), queries: matrix(queries), metric: metric, k: 10, threads: threads)
        for (query, neighbors) in zip(queries, found) {
            #expect(neighbors == metric.nearest(10, to: query, of: base.enumerated().map { (UInt32($0), $1) }))
        }
    }

    @Test func `are right where a difference of large products loses every digit`() {
        // 1,000 away from the origin and 0.01 apart: ‖a‖² − 2ab + ‖b‖² has no digit left of the distance.
        let base = (0..<15).map { [1_000 + 0.01 * Float($0), 1_000] }
        let found = ExactNeighbors.find(base: matrix(base), queries: matrix([base[0]]), metric: .l2, k: 3)
        #expect(found[0].map(\.ordinal.rawValue) == [0, 1, 2])
    }

    @Test func `are fewer than k where there are fewer rows`() {
        let base = matrix([[1, 0], [0, 1]])
        #expect(ExactNeighbors.find(base: base, queries: base, metric: .l2, k: 5).map(\.count) == [2, 2])
        #expect(
            ExactNeighbors.find(base: base, queries: Matrix(rows: 0, columns: 2, elements: []), metric: .l2, k: 5) == []
        )
    }
}
