import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `An index with codes` {
    @Test(arguments: Metric.allCases, [1, 2])
    func `finds what one without finds`(metric: Metric, threads: Int) throws {
        let bench = try Bench.built(metric, 3_000, threads: threads, storage: .u8)
        let plain = try Bench.built(metric, 3_000, threads: threads)
        #expect(bench.index.storageInUse.storage == .u8)
        for ef in [20, 64] {
            let (with, without) = (
                bench.meanRecall(efSearch: ef, queries: 200), plain.meanRecall(efSearch: ef, queries: 200)
            )
            #expect(with >= without - 0.005, "recall@10 at ef \(ef) is \(with), without codes \(without)")
        }
        #expect(bench.index.problems() == [])
    }

    @Test(arguments: Metric.allCases)
    func `returns the vectors' own distances`(metric: Metric) throws {
        let bench = try Bench.built(metric, 1_500, storage: .u8)
        for query in RandomVectors.clustered(20, dimension: 32, seed: 4) {
            let found = bench.index.search(query.span, k: 10, efSearch: 200).neighbors
            #expect(found.agree(with: bench.truth(query, k: 10)))
        }
    }

    @Test(arguments: Metric.allCases)
    func `scans codes for what a scan of vectors finds`(metric: Metric) throws {
        var bench = try Bench.built(metric, 2_000, storage: .u8)
        bench.place(RandomVectors.clustered(100, dimension: 32, seed: 6), from: 2_000)
        bench.remove(17)
        var found = 0.0
        for query in RandomVectors.clustered(100, dimension: 32, seed: 5) {
            let outcome = bench.index.scanCodes(query.span, k: 10)
            #expect(outcome.neighbors.count == 10)
            found += recall(of: outcome.neighbors, against: bench.truth(query, k: 10)) / 100
        }
        #expect(found >= 0.999)
        let few = bench.index.scanCodes([Float](repeating: 1, count: 32).span, k: 10, among: [3, 17, 2_050])
        #expect(Set(few.neighbors.map(\.ordinal.rawValue)) == [3, 2_050])
    }

    @Test(arguments: Metric.allCases)
    func `finds vectors that are placed, linked or not, and none that is removed`(metric: Metric) throws {
        var bench = try Bench.built(metric, 1_500, storage: .u8)
        bench.place(RandomVectors.clustered(300, dimension: 32, seed: 6), from: 1_500)
        for ordinal in stride(from: UInt32(0), to: 1_800, by: 4) { bench.remove(ordinal) }
        #expect(bench.meanRecall(efSearch: 100) >= 0.97)
        bench.index.linkPending(threads: 2)
        _ = bench.index.repair(threads: 2)
        #expect(bench.meanRecall(efSearch: 100) >= 0.97)
        #expect(bench.index.problems() == [])
    }

    @Test func `begins with vectors, and takes codes when there are a thousand`() throws {
        var bench = try Bench(.l2, dimension: 32, storage: .u8)
        bench.place(RandomVectors.clustered(999, dimension: 32, seed: 1))
        bench.index.linkPending()
        #expect(bench.index.storageInUse.storage == .f32 && bench.index.storageInUse.trial == nil)
        bench.place(RandomVectors.clustered(1, dimension: 32, seed: 2), from: 999)
        bench.index.linkPending()
        #expect(bench.index.storageInUse.storage == .u8)
        #expect(bench.meanRecall() >= 0.95)
    }

    /// The first vectors lie in a corner of where the later ones do.
    @Test(arguments: [VectorStorage.u8, .auto])
    func `fits its codes anew when the vectors leave the range that they were fitted to`(storage: VectorStorage) throws
    {
        var bench = try Bench(.l2, dimension: 32, storage: storage)
        bench.place(RandomVectors.clustered(1_000, dimension: 32, seed: 1).map { $0.map { $0 / 100 } })
        bench.index.linkPending()
        bench.place(RandomVectors.clustered(2_000, dimension: 32, seed: 1), from: 1_000)
        bench.index.linkPending(threads: 2)
        bench.place(RandomVectors.clustered(1_000, dimension: 32, seed: 7), from: 3_000)
        bench.index.linkPending(threads: 2)
        bench.index.reconnectStrays()
        #expect(bench.meanRecall(efSearch: 100) >= 0.95)
    }

    @Test func `that may choose takes codes where they lose nothing`() throws {
        let bench = try Bench.built(.cosine, 2_000, dimension: 64, storage: .auto)
        let (storage, trial) = bench.index.storageInUse
        #expect(storage == .u8)
        #expect(try #require(trial).recall >= 0.998)
    }

    /// Neighbors differ by a thousandth of what clusters do: a byte cannot tell them apart.
    @Test func `that may choose keeps the vectors where codes cannot tell neighbors apart`() throws {
        var bench = try Bench(.l2, dimension: 64, storage: .auto)
        var random = SplitMix64(seed: 3)
        let noise = RandomVectors.uniform(2_000, dimension: 64, seed: 4)
        bench.place(
            noise.map { noise in
                let corner = Float(random.next() % 2) * 1_000
                return noise.map { corner + $0 }
            })
        bench.index.linkPending(threads: 2)
        let (storage, trial) = bench.index.storageInUse
        #expect(storage == .f32)
        #expect(try #require(trial).recall < 0.998)
        let copy = try bench.reloaded()
        #expect(copy.index.storageInUse.storage == .f32 && copy.index.storageInUse.trial == trial)
    }

    @Test func `of equal vectors works without codes`() throws {
        var bench = try Bench(.l2, dimension: 32, storage: .u8)
        bench.place([[Float]](repeating: [Float](repeating: 1, count: 32), count: 1_200))
        bench.index.linkPending()
        #expect(bench.index.storageInUse.storage == .f32)
        #expect(bench.index.search([Float](repeating: 1, count: 32).span, k: 10, efSearch: 64).neighbors.count == 10)
    }

    @Test(arguments: Metric.allCases)
    func `knows its codes after a reload`(metric: Metric) throws {
        let bench = try Bench.built(metric, 1_500, storage: .u8)
        let copy = try bench.reloaded()
        #expect(copy.index.storageInUse.storage == .u8)
        #expect(copy.index.storageInUse.trial == bench.index.storageInUse.trial)
        #expect(copy.index.memory().first { $0.part == "codes" }?.bytes == 1_500 * 64)
    }

    /// The sixth section: vectors when chosen, rescored, recall, components of the codes, step, low.
    @Test func `of a checkpoint that says of its codes what cannot be is damaged`() throws {
        let folder = try TemporaryFolder()
        let bench = try Bench.built(.l2, 1_000, storage: .u8)
        try bench.index.checkpoint(to: folder.file("a.hnsw"), sequence: 1)
        let bytes = try Bytes.read(folder.file("a.hnsw"))
        let layout = Layout(bytes)
        let section = layout.findings.lowerBound
        let nan = UInt64(Float.nan.bitPattern)
        for (offset, number) in [
            (0, 0), (0, UInt64.max), (8, 5), (8, 1_000), (16, Double.nan.bitPattern), (16, (-1.0).bitPattern), (24, 0),
            (24, 2),
            (32, 0), (32, nan), (36, nan),
        ] as [(Int, UInt64)] {
            var forged = bytes
            Layout.store(number, at: section + offset, in: &forged)
            layout.seal(&forged)
            try Bytes.write(forged, folder.file("b.hnsw"))
            #expect(throws: CheckpointError.self, "\(number) at \(offset)") {
                _ = try VectorIndex.open(
                    path: folder.file("b.hnsw"), dimension: 32, metric: .l2, parameters: bench.index.parameters,
                    storage: .u8)
            }
        }
    }
}
