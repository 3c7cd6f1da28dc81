import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Exact scan` {
    @Test(arguments: Metric.allCases, [1, 3, 17, 100])
    func `finds what measuring every pair finds`(metric: Metric, dimension: Int) throws {
        var bench = try Bench(metric, dimension: dimension)
        bench.place(RandomVectors.uniform(500, dimension: dimension, seed: 1))
        for ordinal in stride(from: UInt32(0), to: 500, by: 5) { bench.remove(ordinal) }
        let admitted = OrdinalSet(capacity: 500, ordinals: stride(from: UInt32(0), to: 500, by: 3))
        let among = Array(stride(from: UInt32(499), to: 0, by: -2))
        for query in RandomVectors.uniform(10, dimension: dimension, seed: 2) {
            for k in [1, 10, 1_000] {
                let all = bench.index.scan(query.span, k: k)
                #expect(all.neighbors.agree(with: bench.truth(query, k: k)))
                #expect(all.distances == 400)
                let some = bench.index.scan(query.span, k: k, admitting: admitted)
                #expect(some.neighbors.agree(with: bench.truth(query, k: k) { admitted.contains($0) }))
                let few = bench.index.scan(query.span, k: k, among: among)
                #expect(few.neighbors.agree(with: bench.truth(query, k: k) { $0 % 2 == 1 }))
            }
        }
    }

    @Test func `passes over ordinals that have no vector`() throws {
        var bench = try Bench(.l2, dimension: 2)
        bench.place([1, 1], at: 7)
        #expect(
            bench.index.scan([0, 0].span, k: 5, among: [0, 7, 8, 1_000_000, .max]).neighbors.map(\.ordinal) == [
                Ordinal(7)
            ])
    }

    @Test(arguments: Metric.allCases)
    func `measures what it is asked for, in that order, and nothing where no vector lives`(metric: Metric) throws {
        let bench = try Bench.built(metric, 300)
        bench.index.remove(Ordinal(7))
        let query = try #require(bench.vectors[11])
        let asked = (0..<150).map { UInt32($0 * 2 + 1) } + [7, 5_000, 11]
        let found = bench.index.distances(query.span, to: asked)
        let exact = bench.index.scan(query.span, k: 300).neighbors
        for (ordinal, distance) in zip(asked, found) {
            #expect(distance == exact.first { $0.ordinal.rawValue == ordinal }?.distance, "\(ordinal)")
        }
        #expect(bench.index.distances(query.span, to: []).isEmpty)
    }

    @Test func `orders equal distances by ordinal`() throws {
        var bench = try Bench(.l2, dimension: 2)
        bench.place([[Float]](repeating: [1, 0], count: 100))
        #expect(bench.index.scan([0, 0].span, k: 3).neighbors.map(\.ordinal.rawValue) == [0, 1, 2])
    }
}

@Suite struct `Search` {
    @Test(arguments: Metric.allCases)
    func `of an empty index finds nothing`(metric: Metric) throws {
        let bench = try Bench(metric, dimension: 3)
        #expect(bench.index.search([1, 2, 3].span, k: 10, efSearch: 64).neighbors == [])
        #expect(bench.index.scan([1, 2, 3].span, k: 10).neighbors == [])
        #expect(bench.index.linkPending())
        #expect(bench.index.repair() == [])
        #expect(bench.index.problems() == [])
    }

    @Test(arguments: [0, 1, 2, 5])
    func `finds every vector of a tiny index, linked or pending`(linked: Int) throws {
        var bench = try Bench(.l2, dimension: 2)
        bench.place((0..<linked).map { [Float($0), 0] })
        bench.index.linkPending()
        bench.place([[7, 7], [8, 8]], from: UInt32(linked))
        #expect(bench.index.pendingCount == 2)
        let found = bench.index.search([0, 0].span, k: 10, efSearch: 10).neighbors
        #expect(found.agree(with: bench.truth([0, 0], k: 10)))
        #expect(bench.index.search([0, 0].span, k: 0, efSearch: 10).neighbors == [])
    }

    @Test func `finds a vector as soon as it was placed`() throws {
        var bench = try Bench.built(.cosine, 500)
        for (number, vector) in RandomVectors.clustered(100, dimension: 32, seed: 7).enumerated() {
            let ordinal = 500 + UInt32(number)
            bench.place(vector, at: ordinal)
            #expect(bench.index.search(vector.span, k: 1, efSearch: 10).neighbors.first?.ordinal.rawValue == ordinal)
            if number % 10 == 0 { bench.index.linkPending() }
        }
    }

    @Test func `never returns a removed vector, linked or pending`() throws {
        var bench = try Bench.built(.l2, 500)
        bench.place(RandomVectors.clustered(50, dimension: 32, seed: 7), from: 500)
        for ordinal in stride(from: UInt32(0), to: 550, by: 2) { bench.remove(ordinal) }
        #expect(bench.index.pendingCount == 25)
        for query in RandomVectors.clustered(30, dimension: 32, seed: 4) {
            let outcome = bench.index.search(query.span, k: 400, efSearch: 400)
            #expect(outcome.neighbors.count == 275, "k means k: all that live")
            #expect(outcome.neighbors.allSatisfy { $0.ordinal.rawValue % 2 == 1 })
        }
    }

    @Test func `walks through removed vectors to those behind them`() throws {
        // The nearest 300 of 400 are removed: with ef 10 a walk that let them in would come back empty.
        var bench = try Bench(.l2, dimension: 8)
        let vectors = RandomVectors.uniform(400, dimension: 8, seed: 3)
        bench.place(vectors)
        bench.index.linkPending()
        let query = vectors[0]
        for neighbor in bench.truth(query, k: 300) { bench.remove(neighbor.ordinal.rawValue) }
        let found = bench.index.search(query.span, k: 10, efSearch: 10).neighbors
        #expect(found.count == 10)
        #expect(recall(of: found, against: bench.truth(query, k: 10)) >= 0.9)
    }

    @Test func `goes as much farther as fewer points pass, and says how many of the nearest do`() throws {
        let bench = try Bench.built(.l2, 2_000)
        let query = RandomVectors.clustered(1, dimension: 32, seed: 12)[0]
        let few = OrdinalSet(capacity: 2_000, ordinals: [17, 1_999])
        let free = bench.index.search(query.span, k: 10, efSearch: 64, admitting: few)
        #expect(Set(free.neighbors.map(\.ordinal.rawValue)) == [17, 1_999])
        #expect(free.distances > 1_500, "it had to look everywhere")
        let half = OrdinalSet(capacity: 2_000, ordinals: stride(from: 0, to: 2_000, by: 2))
        let settled = bench.index.search(query.span, k: 10, efSearch: 64, admitting: half).settled
        #expect((10...54).contains(settled), "\(settled) of the nearest 64")
        let farthest = bench.truth(query, k: 2_000).suffix(1_000).map(\.ordinal.rawValue)
        let unlike = OrdinalSet(capacity: 2_000, ordinals: farthest)
        #expect(bench.index.search(query.span, k: 10, efSearch: 64, admitting: unlike).settled == 0)
    }

    @Test func `with an empty filter finds nothing`() throws {
        let bench = try Bench.built(.dot, 300)
        let none = OrdinalSet(capacity: 300, ordinals: [UInt32]())
        #expect(
            bench.index.search([Float](repeating: 1, count: 32).span, k: 5, efSearch: 20, admitting: none).neighbors
                == [])
    }

    @Test func `reports distances as callers see them`() throws {
        let a: [Float] = [3, 4]
        let b: [Float] = [6, 0]
        for (metric, expected) in [(Metric.l2, 5), (.dot, -18), (.cosine, 0.4)] as [(Metric, Float)] {
            var bench = try Bench(metric, dimension: 2)
            bench.place(b, at: 0)
            let found = try #require(bench.index.search(a.span, k: 1, efSearch: 1).neighbors.first)
            #expect(abs(found.distance - expected) < 1e-5, "\(metric)")
        }
    }

    @Test func `works with the smallest and the largest finite numbers`() throws {
        for metric in Metric.allCases {
            var bench = try Bench(metric, dimension: 2, m: 4)
            let lengths: [Float] = [1e-36, 1e-30, 1e-10, 1, 1e10, 1.2e19]
            bench.place(lengths.flatMap { [[$0, 0], [0, $0], [-$0, $0 / 2]] })
            for round in 0..<2 {
                for length in lengths {
                    let found = bench.index.search([length, length].span, k: 18, efSearch: 18).neighbors
                    #expect(found.count == 18, "\(metric) \(length) round \(round)")
                    #expect(found.allSatisfy { $0.distance.isFinite })
                }
                bench.index.linkPending()
                bench.index.reconnectStrays()
            }
            #expect(bench.index.problems() == [])
        }
    }
}
