import IlkANN
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Any sequence of operations` {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `leaves a well-formed graph that finds what the model has`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let metric = Metric.allCases[Int(seed % 3)]
        let dimension = 1 + Int(random.next() % 20)
        var bench = try Bench(
            metric, dimension: dimension, m: 2 + Int(random.next() % 10), efConstruction: 40, seed: seed)
        var vacant: [UInt32] = []
        var end: UInt32 = 0
        for step in 0..<120 {
            switch random.next() % 12 {
            case 0...5:
                for vector in RandomVectors.uniform(Int(random.next() % 20), dimension: dimension, seed: random.next())
                {
                    let ordinal = vacant.popLast() ?? end
                    end = max(end, ordinal + 1)
                    bench.place(vector, at: ordinal)
                }
            case 6, 7:
                for ordinal in bench.vectors.keys.sorted().shuffled(using: &random).prefix(Int(random.next() % 25)) {
                    bench.remove(ordinal)
                }
            case 8, 9:
                bench.index.linkPending(threads: 1 + Int(random.next() % 2))
                bench.index.reconnectStrays()
            case 10:
                vacant += bench.index.repair(threads: 1 + Int(random.next() % 2)).map(\.rawValue)
            default:
                if random.next() % 4 == 0 { bench.index.dropGraph() } else { bench = try bench.reloaded() }
            }
            #expect(bench.index.problems() == [], "after step \(step)")
            #expect(bench.index.count == bench.vectors.count)
        }
        bench.index.linkPending()
        bench.index.reconnectStrays()
        #expect(bench.index.liveOrdinals().map(\.rawValue) == bench.vectors.keys.sorted())
        for query in RandomVectors.uniform(5, dimension: dimension, seed: seed) {
            let all = bench.index.search(query.span, k: end == 0 ? 1 : Int(end), efSearch: 1_000)
            #expect(all.neighbors.agree(with: bench.truth(query, k: Int(end))), "every live vector can be reached")
        }
    }
}
