import Foundation
import IlkCollection
import IlkEmbedding
import IlkLexical
package import IlkProtocol
import IlkVectors
package import Logging
import Synchronization

/// The daemon without its socket: a data folder, its collections, and one handler a method.
///
/// Short requests are answered on the calling thread; what may take long goes to a bounded pool, writes to their
/// collection's writer, jobs to threads of their own.
package final class Engine: Sendable {
    /// Gets a whole reply line, without its line feed; empty if the request was a notification, which has no reply.
    package typealias Reply = @Sendable ([UInt8]) -> Void
    /// Gets a notification line, without its line feed, any number of times before the reply.
    package typealias Notify = @Sendable ([UInt8]) -> Void

    package static let version = "0.1.0"

    package let options: ServiceOptions
    package let metrics = ServiceMetrics()
    let data: DataFolder
    let embedder: Embedder
    let registry = CollectionRegistry()
    let jobs: JobRegistry
    let logger: Logger
    private let memoryLimit: MemoryLimit
    private let pool: WorkerPool
    private let isStopping = Atomic(false)
    private let serverLimits = Mutex<[(String, Int)]>([])

    /// Takes the data folder and opens every collection in the background; answers at once.
    ///
    /// It is silent if no logger is given.
    ///
    /// - Throws: `unavailable` where another daemon has the folder, `internal` where it cannot be written.
    package init(
        dataFolder: String, options: ServiceOptions,
        logger: Logger = Logger(label: "ilk", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws(IlkError) {
        data = try DataFolder(path: dataFolder)
        embedder = Embedder(
            store: ModelStore(path: options.modelStore ?? ModelStore.standardPath),
            cache: EmbeddingCache(path: data.embeddingCache, byteLimit: options.embeddingCacheLimit))
        var options = options
        options.collection.observe = { name, event in logger.record(event, of: name) }
        options.collection.embedder = embedder
        self.options = options
        memoryLimit = MemoryLimit(bytes: options.memoryLimit)
        self.logger = logger
        // Searches run one a thread: BLAS must not start threads of its own beneath each of them.
        pool = WorkerPool(name: "ilk-worker", threads: options.workers, limit: options.queueLimit)
        jobs = JobRegistry(options: options)
        for name in data.recover() {
            let collection = VectorCollection.open(
                name: name, folder: data.collection(name), options: options.collection)
            registry.settle(name, as: collection)
        }
        Thread.detachNewThread { Analyzer.prepare() }
        openEventLogs()
        logger.info("data folder opened", metadata: ["path": "\(dataFolder)", "collections": "\(registry.all.count)"])
    }

    /// What a line asks for: one call, or a batch that gets one reply with all of theirs.
    package func handle(_ line: ParsedLine, reply: @escaping Reply, notify: @escaping Notify) {
        switch line {
        case .single(let call): handle(call, reply: reply, notify: notify)
        case .batch(let calls):
            let batch = BatchReply(ids: calls.map(\.id), limit: options.replyLimit, reply: reply)
            for (place, call) in calls.enumerated() {
                handle(call, reply: { batch.set($0, at: place) }, notify: notify)
            }
        }
    }

    /// Answers one call: `reply` is called exactly once, here or later on another thread.
    package func handle(_ call: Call, reply: @escaping Reply, notify: @escaping Notify) {
        let command: Command
        switch call.command {
        case .success(let it): command = it
        case .failure(let error):
            // What is no request may have lost its id: an error without one is better than silence.
            let id = call.id.isAbsent ? .null : call.id
            return Answer(nil, id: id, metrics: metrics, reply: reply).fail(error)
        }
        let answer = Answer(Method(command), id: call.id, metrics: metrics, reply: reply)
        guard !isStopping.load(ordering: .relaxed) else { return answer.fail(stoppingError) }
        switch command.takesMemory ? memoryLimit.admission() : .now {
        case .now: dispatch(command, answer, notify)
        case .later(let seconds):
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { self.dispatch(command, answer, notify) }
        case .refused(let error): answer.fail(error)
        }
    }

    private func dispatch(_ command: Command, _ answer: Answer, _ notify: @escaping Notify) {
        switch command {
        case .ping: answer.succeed(JSONObject([("pong", .bool(true)), ("version", .string(Self.version))]))
        case .info: answer.succeed(info())
        case .stats: answer.succeed(stats())
        case .collectionCreate(let request): later(answer) { self.create(request, answer) }
        case .collectionList: answer.succeed(list())
        case .collectionDescribe(let name): later(answer) { self.describe(name, answer) }
        case .collectionDrop(let name): later(answer) { self.drop(name, answer) }
        case .collectionRebuild(let name): rebuild(name, answer, notify)
        case .collectionReembed(let request): reembed(request, answer, notify)
        case .collectionLexicon(let request): later(answer) { self.setLexicon(request, answer) }
        case .embed(let request): embed(request, answer)
        case .modelList: later(answer) { answer.succeed(self.modelList()) }
        case .documentUpsert(let request): later(answer) { self.upsertDocuments(request, answer) }
        case .documentGet(let request): later(answer) { self.getDocuments(request, answer) }
        case .documentDelete(let request): deleteDocuments(request, answer)
        case .documentList(let request): later(answer) { self.listDocuments(request, answer) }
        case .retrieve(let request): retrieve(request, answer)
        case .themeUpsert(let request): upsertThemes(request, answer)
        case .themeGet(let request): getThemes(request, answer)
        case .themeDelete(let request): deleteThemes(request, answer)
        case .themeList(let request): listThemes(request, answer)
        case .themeMatch(let request): matchThemes(request, answer)
        case .themeSelect(let request): selectProducts(request, answer)
        case .themeFloors(let request): buildFloors(request, answer)
        case .themeBatch(let request): batchThemes(request, answer, notify)
        case .themeDistribute(let request): distributeThemes(request, answer)
        case .themeTraffic(let request): trafficOfThemes(request, answer)
        case .themeFeedback(let request): feedbackOfThemes(request, answer)
        case .assetUpsert(let request): upsertAssets(request, answer)
        case .assetMatch(let request): matchAssets(request, answer)
        case .assetDelete(let request): deleteAssets(request, answer)
        case .toolSchema(let request): toolSchema(request, answer)
        case .pointsUpsert(let request): upsert(request, answer)
        case .pointsPatch(let request): patch(request, answer)
        case .pointsDelete(let request): delete(request, answer)
        case .pointsGet(let request): get(request, answer)
        case .pointsCount(let request): count(request, answer)
        case .pointsScroll(let request): later(answer) { self.scroll(request, answer) }
        case .pointsFacets(let request): later(answer) { self.facets(request, answer) }
        case .search(let request): search(request, answer)
        case .searchBatch(let request): searchBatch(request, answer)
        case .eventsAppend(let request): appendEvents(request, answer)
        case .eventsScroll(let request): later(answer) { self.scrollEvents(request, answer) }
        case .eventsConfigure(let request): later(answer) { self.configureEvents(request, answer) }
        case .eventsCompact(let name): compactEvents(name, answer, notify)
        case .profileGet(let request): later(answer) { self.getProfile(request, answer) }
        case .profileForget(let request): later(answer) { self.forgetProfile(request, answer) }
        case .matchItems(let request): matchItems(request, answer)
        case .matchUsers(let request): matchUsers(request, answer)
        case .audienceSave(let request): later(answer) { self.saveAudience(request, answer) }
        case .audienceList(let name): later(answer) { self.listAudiences(name, answer) }
        case .audienceGet(let request): later(answer) { self.getAudience(request, answer) }
        case .audienceDelete(let collection, let name): later(answer) { self.deleteAudience(collection, name, answer) }
        case .matchSimilar(let request): matchSimilar(request, answer)
        case .matchTrain(let request): train(request, answer, notify)
        case .matchModels(let name): listModels(name, answer)
        case .matchActivate(let request): activate(request, answer)
        case .matchRanker(let request): later(answer) { self.ranker(request, answer) }
        case .matchLoad(let request): later(answer) { self.loadRanker(request, answer) }
        case .matchShown(let request): later(answer) { self.shownAnswers(request, answer) }
        case .snapshotCreate(let request): createSnapshot(request, answer, notify)
        case .snapshotRestore(let request): restoreSnapshot(request, answer, notify)
        case .jobList: answer.succeed(JSONObject([("jobs", .array(jobs.all.map { .object($0.json) }))]))
        case .jobGet(let id): answer.fulfil { () throws(IlkError) in try jobs.job(id).json }
        case .jobCancel(let id): answer.fulfil { () throws(IlkError) in try cancelJob(id) }
        }
    }

    // MARK: Threads

    /// Runs work of a request on the pool, or refuses the request with `overloaded`.
    func later(_ answer: Answer, _ work: @escaping @Sendable () -> Void) {
        guard !pool.submit(work) else { return }
        answer.fail(
            IlkError(
                .overloaded, "\(pool.limit) requests are waiting; send fewer at once",
                retryAfterMilliseconds: max(10, pool.limit / max(1, pool.threads) / 4)))
    }

    /// Runs work on the pool whatever its queue holds; for the server's long lines, of which a connection has one.
    ///
    /// Returns false once the pool is closed.
    package func runOnPool(_ work: @escaping @Sendable () -> Void) -> Bool { pool.submit(isExempt: true, work) }

    /// Runs `work` on up to `count` threads of the pool at once; fewer if it is busy, and one at least unless it
    /// refuses.
    func later(_ answer: Answer, upTo count: Int, _ work: @escaping @Sendable () -> Void) {
        later(answer, work)
        for _ in 1..<max(1, min(count, pool.threads)) where pool.load.waiting < pool.threads {
            _ = pool.submit(work)
        }
    }

    /// Adds limits of the server's to what `info` shows.
    package func show(serverLimits limits: [(String, Int)]) { serverLimits.withLock { $0 = limits } }

    var shownServerLimits: [(String, Int)] { serverLimits.withLock { $0 } }

    var poolLoad: (waiting: Int, running: Int) { pool.load }

    // MARK: The end

    /// Refuses everything new from now on and asks jobs to end; what runs goes on.
    package func beginStopping() {
        guard !isStopping.exchange(true, ordering: .relaxed) else { return }
        jobs.stop()
    }

    /// Finishes what runs, writes checkpoints, closes the collections and gives up the lock; blocks up to `seconds`.
    ///
    /// Whatever is not done by then is safe in SQLite, and only slower to open.
    package func stop(within seconds: Double = 9) {
        beginStopping()
        let deadline = monotonicNanoseconds() + UInt64(max(0, seconds) * 1e9)
        func wait(until isDone: () -> Bool) {
            while !isDone(), monotonicNanoseconds() < deadline { usleep(2_000) }
        }
        wait { pool.load == (0, 0) && jobs.isIdle }
        pool.close()
        let open = Mutex(Set(registry.all.map(\.name)))
        for collection in registry.all {
            Thread.detachNewThread {
                collection.close()
                open.withLock { _ = $0.remove(collection.name) }
            }
        }
        wait { open.withLock(\.isEmpty) }
        embedder.close()
        for name in open.withLock({ $0.sorted() }) {
            logger.warning(
                "collection not closed in time: its next start reads more", metadata: ["collection": "\(name)"])
        }
        data.unlock()
        logger.info("stopped")
    }
}

extension Logger {
    /// Notes what a person should know of a collection.
    fileprivate func record(_ event: CollectionEvent, of name: String) {
        let place: Logger.Metadata = ["collection": "\(name)"]
        switch event {
        case .state(.quarantined(let reason)): error("quarantined", metadata: place.adding("reason", reason))
        case .state(.degraded(let reason)): warning("degraded", metadata: place.adding("reason", reason))
        case .state(let state): info("\(state.name)", metadata: place)
        case .issue(let issue):
            warning("\(issue.what)", metadata: place.adding("do", issue.remedy))
        }
    }
}

extension Logger.Metadata {
    fileprivate func adding(_ key: String, _ value: String) -> Self { merging([key: "\(value)"]) { $1 } }
}
