import IlkANN
import IlkTestSupport
import IlkVectors
import Synchronization
import Testing

@Suite struct `Searches beside a writer` {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `find what is there and never what was removed before they began`(seed: UInt64) throws {
        let stage = try Stage(seed: seed)
        Workers.run(3) { number in
            if number == 0 { stage.churn(rounds: 25) } else { stage.look(seed: seed &+ UInt64(number)) }
        }
        #expect(stage.complaints.withLock { $0.prefix(3) } == [])
        let searches = stage.searches.load(ordering: .relaxed)
        let misses = stage.misses.load(ordering: .relaxed)
        #expect(searches > 0)
        // A walk may miss while the links around its goal change; an exact scan may not.
        #expect(misses <= 5 + searches / 50, "\(misses) of \(searches)")
        let bench = stage.bench.withLock { $0 }
        bench.index.linkPending(threads: 2)
        bench.index.reconnectStrays()
        #expect(bench.index.problems() == [])
        #expect(bench.meanRecall() >= 0.95)
    }

    @Test func `two threads link as well as one`() throws {
        let one = try Bench.built(.l2, 2_000, threads: 1)
        let two = try Bench.built(.l2, 2_000, threads: 2)
        #expect(two.index.problems() == [])
        #expect(abs(one.meanRecall() - two.meanRecall()) < 0.02)
    }

    /// Every change is one that a search may meet half done: it then finds the vector pending, or linked, never neither.
    @Test func `see a placed vector at every moment while it is linked`() throws {
        let dimension = 8
        let index = try Bench(.l2, dimension: dimension, m: 4, efConstruction: 20).index
        let vectors = RandomVectors.uniform(400, dimension: dimension, seed: 1)
        let placed = Atomic<Int>(0)
        let missed = Atomic<Int>(0)
        Workers.run(2) { number in
            if number == 0 {
                for (ordinal, vector) in vectors.enumerated() {
                    index.place(vector.span, at: Ordinal(UInt32(ordinal)))
                    placed.store(ordinal + 1, ordering: .releasing)
                    index.linkPending()
                }
                placed.store(-1, ordering: .releasing)
            } else {
                while true {
                    let count = placed.load(ordering: .acquiring)
                    guard count >= 0 else { return }
                    guard count > 0 else { continue }
                    let query = vectors[count - 1]
                    let found = index.search(query.span, k: 1, efSearch: 200).neighbors.first
                    if found?.ordinal.rawValue != UInt32(count - 1) { missed.add(1, ordering: .relaxed) }
                }
            }
        }
        #expect(missed.load(ordering: .relaxed) == 0)
    }
}

/// An index that one thread changes while others look on.
private final class Stage: Sendable {
    /// Points that stay through everything; the others come and go.
    static let anchors = 200
    static let passing = 600
    static let dimension = 16

    let index: VectorIndex
    let bench: Mutex<Bench>
    let anchors: [[Float]]
    let complaints = Mutex<[String]>([])
    let searches = Atomic<Int>(0)
    let misses = Atomic<Int>(0)
    private let isDone = Atomic<Bool>(false)
    private let seed: UInt64
    /// How often each ordinal was placed and removed: odd while it may be live, even when it surely is not.
    private let turns = Mutex([Int](repeating: 0, count: Stage.anchors + Stage.passing))

    init(seed: UInt64) throws {
        self.seed = seed
        var bench = try Bench(.l2, dimension: Self.dimension, m: 8, efConstruction: 60)
        bench.place(RandomVectors.clustered(Self.anchors, dimension: Self.dimension, seed: seed))
        bench.index.linkPending()
        bench.index.reconnectStrays()
        anchors = (0..<Self.anchors).map { bench.vectors[UInt32($0)] ?? [] }
        index = bench.index
        self.bench = Mutex(bench)
    }

    /// Places, links, removes, repairs and drops; vacated slots are used again at once.
    func churn(rounds: Int) {
        defer { isDone.store(true, ordering: .releasing) }
        bench.withLock { bench in
            var random = SplitMix64(seed: 77 &+ seed)
            var vacant = Array(UInt32(Self.anchors)..<UInt32(Self.anchors + Self.passing))
            for round in 0..<rounds {
                let new = RandomVectors.clustered(
                    min(100, vacant.count), dimension: Self.dimension, seed: random.next())
                for vector in new {
                    let ordinal = vacant.removeLast()
                    turns.withLock { $0[Int(ordinal)] += 1 }
                    bench.place(vector, at: ordinal)
                }
                index.linkPending(threads: 1 + round % 2)
                let passing = bench.vectors.keys.filter { $0 >= UInt32(Self.anchors) }.sorted()
                for ordinal in passing.shuffled(using: &random).prefix(90) {
                    bench.remove(ordinal)
                    turns.withLock { $0[Int(ordinal)] += 1 }
                }
                if round % 3 == 2 { vacant += index.repair(threads: 1 + round % 2).map(\.rawValue) }
                if round % 10 == 9 { index.dropGraph() }
                if round % 4 == 0 { index.reconnectStrays() }
            }
        }
    }

    /// Looks for anchors, each its own nearest neighbor whatever goes on around it, until the writer is done.
    func look(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        repeat {
            let anchor = Int(random.next() % UInt64(Self.anchors))
            let isExact = random.next() % 8 == 0
            let before = turns.withLock { $0 }
            let vector = anchors[anchor]
            let found = (isExact ? index.scan(vector.span, k: 5) : index.search(vector.span, k: 5, efSearch: 80))
                .neighbors
            let after = turns.withLock { $0 }
            for neighbor in found {
                let ordinal = Int(neighbor.ordinal.rawValue)
                // Removed before the search began, and not placed again until it had ended.
                if ordinal >= Self.anchors && before[ordinal] % 2 == 0 && after[ordinal] == before[ordinal] {
                    complain("\(ordinal) was removed and found, exactly: \(isExact)")
                }
            }
            if found != found.sorted() { complain("out of order: \(found)") }
            if found.first?.ordinal.rawValue != UInt32(anchor) {
                if isExact { complain("a scan missed \(anchor)") } else { misses.add(1, ordering: .relaxed) }
            }
            searches.add(1, ordering: .relaxed)
        } while !isDone.load(ordering: .acquiring)
    }

    private func complain(_ text: String) { complaints.withLock { $0.append(text) } }
}
