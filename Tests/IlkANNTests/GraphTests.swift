import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `HNSW parameters` {
    @Test(arguments: [-1, 0, 1, 129])
    func `an m out of range is refused with the range`(m: Int) {
        let error = #expect(throws: IndexError.self) { try HNSWParameters(m: m, efConstruction: 200).validate() }
        #expect(error?.description == "m is \(m); choose a value in 2...128")
    }

    @Test(arguments: [0, 15, 4_097])
    func `an efConstruction out of range is refused with the range`(efConstruction: Int) {
        let error = #expect(throws: IndexError.self) {
            _ = try VectorIndex(
                dimension: 4, metric: .l2, parameters: HNSWParameters(m: 16, efConstruction: efConstruction))
        }
        #expect(error?.description == "ef_construction is \(efConstruction); choose a value in 16...4096")
    }
}

@Suite struct `Graph` {
    @Test(arguments: [2, 3, 16, 128])
    func `is well formed for the smallest and the largest m`(m: Int) throws {
        var bench = try Bench(.l2, dimension: 6, m: m, efConstruction: 128)
        bench.place(RandomVectors.uniform(700, dimension: 6, seed: 1))
        bench.index.linkPending(threads: 2)
        bench.index.reconnectStrays()
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall(efSearch: 200) >= (m == 2 ? 0.8 : 0.97))
    }

    @Test func `of equal vectors reaches each of them`() throws {
        var bench = try Bench(.l2, dimension: 4)
        bench.place([[Float]](repeating: [1, 2, 3, 4], count: 600) + RandomVectors.uniform(100, dimension: 4, seed: 1))
        bench.index.linkPending(threads: 2)
        #expect(bench.index.reconnectStrays() == 0)
        #expect(bench.index.problems() == [])
        let found = bench.index.search([1, 2, 3, 4].span, k: 600, efSearch: 700).neighbors
        #expect(found.count == 600 && found.allSatisfy { $0.distance == 0 })
    }

    @Test func `of islands far apart reaches each of them`() throws {
        var bench = try Bench(.l2, dimension: 4, m: 4, efConstruction: 10)
        for island in 0..<20 {
            let vectors = RandomVectors.uniform(60, dimension: 4, seed: UInt64(island))
            bench.place(
                vectors.map { [$0[0] + 1_000 * Float(island), $0[1], $0[2], $0[3]] }, from: UInt32(island * 60))
        }
        bench.index.linkPending()
        #expect(bench.index.reconnectStrays() == 0)
        #expect(bench.index.problems() == [])
    }

    @Test func `is the same for the same seed and order`() throws {
        func checkpoint(seed: UInt64) throws -> [UInt8] {
            var bench = try Bench(.l2, dimension: 8, seed: seed)
            bench.place(RandomVectors.uniform(400, dimension: 8, seed: 1))
            bench.index.linkPending()
            let folder = try TemporaryFolder()
            try bench.index.checkpoint(to: folder.file("a"), sequence: 1)
            return try Bytes.read(folder.file("a"))
        }
        let first = try checkpoint(seed: 1)
        #expect(try checkpoint(seed: 1) == first)
        #expect(try checkpoint(seed: 2) != first)
    }

    @Test func `is built anew after it was dropped, and searches are exact meanwhile`() throws {
        var bench = try Bench.built(.cosine, 800)
        bench.remove(3)
        bench.index.dropGraph()
        #expect(bench.index.count == 799 && bench.index.pendingCount == 799 && bench.index.removedCount == 0)
        #expect(bench.meanRecall() == 1)
        #expect(bench.index.repair() == [Ordinal(3)])
        #expect(bench.index.linkPending(threads: 2))
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall() >= 0.97)
    }

    @Test func `building can be cancelled and goes on where it was`() throws {
        var bench = try Bench(.l2, dimension: 16)
        bench.place(RandomVectors.clustered(1_500, dimension: 16, seed: 1))
        var asked: [Int] = []
        let isDone = bench.index.linkPending { progress in
            asked.append(progress.done)
            #expect(progress.total == 1_500)
            return progress.done < 500
        }
        #expect(!isDone && bench.index.pendingCount > 0 && bench.index.pendingCount <= 1_000)
        #expect(asked == asked.sorted())
        #expect(bench.meanRecall() >= 0.97)
        #expect(bench.index.linkPending())
        #expect(bench.index.pendingCount == 0 && bench.index.problems() == [])
    }

    @Test func `reports its memory by part`() throws {
        let bench = try Bench.built(.l2, 100)
        let memory = Dictionary(uniqueKeysWithValues: bench.index.memory().map { ($0.part, $0.bytes) })
        #expect(memory["vectors"] == 100 * 32 * 4)
        #expect(memory["links"] ?? 0 >= 100 * 33 * 4)
    }
}

