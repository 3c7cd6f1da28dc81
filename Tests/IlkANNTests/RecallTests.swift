import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Recall against exact search` {
    @Test(arguments: Metric.allCases, [1, 2])
    func `stays above its floor after a build`(metric: Metric, threads: Int) throws {
        let bench = try Bench.built(metric, 3_000, threads: threads)
        #expect(bench.index.count == 3_000 && bench.index.pendingCount == 0)
        #expect(bench.meanRecall() >= 0.95)
        #expect(bench.index.problems() == [])
    }

    @Test(arguments: Metric.allCases)
    func `stays above its floor after inserts, one by one`(metric: Metric) throws {
        var bench = try Bench.built(metric, 1_500)
        for (number, vector) in RandomVectors.clustered(1_000, dimension: 32, seed: 2).enumerated() {
            bench.place(vector, at: 1_500 + UInt32(number))
            bench.index.linkPending()
        }
        bench.index.reconnectStrays()
        #expect(bench.meanRecall() >= 0.95)
        #expect(bench.index.problems() == [])
    }

    @Test(arguments: Metric.allCases)
    func `stays above its floor after deletes, before and after repair`(metric: Metric) throws {
        var bench = try Bench.built(metric, 3_000)
        for ordinal in stride(from: UInt32(0), to: 3_000, by: 3) { bench.remove(ordinal) }
        #expect(bench.index.count == 2_000 && bench.index.removedCount == 1_000)
        #expect(bench.meanRecall() >= 0.95)
        let vacated = bench.index.repair(threads: 2)
        #expect(Set(vacated.map(\.rawValue)) == Set(stride(from: UInt32(0), to: 3_000, by: 3)))
        #expect(bench.index.removedCount == 0)
        #expect(bench.meanRecall() >= 0.95)
        #expect(bench.index.problems() == [])
    }

    @Test(arguments: Metric.allCases)
    func `is that of a fresh build after four in five points have gone at once`(metric: Metric) throws {
        var bench = try Bench.built(metric, 4_000)
        for ordinal in 0..<UInt32(4_000) where !ordinal.isMultiple(of: 5) { bench.remove(ordinal) }
        #expect(bench.index.repair(threads: 2).count == 3_200)
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall(efSearch: 60) >= 0.97)
    }

    @Test(arguments: Metric.allCases)
    func `after twenty rounds of churn is that of a fresh build, at any ef`(metric: Metric) throws {
        var bench = try Bench.built(metric, 2_000)
        var random = SplitMix64(seed: 5)
        for round in 0..<20 {
            for ordinal in bench.vectors.keys.sorted().shuffled(using: &random).prefix(200) { bench.remove(ordinal) }
            let vacated = bench.index.repair()
            for (ordinal, vector) in zip(
                vacated, RandomVectors.clustered(200, dimension: 32, seed: 100 + UInt64(round)))
            {
                bench.place(vector, at: ordinal.rawValue)
            }
            bench.index.linkPending()
            bench.index.reconnectStrays()
        }
        #expect(bench.index.count == 2_000)
        #expect(bench.index.problems() == [])
        var fresh = try Bench(metric, dimension: 32)
        for (ordinal, vector) in bench.vectors.sorted(by: { $0.key < $1.key }) { fresh.place(vector, at: ordinal) }
        fresh.index.linkPending()
        for ef in [10, 20, 64] {
            let here = bench.meanRecall(efSearch: ef, queries: 200)
            let there = fresh.meanRecall(efSearch: ef, queries: 200)
            #expect(here >= there - 0.01, "recall@10 at ef \(ef) is \(here), that of a fresh build \(there)")
        }
    }

    @Test(arguments: Metric.allCases, [VectorStorage.f32, .u8])
    func `is the same after a reload`(metric: Metric, storage: VectorStorage) throws {
        var bench = try Bench.built(metric, 2_000, storage: storage)
        for ordinal in stride(from: UInt32(1), to: 2_000, by: 7) { bench.remove(ordinal) }
        bench.place(RandomVectors.clustered(50, dimension: 32, seed: 3), from: 2_000)
        let copy = try bench.reloaded()
        #expect(copy.index.problems() == [])
        for query in RandomVectors.clustered(50, dimension: 32, seed: 98) {
            #expect(
                copy.index.search(query.span, k: 10, efSearch: 64)
                    == bench.index.search(query.span, k: 10, efSearch: 64))
        }
        #expect(copy.meanRecall() >= 0.95)
    }

    @Test(arguments: Metric.allCases, [0.01, 0.1, 0.5, 0.99])
    func `holds for those that a filter admits`(metric: Metric, selectivity: Double) throws {
        let bench = try Bench.built(metric, 3_000)
        var random = SplitMix64(seed: 8)
        let limit = UInt64(selectivity * 1_000)
        let admitted = OrdinalSet(capacity: 3_000, ordinals: (0..<3_000).filter { _ in random.next() % 1_000 < limit })
        #expect(bench.meanRecall(admitting: admitted) >= 0.96)
    }

    @Test func `on data without structure grows with ef`() throws {
        var bench = try Bench(.l2, dimension: 64)
        bench.place(RandomVectors.uniform(3_000, dimension: 64, seed: 1))
        bench.index.linkPending(threads: 2)
        let recalls = [10, 40, 160, 640].map { ef in
            RandomVectors.uniform(40, dimension: 64, seed: 2).reduce(0.0) { sum, query in
                sum
                    + recall(
                        of: bench.index.search(query.span, k: 10, efSearch: ef).neighbors,
                        against: bench.truth(query, k: 10))
            } / 40
        }
        #expect(recalls == recalls.sorted())
        #expect(recalls[2] >= 0.9 && recalls[3] >= 0.99, "recalls \(recalls)")
    }
}
