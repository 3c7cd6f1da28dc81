import Dispatch
import IlkProtocol
import Synchronization

/// The one writer of an event log, on a queue of its own.
///
/// What waits is gathered into one transaction (group commit: while one is being synced, the next gathers), then taken
/// into memory, then acknowledged: so an acknowledged event is on the disk, and the next answer knows of it.
final class EventWriter: Sendable {
    private struct Waiting {
        var batch: EventBatch
        var completion: Completion
    }
    typealias Completion = @Sendable (Result<AppendReceipt, IlkError>) -> Void

    private struct Inbox {
        var waiting: [Waiting] = []
        var count = 0
        var isRunning = false
        var isClosed = false
    }

    /// Events that may wait before more are refused: some 200 MB.
    private static let waitingLimit = 1_000_000
    /// Events of one transaction; a larger batch stays whole.
    private static let groupLimit = 20_000
    /// Events that are taken into memory between two chances for readers: some 200 µs.
    private static let slice = 256

    let log: EventLog
    /// What is known; readers hold its lock for microseconds.
    let state: Mutex<MatchState>
    private let inbox = Mutex(Inbox())
    private let queue = DispatchQueue(label: "ilk-events")

    init(log: EventLog, state: sending MatchState) {
        self.log = log
        self.state = Mutex(state)
    }

    private static var closing: IlkError {
        IlkError(.unavailable, "the collection is closing; send it again after the restart")
    }

    /// Queues a batch; `completion` is called once, when its events are durable and known, or with why they are not.
    func append(_ batch: EventBatch, completion: @escaping Completion) {
        let count = batch.events.count
        let refusal: IlkError? = inbox.withLock { inbox in
            guard !inbox.isClosed else { return Self.closing }
            guard inbox.count == 0 || inbox.count + count <= Self.waitingLimit else {
                return IlkError(
                    .overloaded, "\(inbox.count) events are waiting; send fewer at once", retryAfterMilliseconds: 200)
            }
            inbox.waiting.append(Waiting(batch: batch, completion: completion))
            inbox.count += count
            if !inbox.isRunning {
                inbox.isRunning = true
                queue.async { self.run() }
            }
            return nil
        }
        if let refusal { completion(.failure(refusal)) }
    }

    /// Runs `body` between two groups, and waits for it.
    func between<R: Sendable>(_ body: @Sendable () throws(IlkError) -> R) throws(IlkError) -> R {
        guard !inbox.withLock({ $0.isClosed }) else { throw Self.closing }
        let result: Result<R, IlkError> = queue.sync {
            do throws(IlkError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Finishes what waits, and refuses the rest.
    func close() {
        inbox.withLock { $0.isClosed = true }
        queue.sync {}
    }

    // MARK: On the queue

    private func run() {
        while let group = nextGroup() { commit(group) }
    }

    private func nextGroup() -> [Waiting]? {
        inbox.withLock { inbox in
            guard let first = inbox.waiting.first else {
                inbox.isRunning = false
                return nil
            }
            var group = [first]
            var count = first.batch.events.count
            for next in inbox.waiting.dropFirst() {
                guard count + next.batch.events.count <= Self.groupLimit else { break }
                group.append(next)
                count += next.batch.events.count
            }
            inbox.waiting.removeFirst(group.count)
            inbox.count -= count
            return group
        }
    }

    private func commit(_ waiting: [Waiting]) {
        do throws(IlkError) {
            let (batches, userEnd, itemEnd) = state.withLock { state in
                let batches = waiting.map { waiting in
                    var batch = waiting.batch
                    for place in batch.events.indices {
                        let event = batch.events[place]
                        batch.events[place].numbers = (
                            state.users.number(of: event.user), state.items.number(of: event.item)
                        )
                    }
                    return batch
                }
                return (batches, state.users.end, state.items.end)
            }
            let group = try log.append(batches, userEnd: userEnd, itemEnd: itemEnd)
            state.withLock { state in
                for (number, name) in group.newUsers { state.users.set(name, to: number) }
                for (number, name) in group.newItems { state.items.set(name, to: number) }
            }
            for start in stride(from: 0, to: group.events.count, by: Self.slice) {
                state.withLock { state in
                    for event in group.events[start..<min(start + Self.slice, group.events.count)] {
                        state.apply(event)
                    }
                }
            }
            for (waiting, receipt) in zip(waiting, group.receipts) { waiting.completion(.success(receipt)) }
        } catch {
            for waiting in waiting { waiting.completion(.failure(error)) }
        }
    }
}