@Suite struct `Removal and repair` {
    @Test(arguments: [1, 2])
    func `vectors placed after all others were removed find each other`(threads: Int) throws {
        var bench = try Bench.built(.l2, 600)
        for ordinal in 0..<UInt32(600) { bench.remove(ordinal) }
        #expect(bench.index.search([Float](repeating: 0, count: 32).span, k: 5, efSearch: 50).neighbors == [])
        bench.place(RandomVectors.clustered(300, dimension: 32, seed: 6), from: 600)
        bench.index.linkPending(threads: threads)
        bench.index.reconnectStrays()
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall() >= 0.97)
        #expect(bench.index.repair().count == 600)
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall() >= 0.97)
    }

    @Test func `a vector placed among removed ones is found`() throws {
        // One cluster is removed whole; what is placed there must link to the living far away.
        var bench = try Bench(.l2, dimension: 8)
        let near = RandomVectors.uniform(1_000, dimension: 8, seed: 1)
        let far = RandomVectors.uniform(200, dimension: 8, seed: 2).map { $0.map { $0 + 50 } }
        bench.place(far)
        bench.place(near, from: 200)
        bench.index.linkPending()
        for ordinal in 200..<UInt32(1_200) { bench.remove(ordinal) }
        bench.place(RandomVectors.uniform(20, dimension: 8, seed: 3), from: 1_200)
        bench.index.linkPending()
        for ordinal in 1_200..<UInt32(1_220) {
            let vector = try #require(bench.vectors[ordinal])
            let found = bench.index.search(vector.span, k: 1, efSearch: 10).neighbors
            #expect(found.first?.ordinal.rawValue == ordinal)
        }
        #expect(bench.index.repair(threads: 2).count == 1_000)
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall(efSearch: 200) >= 0.97)
    }

    @Test(arguments: Metric.allCases)
    func `is whole after each step of a repair, whatever happens between two`(metric: Metric) throws {
        var bench = try Bench.built(metric, 2_500, dimension: 16)
        var random = SplitMix64(seed: 11)
        for ordinal in stride(from: UInt32(0), to: 2_500, by: 3) { bench.remove(ordinal) }
        var end: UInt32 = 2_500
        var vacant: Set<UInt32> = []
        var steps = 0
        repeat {
            vacant.formUnion(bench.index.repairStep(threads: 2).map(\.rawValue))
            steps += 1
            for _ in 0..<10 {
                if let ordinal = bench.vectors.keys.sorted().randomElement(using: &random) { bench.remove(ordinal) }
            }
            if vacant.isEmpty || steps.isMultiple(of: 2) {
                bench.place(RandomVectors.clustered(10, dimension: 16, seed: UInt64(steps)), from: end)
                end += 10
            } else {
                bench.place([Float](repeating: Float(steps), count: 16), at: vacant.removeFirst())
            }
            if !steps.isMultiple(of: 3) { bench.index.linkPending() }
            // That all can be reached is seen to in its last steps.
            #expect(bench.index.problems().filter { !$0.contains("cannot be reached") } == [], "step \(steps)")
            let copy = try bench.reloaded().index
            #expect(copy.liveOrdinals() == bench.index.liveOrdinals())
        } while bench.index.isRepairing
        #expect(steps > 4)
        bench.index.linkPending()
        _ = bench.index.repair()
        #expect(bench.index.removedCount == 0 && bench.index.problems() == [])
        #expect(bench.index.liveOrdinals().map(\.rawValue) == bench.vectors.keys.sorted())
        #expect(bench.meanRecall() >= 0.97)
    }

    @Test func `everything may be removed, repaired and placed again`() throws {
        var bench = try Bench.built(.dot, 300)
        for ordinal in 0..<UInt32(300) { bench.remove(ordinal) }
        #expect(bench.index.repair().count == 300)
        #expect(bench.index.count == 0 && bench.index.problems() == [])
        bench.place(RandomVectors.clustered(300, dimension: 32, seed: 9))
        bench.index.linkPending()
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall() >= 0.97)
    }

    @Test func `removing twice, or what is not there, changes nothing`() throws {
        var bench = try Bench.built(.l2, 50)
        bench.remove(4)
        bench.remove(4)
        bench.remove(1_000)
        #expect(bench.index.count == 49 && bench.index.removedCount == 1)
        #expect(!bench.index.contains(Ordinal(4)) && !bench.index.isVacant(Ordinal(4)))
        #expect(bench.index.vector(at: Ordinal(4)) == nil)
        #expect(bench.index.repair() == [Ordinal(4)])
        #expect(bench.index.isVacant(Ordinal(4)))
    }
}
