import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `An index that knows its recall` {
    private func measured(_ metric: Metric, storage: VectorStorage = .u8, count: Int = 4_000) throws -> Bench {
        let bench = try Bench.built(metric, count, storage: storage)
        while bench.index.isRecallDue { bench.index.measureRecall(threads: 2) }
        return bench
    }

    @Test(arguments: Metric.allCases)
    func `reaches what is asked for with queries that it never saw`(metric: Metric) throws {
        let bench = try measured(metric)
        let curve = try #require(bench.index.recallCurve)
        for recall in [0.9, 0.95, 0.99] {
            let ef = try #require(curve.ef(reaching: recall, k: 10))
            let found = bench.meanRecall(efSearch: ef, queries: 400)
            #expect(found >= recall - 0.01, "at ef \(ef), which shall reach \(recall), it is \(found)")
        }
    }

    @Test func `asks for wider searches the more shall be found, and for more hits`() throws {
        let curve = try #require(try measured(.cosine).index.recallCurve)
        let widths = [0.8, 0.9, 0.95, 0.98, 0.99].map { curve.ef(reaching: $0, k: 10) ?? .max }
        #expect(widths == widths.sorted() && widths[0] >= 10)
        let ten = try #require(curve.ef(reaching: 0.95, k: 10))
        let hundred = try #require(curve.ef(reaching: 0.95, k: 100))
        #expect(hundred == 10 * ten)
        #expect(try #require(curve.ef(reaching: 0.5, k: 1)) >= 10)
    }

    @Test func `tells of each width how many searches it rests on and how sure it is`() throws {
        let curve = try #require(try measured(.l2).index.recallCurve)
        #expect(curve.searches >= 1_000 && curve.count == 4_000)
        for rung in curve.rungs {
            #expect(rung.searches == curve.searches)
            #expect((0...1).contains(rung.recall) && (0...0.02).contains(rung.standardError))
        }
    }

    @Test func `measures when all is linked, and anew when half of its points have changed`() throws {
        var bench = try Bench.built(.l2, 999)
        #expect(!bench.index.isRecallDue, "too small to be walked")
        bench.place(RandomVectors.clustered(2_000, dimension: 32, seed: 3), from: 999)
        #expect(!bench.index.isRecallDue, "points are pending")
        bench.index.linkPending()
        #expect(bench.index.isRecallDue)
        while bench.index.isRecallDue { bench.index.measureRecall() }
        for ordinal in 0..<UInt32(1_499) { bench.remove(ordinal) }
        #expect(!bench.index.isRecallDue)
        bench.remove(1_499)
        #expect(bench.index.isRecallDue)
        bench.index.measureRecall()
        #expect(bench.index.recallCurve != nil, "the old curve holds until the new one is whole")
    }

    @Test func `says where no width is enough`() throws {
        let curve = try #require(try measured(.cosine).index.recallCurve)
        #expect(curve.ef(reaching: 1.1, k: 10) == nil)
    }
}
