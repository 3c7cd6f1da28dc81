import Dispatch
import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct `An embedder` {
    /// Ends its threads when the test is over.
    private final class Bench: Sendable {
        let folder: TemporaryFolder
        let embedder: Embedder

        init(options: Embedder.Options = .init(), cache: (any VectorCache)? = nil) throws {
            folder = try TemporaryFolder()
            embedder = Embedder(store: ModelStore(path: folder.path), cache: cache, options: options)
        }

        deinit { embedder.close() }
    }

    /// Keeps what it is given.
    private final class Shelf: VectorCache {
        let kept = Mutex<[VectorKey: CachedVector]>([:])
        func vectors(_ keys: [VectorKey]) -> [CachedVector?] { kept.withLock { kept in keys.map { kept[$0] } } }
        func insert(_ vectors: [(key: VectorKey, value: CachedVector)]) {
            kept.withLock { for (key, value) in vectors { $0[key] = value } }
        }
    }

    /// A gate that encoders of a test wait at.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let arrived = DispatchSemaphore(value: 0)
        func pass() {
            arrived.signal()
            semaphore.wait()
        }
        func waitForOne() { arrived.wait() }
        func open(_ count: Int = 1) { for _ in 0..<count { semaphore.signal() } }
    }

    private func texts(_ count: Int, seed: UInt64, longest: Int = 28) -> [String] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { number in
            let letters = (0..<Int.random(in: 1...longest, using: &random)).map { _ in
                Character(Unicode.Scalar(UInt8.random(in: 97...122, using: &random)))
            }
            return String(letters) + (number % 7 == 0 ? "" : String(number))
        }.map { String($0.prefix(longest)) }
    }

    @Test func `gives a vector for each text, in order, whatever else is embedded`() throws {
        var options = Embedder.Options()
        options.bulkSlice = 64
        options.threads = 3
        options.recentBytes = 0
        let bench = try Bench(options: options)
        let model = ToyModel.make()
        let results = Mutex<[Int: [TextVector]]>([:])
        let done = DispatchGroup()
        for number in 0..<40 {
            done.enter()
            let lane: EmbeddingLane = number % 3 == 0 ? .interactive : .bulk
            let task = EmbeddingTask(texts: texts(1 + number * 3, seed: UInt64(number)), kind: .passage, lane: lane)
            bench.embedder.embed(task, with: model) { outcome in
                results.withLock { $0[number] = try? outcome.get() }
                done.leave()
            }
        }
        done.wait()
        for number in 0..<40 {
            let texts = texts(1 + number * 3, seed: UInt64(number))
            let got = try #require(results.withLock { $0[number] })
            #expect(got.count == texts.count)
            for (text, got) in zip(texts, got) {
                let alone = try model.embed([model.prepare(text, kind: .passage, truncate: .error)])[0]
                #expect(alone.largestDifference(got.vector) < 1e-5)
                #expect(got.tokens == text.unicodeScalars.count + 2 && !got.truncated && !got.fromCache)
            }
        }
    }

    @Test func `answers an interactive text while the bulk lane is full and stuck`() throws {
        let gate = Gate()
        var options = Embedder.Options()
        options.threads = 2
        let bench = try Bench(options: options)
        var blocking = CountingEncoder()
        blocking.before = { _ in gate.pass() }
        let stuck = ToyModel.make(name: "stuck", encoder: blocking)
        let finished = DispatchGroup()
        for number in 0..<20 {
            finished.enter()
            bench.embedder.embed(
                EmbeddingTask(texts: texts(300, seed: UInt64(number)), kind: .passage, lane: .bulk), with: stuck
            ) { outcome in
                #expect((try? outcome.get())?.count == 300)
                finished.leave()
            }
        }
        gate.waitForOne()
        gate.waitForOne()
        // Both bulk threads hang in an encoder, and thousands of texts wait behind them.
        let query = EmbeddingTask(texts: ["panda"], kind: .query)
        #expect(try bench.embedder.vectors(of: query, with: ToyModel.make()).count == 1)
        #expect(bench.embedder.waitingTokens(.bulk) > 10_000)
        gate.open(10_000)
        finished.wait()
        #expect(bench.embedder.waitingTokens(.bulk) == 0)
    }

    @Test func `lets a short bulk request pass a long one`() throws {
        let gate = Gate()
        var options = Embedder.Options()
        options.threads = 1
        options.bulkSlice = 100
        let bench = try Bench(options: options)
        let order = Mutex<[String]>([])
        var encoder = CountingEncoder()
        encoder.before = { _ in gate.pass() }
        let model = ToyModel.make(encoder: encoder)
        let done = DispatchGroup()
        for (name, count) in [("long", 400), ("short", 2)] {
            done.enter()
            bench.embedder.embed(EmbeddingTask(texts: texts(count, seed: 5), kind: .passage, lane: .bulk), with: model)
            { _ in
                order.withLock { $0.append(name) }
                done.leave()
            }
            if name == "long" { gate.waitForOne() }
        }
        gate.open(10_000)
        done.wait()
        #expect(order.withLock { $0 } == ["short", "long"])
    }

    @Test func `refuses what would wait too long, and says when to come back`() throws {
        let gate = Gate()
        var options = Embedder.Options()
        options.threads = 1
        options.bulkLimit = 1_000
        options.bulkSlice = 50
        let bench = try Bench(options: options)
        var encoder = CountingEncoder()
        encoder.before = { _ in gate.pass() }
        let model = ToyModel.make(encoder: encoder)
        let first = DispatchGroup()
        first.enter()
        bench.embedder.embed(EmbeddingTask(texts: texts(80, seed: 1), kind: .passage, lane: .bulk), with: model) {
            outcome in
            #expect((try? outcome.get())?.count == 80)
            first.leave()
        }
        gate.waitForOne()
        let full = #expect(throws: IlkError.self) {
            try bench.embedder.vectors(
                of: EmbeddingTask(texts: texts(80, seed: 2), kind: .passage, lane: .bulk), with: model)
        }
        #expect(full?.code == .overloaded && full?.retryable == true && full?.retryAfterMilliseconds ?? 0 >= 50)
        let never = #expect(throws: IlkError.self) {
            try bench.embedder.vectors(
                of: EmbeddingTask(texts: texts(500, seed: 2), kind: .passage, lane: .bulk), with: model)
        }
        #expect(never?.code == .tooLarge)
        gate.open(10_000)
        first.wait()
        #expect(bench.embedder.statistics.refused == 1)
    }

    @Test func `ends a task that is cancelled, and no other`() throws {
        let gate = Gate()
        var options = Embedder.Options()
        options.threads = 1
        options.bulkSlice = 50
        let bench = try Bench(options: options)
        let batches = Atomic(0)
        var encoder = CountingEncoder()
        encoder.before = { _ in
            batches.wrappingAdd(1, ordering: .relaxed)
            gate.pass()
        }
        let model = ToyModel.make(encoder: encoder)
        let cancellation = EmbeddingCancellation()
        let outcomes = Mutex<[String: IlkError?]>([:])
        let done = DispatchGroup()
        for (name, cancellation) in [("cancelled", cancellation), ("other", nil)] {
            done.enter()
            bench.embedder.embed(
                EmbeddingTask(texts: texts(name == "other" ? 3 : 4_000, seed: 3), kind: .passage, lane: .bulk),
                with: model,
                cancellation: cancellation
            ) { outcome in
                outcomes.withLock { outcomes in
                    if case .failure(let error) = outcome {
                        outcomes[name] = error
                    } else {
                        outcomes[name] = .some(nil)
                    }
                }
                done.leave()
            }
            if name == "cancelled" { gate.waitForOne() }
        }
        cancellation.cancel()
        gate.open(10_000)
        done.wait()
        #expect(outcomes.withLock { $0["cancelled"] }??.code == .cancelled)
        #expect(outcomes.withLock { $0["other"] } == .some(nil))
        #expect(batches.load(ordering: .relaxed) < 10)
        #expect(bench.embedder.waitingTokens(.bulk) == 0)
    }

    @Test func `fails a request by its first bad text, which it names`() throws {
        let bench = try Bench()
        let model = ToyModel.make()
        let long = String(repeating: "x", count: 50)
        let error = #expect(throws: IlkError.self) {
            try bench.embedder.vectors(of: EmbeddingTask(texts: ["a", long, "c"], kind: .query), with: model)
        }
        #expect(error?.code == .tooLarge && error?.message.hasPrefix("text 1: a text has 52 tokens") == true)
        let blank = #expect(throws: IlkError.self) {
            try bench.embedder.vectors(of: EmbeddingTask(texts: ["a", "b", "  "], kind: .query), with: model)
        }
        #expect(blank?.code == .invalidRequest && blank?.message.hasPrefix("text 2: ") == true)
        let cut = try bench.embedder.vectors(
            of: EmbeddingTask(texts: ["a", long], kind: .query, truncate: .end), with: model)
        #expect(cut.map(\.truncated) == [false, true] && cut[1].tokens == 52)
        #expect(try bench.embedder.vectors(of: EmbeddingTask(texts: [], kind: .query), with: model).isEmpty)
    }

    @Test func `passes over texts without words where a collection wants that`() throws {
        let bench = try Bench()
        let task = EmbeddingTask(texts: ["", "panda", "\n"], kind: .passage, blanks: .pass, lane: .bulk)
        let vectors = try bench.embedder.vectors(of: task, with: ToyModel.make())
        #expect(vectors.map(\.vector.count) == [0, 16, 0])
        #expect(vectors.map(\.tokens) == [0, 7, 0])
    }

    @Test func `computes a text once, and keeps kinds, models and policies apart`() throws {
        let shelf = Shelf()
        let batches = Mutex<[Int]>([])
        var encoder = CountingEncoder()
        encoder.before = { batch in batches.withLock { $0.append(batch.lengths.count) } }
        let model = ToyModel.make(encoder: encoder, matryoshka: [8])
        let bench = try Bench(cache: shelf)
        func embed(
            _ texts: [String], _ kind: EmbeddingKind = .query, cut: Bool = false, dimensions: Int? = nil,
            with other: EmbeddingModel? = nil
        ) throws -> [TextVector] {
            try bench.embedder.vectors(
                of: EmbeddingTask(texts: texts, kind: kind, dimensions: dimensions, truncate: cut ? .end : .error),
                with: other ?? model)
        }
        let first = try embed(["panda", "bamboo"])
        let second = try embed(["bamboo", "steel", "panda"])
        #expect(batches.withLock { $0 } == [2, 1])
        #expect(second.map(\.fromCache) == [true, false, true])
        #expect(second[0].vector == first[1].vector && second[2].tokens == 7)
        #expect(try embed(["panda"], .passage).map(\.fromCache) == [false])
        #expect(try embed(["panda"], with: ToyModel.make(content: [("weights", 9)])).map(\.fromCache) == [false])
        // Cut from the whole vector, which is kept.
        let short = try embed(["panda"], dimensions: 8)
        #expect(short[0].fromCache && short[0].vector.count == 8 && abs(short[0].vector.length - 1) < 1e-6)
        let long = String(repeating: "x", count: 50)
        #expect(try embed([long], cut: true)[0].truncated)
        #expect(throws: IlkError.self) { try embed([long]) }
        #expect(try embed([long], cut: true)[0].fromCache)
        let figures = bench.embedder.statistics
        #expect(figures.cacheHits == 5 && figures.hitRate ?? 0 > 0.3)
        #expect(shelf.kept.withLock { $0.count } == 6)
        // A new process has the shelf and not what was in memory.
        let next = try Bench(cache: shelf)
        let again = try next.embedder.vectors(of: EmbeddingTask(texts: ["steel", "panda"], kind: .query), with: model)
        #expect(again.allSatisfy(\.fromCache) && again[1].vector == first[0].vector)
    }

    @Test func `opens a model once for all who ask, and says why it cannot`() throws {
        let bench = try Bench()
        #expect(try bench.embedder.model().name == "hash")
        let done = DispatchGroup()
        let errors = Mutex<[IlkError]>([])
        for _ in 0..<8 {
            done.enter()
            bench.embedder.embed(EmbeddingTask(texts: ["panda"], kind: .query), model: "hashh") { outcome in
                if case .failure(let error) = outcome { errors.withLock { $0.append(error) } }
                done.leave()
            }
        }
        done.wait()
        #expect(errors.withLock { $0.map(\.code) } == [ErrorCode](repeating: .notFound, count: 8))
        #expect(errors.withLock { $0.first?.message.contains("did you mean 'hash'?") } == true)
        let toy = ToyModel.make()
        bench.embedder.adopt(toy)
        #expect(try bench.embedder.model(named: "toy") === toy)
        #expect(bench.embedder.openModels.map(\.name) == ["toy"])
        bench.embedder.close(model: "toy")
        #expect(throws: IlkError.self) { try bench.embedder.model(named: "toy") }
    }

    @Test func `refuses what waits when it is closed`() throws {
        let gate = Gate()
        var options = Embedder.Options()
        options.threads = 1
        options.bulkSlice = 50
        let folder = try TemporaryFolder()
        let embedder = Embedder(store: ModelStore(path: folder.path), options: options)
        var encoder = CountingEncoder()
        encoder.before = { _ in gate.pass() }
        let model = ToyModel.make(encoder: encoder)
        let outcome = Mutex<IlkError?>(nil)
        let done = DispatchGroup()
        done.enter()
        embedder.embed(EmbeddingTask(texts: texts(400, seed: 1), kind: .passage, lane: .bulk), with: model) {
            if case .failure(let error) = $0 { outcome.withLock { $0 = error } }
            done.leave()
        }
        gate.waitForOne()
        gate.open(10_000)
        embedder.close()
        done.wait()
        #expect(outcome.withLock { $0 == nil || $0?.code == .unavailable })
        let after = #expect(throws: IlkError.self) {
            try embedder.vectors(of: EmbeddingTask(texts: ["a"], kind: .query), with: model)
        }
        #expect(after?.code == .unavailable)
    }
}
