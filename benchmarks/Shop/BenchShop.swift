import ArgumentParser
import Dispatch
import Foundation
import IlkCollection
import IlkMatching
import IlkProtocol
import IlkVectors
import Synchronization

/// Measures appends and matches of a synthetic shop in this process, without a socket.
@main struct BenchShop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-shop",
        abstract: "Measure appends and matches of a synthetic shop.",
        discussion: """
            Items lie around the centres of categories; a person has three of them for interests, and chooses the more \
            popular items more often. Prints one JSON object a measurement; `answers` is a digest of all that was \
            answered, the same for the same shop in the same folder.
            """)

    @Option(help: "Items.") var items = 20_000
    @Option(help: "People.") var users = 20_000
    @Option(help: "Events.") var events = 500_000
    @Option(help: "Components of a vector.") var dimension = 64
    @Option(help: "Events of a batch.") var batch = 5_000
    @Option(help: "Matches to measure.") var matches = 2_000
    @Option(parsing: .upToNextOption, help: "Threads that match at once.") var threads = [1]
    @Option(parsing: .upToNextOption, help: "Questions to ask, by name, such as 'u2u2i'; all if left out.")
    var only: [String] = []
    @Option(help: "Folder to keep the collection in, to be used again; a temporary one if left out.") var folder:
        String?
    @Option(help: "What everything is drawn from.") var seed: UInt64 = 42

    var now: Double { 1_760_000_000 }

    mutating func run() throws {
        BLAS.restartForThisCPU()
        let root = folder ?? NSTemporaryDirectory() + "bench-shop-\(getpid())"
        let isKept = folder != nil && FileManager.default.fileExists(atPath: root + "/shop")
        defer { if folder == nil { try? FileManager.default.removeItem(atPath: root) } }
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        var shop = SyntheticShop(items: items, users: users, dimension: dimension, seed: seed)
        let collection = try isKept ? open(root) : create(root, &shop)
        let matching = try Matching(collection: collection)
        if isKept { try read(matching) } else { try append(&shop, matching) }
        try show(matching)
        if try matching.models().isEmpty { try train(matching) }
        try forgetRanker(matching)
        for threads in threads {
            for (name, params) in Self.questions where only.isEmpty || only.contains(name) {
                try match(name, params, threads, matching)
            }
        }
        // Last, for a ranker that is live orders everything.
        guard only.isEmpty || only.contains("ranker") else { return collection.close() }
        let question = Self.questions[0].1
        try learnRanker(matching, of: question)
        for threads in threads {
            try match("six channels, all rules, a ranker", question, threads, matching)
            try match("six channels, all rules, a ranker, logged", question + #","log":true"#, threads, matching)
        }
        collection.close()
    }

    // MARK: The shop

    private func create(_ root: String, _ shop: inout SyntheticShop) throws -> VectorCollection {
        let schema = CollectionSchema(
            vectors: [VectorField(name: "v", dimension: dimension, metric: .cosine)],
            fields: [
                PayloadField(path: "category", kind: .keyword), PayloadField(path: "brand", kind: .keyword),
                PayloadField(path: "price", kind: .float), PayloadField(path: "stock", kind: .int),
            ])
        let collection = try VectorCollection.create(
            name: "shop", folder: root + "/shop", schema: schema, options: CollectionOptions(linkThreads: 2, seed: seed)
        )
        let began = ContinuousClock.now
        for start in stride(from: 0, to: items, by: 2_000) {
            let points = (start..<min(start + 2_000, items)).map { shop.point($0) }
            try waiting { collection.upsert(points, completion: $0) }
        }
        try collection.rebuild { _ in true }
        emit("build", [("items", .int(Int64(items))), ("seconds", .double(seconds(since: began)))])
        return collection
    }

    private func open(_ root: String) -> VectorCollection {
        let collection = VectorCollection.open(
            name: "shop", folder: root + "/shop", options: CollectionOptions(linkThreads: 2, seed: seed))
        collection.waitUntilLoaded()
        return collection
    }

    private func append(_ shop: inout SyntheticShop, _ matching: Matching) throws {
        var spent = Duration.zero
        for start in stride(from: 0, to: events, by: batch) {
            let age = 180 * Double(events - start) / Double(events)
            let batch = (start..<min(start + batch, events)).map { shop.event($0, at: now - age * 86_400) }
            let began = ContinuousClock.now
            try waiting { matching.append(batch, at: now, completion: $0) }
            spent += ContinuousClock.now - began
        }
        let seconds = spent / .seconds(1)
        emit(
            "append",
            [
                ("events", .int(Int64(events))), ("batch", .int(Int64(batch))), ("seconds", .double(seconds)),
                ("per_second", .double((Double(events) / seconds).rounded())),
            ])
    }

    /// Waits until the log has been read, and the graphs of its models have been built.
    private func read(_ matching: Matching) throws {
        let began = ContinuousClock.now
        while (try? matching.memory()) == nil { usleep(10_000) }
        emit("read", [("seconds", .double(seconds(since: began)))])
        while matching.pendingItems() > 0 { usleep(100_000) }
        emit("link", [("seconds", .double(seconds(since: began)))])
    }

    private func show(_ matching: Matching) throws {
        let memory = try matching.memory()
        func each(_ part: String, _ count: Int) -> JSONValue {
            .double(Double(memory.bytes.first { $0.part == part }?.bytes ?? 0) / Double(max(1, count)))
        }
        emit(
            "memory",
            [
                ("events", .int(Int64(memory.events))), ("users", .int(Int64(memory.users))),
                ("items", .int(Int64(memory.items))), ("bytes_per_event", each("events", memory.events)),
                ("bytes_per_user", each("users", memory.users)), ("bytes_per_item", each("items", memory.items)),
            ])
    }

    private func train(_ matching: Matching) throws {
        let line = #"{"method":"match.train","params":{"collection":"shop","models":["als","item_cf"]}}"#
        guard case .matchTrain(let request) = try command(line) else { return }
        let report = try matching.train(request, threads: 2, at: now) { _ in true }
        for model in report.models {
            emit(
                "train \(model.kind.rawValue)",
                [
                    ("seconds", .double((model.seconds * 1_000).rounded() / 1_000)),
                    ("pairs", .int(Int64(report.pairs))),
                    ("learned_items", .int(Int64(report.items))), ("learned_users", .int(Int64(report.users))),
                ])
        }
    }

    func command(_ line: String) throws -> Command {
        let parsed = unsafe Array(line.utf8).withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed else { throw IlkError(.internal, "the line is no request") }
        return try call.command.get()
    }

    // MARK: Matches

    /// What is asked for each person.
    private static let questions = [
        (
            "six channels, all rules",
            #""k":20,"channels":{"content":200,"als":200,"item_cf":100,"u2u2i":100,"tag":50,"trending":50},"filter":"stock > 0","exclude":["bought"],"max_per":{"brand":2},"scatter":{"field":"category","window":3},"mmr":0.3,"frequency_cap":{"impressions":3}"#
        ), ("content", #""k":20,"channels":{"content":200}"#), ("als", #""k":20,"channels":{"als":200}"#),
        ("item_cf", #""k":20,"channels":{"item_cf":100}"#),
        ("u2u2i", #""k":20,"channels":{"u2u2i":100}"#), ("tag", #""k":20,"channels":{"tag":50}"#),
        ("popular", #""k":20,"channels":{"popular":50}"#), ("trending", #""k":20,"channels":{"trending":50}"#),
        ("new", #""k":20,"channels":{"new":50}"#), ("again", #""k":20,"channels":{"again":50}"#),
    ]

    private func match(_ name: String, _ params: String, _ threads: Int, _ matching: Matching) throws {
        // The same people for each question, whatever was drawn before.
        var shop = SyntheticShop(items: items, users: users, dimension: dimension, seed: seed)
        var requests: [MatchItems] = []
        for _ in 0..<matches {
            requests.append(try request(params, for: shop.anyUser()))
        }
        let times = Mutex<[Double]>([])
        let found = Atomic(0)
        let digest = Atomic<UInt64>(0)
        let now = now
        let all = requests
        let failure = Mutex<IlkError?>(nil)
        let begun = Self.cpuSeconds()
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for place in stride(from: thread, to: all.count, by: threads) {
                let began = ContinuousClock.now
                do throws(IlkError) {
                    let matched = try matching.items(all[place], at: now)
                    if let shown = matched.shown { try log(shown, matching) }
                    let items = matched.items
                    let took = (ContinuousClock.now - began) / .microseconds(1)
                    found.add(items.count, ordering: .relaxed)
                    digest.wrappingAdd(Self.digest(items, of: place), ordering: .relaxed)
                    // What is first is not measured: it fills the caches.
                    if place >= all.count / 10 { times.withLock { $0.append(took) } }
                } catch {
                    failure.withLock { $0 = error }
                    return
                }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        let spent = Self.cpuSeconds() - begun
        let sorted = times.withLock { $0.sorted() }
        func quantile(_ share: Double) -> JSONValue {
            .double((sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] / 10).rounded() / 100)
        }
        emit(
            name,
            [
                ("matches", .int(Int64(all.count))), ("threads", .int(Int64(threads))), ("p50_ms", quantile(0.5)),
                ("p90_ms", quantile(0.9)), ("p99_ms", quantile(0.99)),
                ("cpu_ms_mean", .double((spent / Double(all.count) * 100_000).rounded() / 100)),
                ("items_mean", .double(Double(found.load(ordering: .relaxed)) / Double(all.count))),
                ("answers", .string(String(digest.load(ordering: .relaxed), radix: 16))),
            ])
    }

    private func log(_ shown: ShownAnswer, _ matching: Matching) throws(IlkError) {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<AppendReceipt, IlkError>?>(nil)
        matching.log(shown) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        _ = try outcome.withLock { $0 }?.get()
    }

    /// What all threads have computed so far: what a match costs, whatever else the machine does.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// A digest of one answer: what it says of each item, and in which order.
    private static func digest(_ items: [MatchedItem], of place: Int) -> UInt64 {
        let said = items.map { "\($0.id) \($0.score) \($0.channels) \($0.reason) \($0.isPinned)" }
        let bytes = Array("\(place): \(said.joined(separator: ", "))".utf8)
        return unsafe bytes.withUnsafeBytes { unsafe Checksum.xxh3($0) }
    }

    // MARK: Helpers

    func waiting<T: Sendable>(
        _ body: (@escaping @Sendable (Result<T, IlkError>) -> Void) -> Void
    ) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<IlkError?>(nil)
        body { result in
            if case .failure(let error) = result { failure.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func seconds(since began: ContinuousClock.Instant) -> Double {
        ((ContinuousClock.now - began) / .milliseconds(1)).rounded() / 1_000
    }

    func emit(_ what: String, _ members: [(String, JSONValue)]) {
        let all: [(String, JSONValue)] =
            [("measured", .string(what))] + members + [
                ("shop", .string("\(items) items, \(users) users, \(events) events, dimension \(dimension)")),
                ("seed", .uint(seed)),
            ]
        FileHandle.standardOutput.write(Data(JSONText(.object(JSONObject(all))).bytes + [UInt8(ascii: "\n")]))
    }
}
