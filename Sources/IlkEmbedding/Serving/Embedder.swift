import Dispatch
package import IlkProtocol
import Synchronization

/// Turns texts into vectors for all of ilk: it opens models when they are first asked for, keeps what was computed, and
/// queues the rest.
///
/// Make one for a process, and ``close()`` it at the end.
package final class Embedder: Sendable {
    package struct Options: Sendable {
        /// Threads of each lane; 0 for as many as there are cores.
        package var threads = 0
        /// Tokens that may wait in each lane before requests are refused.
        package var interactiveLimit = 1 << 17
        package var bulkLimit = 1 << 23
        /// Tokens that the bulk lane embeds together.
        package var bulkSlice = 1_024
        /// Bytes of vectors that are kept in memory.
        package var recentBytes = 32 << 20

        package init() {}
    }

    package let store: ModelStore
    private let queue: EmbeddingQueue
    private let models = Mutex<[String: Opening]>([:])
    private let opener = DispatchQueue(label: "ilk-models", attributes: .concurrent)

    /// A model that is open or being opened: whoever asks meanwhile waits for the same.
    private typealias Opening = Awaited<EmbeddingModel>

    /// - Parameters:
    ///   - store: the models on the disk.
    ///   - cache: what keeps vectors beyond the end of the process.
    ///   - options: threads and limits.
    package init(store: ModelStore, cache: (any VectorCache)? = nil, options: Options = Options()) {
        self.store = store
        var queueOptions = EmbeddingQueue.Options()
        if options.threads > 0 { queueOptions.threads = options.threads }
        queueOptions.interactiveLimit = options.interactiveLimit
        queueOptions.bulkLimit = options.bulkLimit
        queueOptions.bulkSlice = options.bulkSlice
        queue = EmbeddingQueue(
            options: queueOptions, cache: RecentVectors(byteLimit: options.recentBytes, next: cache))
    }

    /// The model of a name, opened if it is not open yet; without a name the default one.
    ///
    /// Opening takes some milliseconds to a second: ask for a model that is not open off the event loop.
    ///
    /// - Throws: `not_found` with the nearest name, or why the model cannot be opened.
    package func model(named name: String? = nil) throws(IlkError) -> EmbeddingModel {
        let name = name ?? store.defaultName
        if name == EmbeddingModel.hashName { return .hash }
        let (opening, isMine): (Opening, Bool) = models.withLock { models in
            if let opening = models[name] { return (opening, false) }
            let opening = Opening()
            models[name] = opening
            return (opening, true)
        }
        guard isMine else { return try opening.wait().get() }
        let outcome: Result<EmbeddingModel, IlkError>
        do throws(IlkError) {
            outcome = .success(try store.open(name))
        } catch {
            outcome = .failure(error)
            // Forgotten at once, so that it can be repaired without a restart.
            models.withLock { models in
                if models[name] === opening { models[name] = nil }
            }
        }
        opening.finish(outcome)
        return try outcome.get()
    }

    /// The model of a name if it is open: never waits.
    package func openModel(named name: String? = nil) -> EmbeddingModel? {
        let name = name ?? store.defaultName
        if name == EmbeddingModel.hashName { return .hash }
        return try? models.withLock { $0[name]?.outcome }?.get()
    }

    /// The models that are open, by name.
    package var openModels: [EmbeddingModel] {
        models.withLock { $0.values.compactMap { try? $0.outcome?.get() } }.sorted { $0.name < $1.name }
    }

    /// Lets go of an open model: after it was removed or replaced in the store, or to give back memory.
    ///
    /// What is embedded with it meanwhile ends as if nothing had happened.
    package func close(model name: String) { models.withLock { $0[name] = nil } }

    /// Takes a model that is not in the store: for tests and benchmarks.
    package func adopt(_ model: EmbeddingModel) { models.withLock { $0[model.name] = Opening(model) } }

    /// Embeds texts; never blocks, and calls `completion` exactly once, on another thread, with a vector for each text.
    ///
    /// The completion runs on a thread that embeds: it hands longer work on.
    ///
    /// - Parameters:
    ///   - task: the texts, and how they are embedded.
    ///   - name: the model's name; nil for the default one.
    ///   - cancellation: ends the task early with `cancelled`.
    ///   - completion: gets the vectors in the order of the texts, or the first error.
    package func embed(
        _ task: EmbeddingTask, model name: String? = nil, cancellation: EmbeddingCancellation? = nil,
        completion: @escaping @Sendable (Result<[TextVector], IlkError>) -> Void
    ) {
        if let model = openModel(named: name) {
            embed(task, with: model, cancellation: cancellation, completion: completion)
            return
        }
        opener.async { [self] in
            do throws(IlkError) {
                let model = try model(named: name)
                embed(task, with: model, cancellation: cancellation, completion: completion)
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// Embeds texts with a model that is open; see ``embed(_:model:cancellation:completion:)``.
    package func embed(
        _ task: EmbeddingTask, with model: EmbeddingModel, cancellation: EmbeddingCancellation? = nil,
        completion: @escaping @Sendable (Result<[TextVector], IlkError>) -> Void
    ) {
        do throws(IlkError) {
            let dimension = try model.traits.checkedDimension(task.dimensions, of: model.name)
            guard !task.texts.isEmpty else {
                opener.async { completion(.success([])) }
                return
            }
            try queue.submit(
                EmbeddingRequest(
                    model: model, task: task, dimension: dimension, cancellation: cancellation, completion: completion))
        } catch {
            opener.async { completion(.failure(error)) }
        }
    }

    /// Embeds texts and waits for their vectors: on a thread that may block.
    package func vectors(
        of task: EmbeddingTask, with model: EmbeddingModel, cancellation: EmbeddingCancellation? = nil
    ) throws(IlkError) -> [TextVector] {
        let answer = Awaited<[TextVector]>()
        embed(task, with: model, cancellation: cancellation) { answer.finish($0) }
        return try answer.wait().get()
    }

    /// What was embedded since the start.
    package var statistics: EmbeddingStatistics.Figures { queue.statistics.figures }

    /// Tokens that wait in a lane, about.
    package func waitingTokens(_ lane: EmbeddingLane) -> Int { queue.waitingTokens(lane) }

    /// Refuses what waits and ends the threads; no task is accepted from then on.
    package func close() { queue.close() }
}
