import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Inverted lists` {
    private static func listed(_ metric: Metric, _ count: Int = 4_000) throws -> Bench {
        let bench = try Bench.built(metric, count, storage: .auto)
        #expect(bench.index.makeLists(threads: 2))
        return bench
    }

    @Test(arguments: Metric.allCases)
    func `find what is near, and return the vectors' own distances`(metric: Metric) throws {
        let bench = try Self.listed(metric)
        #expect(bench.index.structureInUse == .lists)
        #expect(bench.meanRecall(efSearch: 40) >= 0.95)
        #expect(bench.meanRecall(efSearch: 20) <= bench.meanRecall(efSearch: 40) + 0.001)
        for query in RandomVectors.clustered(20, dimension: 32, seed: 4) {
            let found = bench.index.search(query.span, k: 10, efSearch: 4_000).neighbors
            let truth = bench.truth(query, k: 10)
            #expect(recall(of: found, against: truth) >= 0.9)
            for (neighbor, near) in zip(found, truth) where neighbor.ordinal == near.ordinal {
                #expect(abs(neighbor.distance - near.distance) < 1e-3)
            }
        }
    }

    @Test(arguments: Metric.allCases)
    func `find what was placed since at once, and nothing that was removed`(metric: Metric) throws {
        var bench = try Self.listed(metric)
        bench.place(RandomVectors.clustered(600, dimension: 32, seed: 6), from: 4_000)
        for ordinal in stride(from: UInt32(0), to: 4_600, by: 4) { bench.remove(ordinal) }
        #expect(bench.meanRecall(efSearch: 60) >= 0.95)
        bench.index.linkPending(threads: 2)
        #expect(bench.index.isListingDue, "600 are in no list")
        bench.index.settleLists(threads: 2)
        #expect(!bench.index.isListingDue)
        #expect(bench.meanRecall(efSearch: 60) >= 0.95)
        for ordinal: UInt32 in [4_001, 4_302, 4_599] {
            let vector = try #require(bench.vectors[ordinal])
            let found = bench.index.search(vector.span, k: 1, efSearch: 20).neighbors
            #expect(metric == .dot || found.first?.ordinal.rawValue == ordinal)
        }
    }

    @Test func `give a place that is used again its new vector only`() throws {
        var bench = try Self.listed(.l2)
        for round: UInt64 in 0..<4 {
            for ordinal in stride(from: UInt32(round), to: 4_000, by: 4) { bench.remove(ordinal) }
            _ = bench.index.repair(threads: 2)
            let new = RandomVectors.clustered(1_000, dimension: 32, seed: 20 + round)
            for (number, vector) in new.enumerated() { bench.place(vector, at: UInt32(round) + 4 * UInt32(number)) }
            #expect(bench.meanRecall(efSearch: 60) >= 0.95)
            bench.index.linkPending(threads: 2)
            bench.index.settleLists(threads: 2)
            #expect(bench.meanRecall(efSearch: 60) >= 0.95)
        }
        #expect(bench.index.structureInUse == .lists)
    }

    @Test func `are made anew when as many vectors came as they were fitted to`() throws {
        var bench = try Self.listed(.l2, 1_500)
        bench.place(RandomVectors.clustered(3_000, dimension: 32, seed: 7), from: 1_500)
        bench.index.linkPending(threads: 2)
        let before = try #require(bench.index.memory().first { $0.part == "lists" }).bytes
        bench.index.settleLists(threads: 2)
        #expect(try #require(bench.index.memory().first { $0.part == "lists" }).bytes > before)
        #expect(!bench.index.isListingDue)
        #expect(bench.meanRecall(efSearch: 60) >= 0.95)
    }

    @Test func `are let go when most of their vectors are gone`() throws {
        var bench = try Self.listed(.l2)
        for ordinal: UInt32 in 0..<3_200 { bench.remove(ordinal) }
        #expect(bench.meanRecall(efSearch: 60) >= 0.9)
        bench.index.settleLists(threads: 2)
        #expect(bench.index.structureInUse == .graph)
        #expect(bench.index.memory().first { $0.part == "lists" }?.bytes == 0)
    }

    @Test(arguments: Metric.allCases)
    func `under a filter find only what passes, in more lists the fewer these are`(metric: Metric) throws {
        let bench = try Self.listed(metric)
        for step: UInt32 in [2, 5, 20] {
            let passing = OrdinalSet(capacity: 4_000, ordinals: stride(from: 1, to: 4_000, by: Int(step)))
            var sum = 0.0
            for query in RandomVectors.clustered(40, dimension: 32, seed: 99) {
                let outcome = bench.index.searchLists(
                    query.span, k: 10, efSearch: 40, width: 40 * Int(step), admitting: passing)
                #expect(outcome.neighbors.count == 10)
                #expect(outcome.neighbors.allSatisfy { $0.ordinal.rawValue % step == 1 })
                sum += recall(
                    of: outcome.neighbors, against: bench.truth(query, k: 10) { passing.contains($0) })
            }
            #expect(sum / 40 >= 0.95, "one in \(step)")
        }
    }

    @Test func `are not made where a graph finds its way`() throws {
        let bench = try Bench.built(.l2, 20_000, threads: 2, storage: .auto)
        #expect(bench.index.isListingDue)
        bench.index.settleLists(threads: 2)
        #expect(!bench.index.isListingDue)
        #expect(bench.index.structureInUse == .graph)
        #expect(bench.index.memory().first { $0.part == "lists" }?.bytes == 0)
    }

    @Test func `need codes`() throws {
        let bench = try Bench.built(.l2, 1_500)
        #expect(!bench.index.makeLists())
        #expect(bench.index.structureInUse == .graph)
        #expect(
            bench.index.searchLists(
                [Float](repeating: 1, count: 32).span, k: 3, efSearch: 9, width: 9,
                admitting: OrdinalSet(capacity: 9, ordinals: [1])
            ).neighbors.isEmpty)
    }

    @Test func `come back after a restart with their curve, and what came since is found`() throws {
        var bench = try Self.listed(.cosine)
        while bench.index.isRecallDue { bench.index.measureRecall(threads: 2) }
        let curve = try #require(bench.index.recallCurve)
        bench.place(RandomVectors.clustered(100, dimension: 32, seed: 6), from: 4_000)
        bench.remove(17)
        bench.index.linkPending(threads: 2)
        // The second start comes before the first has made them again.
        let copy = try bench.reloaded().reloaded()
        #expect(copy.index.structureInUse == .graph, "the lists are not made yet")
        #expect(copy.meanRecall(efSearch: 60) >= 0.95)
        copy.index.settleLists(threads: 2)
        #expect(copy.index.structureInUse == .lists)
        #expect(copy.index.recallCurve == curve)
        #expect(!copy.index.isRecallDue)
        #expect(copy.meanRecall(efSearch: 60) >= 0.95)
        let vector = try #require(bench.vectors[4_050])
        #expect(copy.index.search(vector.span, k: 1, efSearch: 20).neighbors.first?.ordinal.rawValue == 4_050)
    }

    /// Whoever can write a checksum can write anything.
    @Test func `with false numbers under a checkpoint's true checksums are refused or harmless`() throws {
        let folder = try TemporaryFolder()
        let bench = try Self.listed(.l2, 1_200)
        while bench.index.isRecallDue { bench.index.measureRecall(threads: 2) }
        let path = folder.file("a.hnsw")
        try bench.index.checkpoint(to: path, sequence: 9)
        let bytes = try Bytes.read(path)
        let layout = Layout(bytes)
        let query = RandomVectors.clustered(1, dimension: 32, seed: 3)[0]
        for seed: UInt64 in 0..<150 {
            var random = SplitMix64(seed: seed)
            var forged = bytes
            for _ in 0...random.next() % 3 {
                let section = layout.findings
                // Half of them among the counts at its beginning.
                let length = random.next() % 2 == 0 ? 1_400 : section.count
                forged[section.lowerBound + Int(random.next() % UInt64(length))] = UInt8(
                    truncatingIfNeeded: random.next() >> (random.next() % 8))
            }
            layout.seal(&forged)
            try Bytes.write(forged, path)
            let opened = try? VectorIndex.open(
                path: path, dimension: 32, metric: .l2, parameters: bench.index.parameters, storage: .auto)
            guard let index = opened?.0 else { continue }
            index.settleLists(threads: 2)
            let found = index.search(query.span, k: 10, efSearch: 40).neighbors
            #expect(found.allSatisfy { index.contains($0.ordinal) })
        }
    }

    @Test func `are made while points are placed, and miss none`() throws {
        let bench = try Bench.built(.l2, 3_000, storage: .auto)
        let index = bench.index
        let new = RandomVectors.clustered(3_000, dimension: 32, seed: 8)
        Workers.run(2) { number in
            if number == 0 {
                for (place, vector) in new.enumerated() {
                    index.place(vector.span, at: Ordinal(UInt32(3_000 + place)))
                }
            } else {
                #expect(index.makeLists(threads: 1))
            }
        }
        index.linkPending(threads: 2)
        #expect(index.structureInUse == .lists)
        for (place, vector) in new.enumerated() {
            let found = index.search(vector.span, k: 1, efSearch: 200).neighbors
            #expect(found.first?.distance ?? 1 < 1e-3, "\(place)")
        }
    }

    @Test func `are searched while they change`() throws {
        let bench = try Self.listed(.l2)
        let index = bench.index
        let new = RandomVectors.clustered(1_200, dimension: 32, seed: 8)
        let queries = RandomVectors.clustered(300, dimension: 32, seed: 9)
        Workers.run(3) { number in
            if number == 0 {
                for (place, vector) in new.enumerated() {
                    index.place(vector.span, at: Ordinal(UInt32(4_000 + place)))
                    if place % 100 == 99 {
                        index.linkPending()
                        index.settleLists(threads: 1)
                    }
                }
            } else {
                for query in queries {
                    let found = index.search(query.span, k: 10, efSearch: 40).neighbors
                    #expect(found.count == 10 && Set(found.map(\.ordinal)).count == 10)
                }
            }
        }
        for (place, vector) in new.enumerated().prefix(50) {
            let found = index.search(vector.span, k: 1, efSearch: 40).neighbors
            #expect(found.first?.distance ?? 1 < 1e-3, "\(place)")
        }
    }
}
