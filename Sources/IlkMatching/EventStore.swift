import Dispatch
import IlkCollection
import IlkProtocol
import Synchronization

/// The events of a collection's items and what is known from them; it lives as long as the collection is open.
///
/// It reads its log on a queue of its own. A log that cannot be read does not touch the collection: whoever asks for
/// events is told why.
package final class EventStore: CollectionCompanion {
    private enum Status {
        /// With who waits for its end, in order.
        case loading(done: Int, waiting: [Waiter])
        case ready(EventWriter)
        case failed(IlkError)
    }

    /// What most people like, for channels to share.
    let leaders = LeaderBoard()
    /// Which item is which point.
    let places = ItemPlaceTable()
    /// What answers of what was trained.
    let models = Mutex(TrainedModels())
    private let spreads = Mutex<[Int: (count: Int, spread: Float)]>([:])
    typealias Waiter = @Sendable (Result<EventWriter, IlkError>) -> Void
    private let status = Mutex(Status.loading(done: 0, waiting: []))
    private let loaded = DispatchGroup()

    /// Begins to read the log of a collection's folder, which is made where there is none.
    package init(folder: String) {
        loaded.enter()
        DispatchQueue(label: "ilk-events-load").async { [self] in
            load(folder)
            loaded.leave()
        }
    }

    private func load(_ folder: String) {
        do throws(IlkError) {
            let log = try EventLog(folder: folder)
            let state = try MatchState(reading: log) { done in
                status.withLock { status in
                    if case .loading(_, let waiting) = status { status = .loading(done: done, waiting: waiting) }
                }
            }
            readModels(of: log)
            finish(.ready(EventWriter(log: log, state: state)))
        } catch {
            finish(.failed(error))
        }
    }

    /// Reads the models that answer; one that cannot be read is left out until it is trained again.
    private func readModels(of log: EventLog) {
        for kept in (try? log.models()) ?? [] where kept.isActive {
            guard let bytes = try? log.model(kept.kind, kept.generation),
                let model = try? ModelBytes.model(of: bytes)
            else { continue }
            models.withLock { $0[kept.kind] = model }
            DispatchQueue.global(qos: .utility).async { model.link(threads: 1) }
        }
    }

    /// Ends loading; whoever waited comes before whoever asks from now on.
    private func finish(_ end: Status) {
        status.withLock { status in
            guard case .loading(_, let waiting) = status else { return }
            status = end
            switch end {
            case .ready(let writer): for waiter in waiting { waiter(.success(writer)) }
            case .failed(let error): for waiter in waiting { waiter(.failure(error)) }
            case .loading: break
            }
        }
    }

    /// Calls `body` with the writer, here or once the log has been read: in the order of the calls, and without waiting.
    ///
    /// `body` must not ask the store for anything.
    func whenReady(_ body: @escaping Waiter) {
        let result: Result<EventWriter, IlkError>? = status.withLock { status in
            switch status {
            case .ready(let writer): return .success(writer)
            case .failed(let error): return .failure(error)
            case .loading(let done, let waiting):
                guard waiting.count < Self.waiterLimit else { return .failure(Self.stillLoading(done)) }
                status = .loading(done: done, waiting: waiting + [body])
                return nil
            }
        }
        if let result { body(result) }
    }

    private static let waiterLimit = 256

    private static func stillLoading(_ done: Int) -> IlkError {
        IlkError(
            .unavailable, "the event log is being read: \(done) events so far; try again", retryAfterMilliseconds: 200)
    }

    /// The writer, with what is known; waits a moment for a log that is just being opened.
    ///
    /// - Throws: `unavailable` while it is still being read, or what is wrong with it.
    func writer() throws(IlkError) -> EventWriter {
        if case .ready(let writer) = status.withLock({ $0 }) { return writer }
        _ = loaded.wait(timeout: .now() + .seconds(1))
        switch status.withLock({ $0 }) {
        case .ready(let writer): return writer
        case .failed(let error): throw error
        case .loading(let done, _): throw Self.stillLoading(done)
        }
    }

    /// The mean squared distance of the directions of two items in a field, measured again when the collection has grown
    /// by half.
    func spread(of field: Int, in view: ItemView) -> Float {
        let count = view.count
        if let known = spreads.withLock({ $0[field] }), count <= known.count * 3 / 2, count >= known.count / 2 {
            return known.spread
        }
        let spread = view.spread(of: field)
        spreads.withLock { $0[field] = (count, spread) }
        return spread
    }

    /// Bytes in memory by `events`, `users` and `items`.
    func bytes(of writer: EventWriter) -> [(part: String, bytes: Int)] {
        let places = places.memoryBytes
        return writer.state.withLock { state in
            let items =
                places + state.items.memoryBytes + state.events.itemBytes + state.cooccurrence.memoryBytes
                + state.popular.memoryBytes + state.trending.memoryBytes
            return [
                ("events", state.events.memoryBytes), ("users", state.users.memoryBytes + state.events.userBytes),
                ("items", items),
            ]
        }
    }

    package var memory: [(part: String, bytes: Int)] {
        guard case .ready(let writer) = status.withLock({ $0 }) else { return [] }
        return bytes(of: writer).map { ("matching.\($0.part)", $0.bytes) }
    }

    package func close() {
        loaded.wait()
        let writer = status.withLock { status -> EventWriter? in
            guard case .ready(let writer) = status else { return nil }
            status = .failed(
                IlkError(.unavailable, "the collection is closing; send it again after the restart"))
            return writer
        }
        guard let writer else { return }
        writer.close()
        // What the WAL holds is read at the next start.
        try? writer.log.close()
    }
}
