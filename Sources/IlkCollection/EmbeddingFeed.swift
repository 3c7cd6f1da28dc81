import Dispatch
import Foundation
import IlkProtocol
import IlkVectors
import Synchronization

/// The versions of points whose texts wait for their models, and who waits for them.
///
/// One thread takes those of small writes, another those of large ones, each in the order in which they came; they have
/// them embedded and hand the vectors to the writer. What is not done when the process ends stands in SQLite, and goes
/// on at the next start.
final class EmbeddingFeed: Sendable {
    /// Small writes, which somebody waits for, and large ones.
    enum Lane: Int, CaseIterable, Sendable {
        case small, large
    }

    /// The vectors of a version, and how many of its texts were cut.
    struct Embedded: Sendable {
        var fills: [VectorFill]
        var truncated: Int
    }

    /// Called with how many texts were cut; with nil where the feed was closed before all vectors were made.
    typealias Completion = @Sendable (_ truncated: Int?) -> Void

    /// Someone who waits until versions have their vectors.
    private final class Waiter: Sendable {
        private let left: Mutex<(versions: Int, truncated: Int)>
        private let completion: Completion

        init(count: Int, completion: @escaping Completion) {
            left = Mutex((count, 0))
            self.completion = completion
        }

        func finish(truncated: Int) {
            let done: Int? = left.withLock { left in
                guard left.versions > 0 else { return nil }
                left.versions -= 1
                left.truncated += truncated
                return left.versions == 0 ? left.truncated : nil
            }
            if let done { completion(done) }
        }

        func giveUp() {
            let isWaiting = left.withLock { left in
                defer { left.versions = 0 }
                return left.versions > 0
            }
            if isWaiting { completion(nil) }
        }
    }

    private struct State {
        /// What waits, by ordinal; an ordinal whose version is gone is not here.
        var rows: [Ordinal: PendingRow] = [:]
        var lanes = [[Ordinal]](repeating: [], count: Lane.allCases.count)
        var heads = [Int](repeating: 0, count: Lane.allCases.count)
        var waiters: [Ordinal: [Waiter]] = [:]
        /// Texts that were cut, of versions whose vectors are on their way.
        var truncatedBy: [Ordinal: Int] = [:]
        var status = Status()
        var isClosed = false
    }

    /// How it stands.
    struct Status: Sendable {
        /// Versions that wait.
        var waiting = 0
        /// Versions that got their vectors since the start.
        var embedded = 0
        /// Texts that were cut since the start.
        var truncated = 0
        /// Why nothing moves; nil where it does.
        var problem: String?
    }

    /// Points that a small write has at most.
    private static let smallWrite = 8
    /// Versions of one round: small enough that little is done twice after a crash.
    private static let round = 64

    private let state = Mutex(State())
    private let wakes = Lane.allCases.map { _ in DispatchSemaphore(value: 0) }

    var status: Status {
        state.withLock { state in
            var status = state.status
            status.waiting = state.rows.count
            return status
        }
    }

    // MARK: The writer's side

    /// Takes a version that waits; one without fields waits no longer, nor does anyone for it.
    func set(_ row: PendingRow) {
        let done: ([Waiter], Int)? = state.withLock { state in
            guard row.fields == 0 else {
                state.rows[row.ordinal] = row
                return nil
            }
            state.rows[row.ordinal] = nil
            let truncated = state.truncatedBy.removeValue(forKey: row.ordinal) ?? 0
            return (state.waiters.removeValue(forKey: row.ordinal) ?? [], truncated)
        }
        for waiter in done?.0 ?? [] { waiter.finish(truncated: done?.1 ?? 0) }
    }

    /// Lets the threads take these versions; `completion` is called when each has its vectors, or is gone.
    func begin(_ ordinals: [Ordinal], completion: Completion?) {
        let waiter = completion.map { Waiter(count: ordinals.count, completion: $0) }
        let lane: Lane = ordinals.count <= Self.smallWrite ? .small : .large
        let gone: Int? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lanes[lane.rawValue] += ordinals
            return ordinals.count { ordinal in
                guard state.rows[ordinal] != nil else { return true }
                if let waiter { state.waiters[ordinal, default: []].append(waiter) }
                return false
            }
        }
        guard let gone else {
            waiter?.giveUp()
            return
        }
        for _ in 0..<gone { waiter?.finish(truncated: 0) }
        wakes[lane.rawValue].signal()
    }

    // MARK: The threads

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - embed: embeds the texts of versions, or says why it cannot now.
    ///   - submit: hands vectors to the writer.
    func start(
        embed: @escaping @Sendable ([PendingRow], Lane) -> Result<[Embedded], IlkError>,
        submit: @escaping @Sendable ([VectorFill]) -> Void
    ) {
        for lane in Lane.allCases {
            let thread = Thread { [self] in
                lowerPriorityOfThisThread()
                run(lane, embed, submit)
            }
            thread.name = "ilk-feed"
            thread.start()
        }
    }

    /// Ends the threads, each after its round: that may be waiting for a model, so nobody waits for it.
    func close() {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap(\.self)
        }
        for waiter in waiters { waiter.giveUp() }
        for wake in wakes { wake.signal() }
    }

    private func run(
        _ lane: Lane, _ embed: ([PendingRow], Lane) -> Result<[Embedded], IlkError>, _ submit: ([VectorFill]) -> Void
    ) {
        while let rows = next(lane) {
            guard !rows.isEmpty else {
                wakes[lane.rawValue].wait()
                continue
            }
            switch embed(rows, lane) {
            case .success(let embedded):
                state.withLock { state in
                    state.status.problem = nil
                    state.status.embedded += embedded.count
                    for (row, item) in zip(rows, embedded) where item.truncated > 0 {
                        state.status.truncated += item.truncated
                        state.truncatedBy[row.ordinal] = item.truncated
                    }
                }
                submit(embedded.flatMap(\.fills))
            case .failure(let error):
                // Nothing is lost: the same versions come again, and whoever waits for them goes on waiting.
                state.withLock { state in
                    state.status.problem = error.message
                    state.lanes[lane.rawValue] += rows.map(\.ordinal)
                }
                _ = wakes[lane.rawValue].wait(timeout: .now() + .milliseconds(error.retryAfterMilliseconds ?? 1_000))
            }
        }
    }

    /// The next versions of a lane, none where nothing waits; nil once the feed is closed.
    private func next(_ lane: Lane) -> [PendingRow]? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            var rows: [PendingRow] = []
            var head = state.heads[lane.rawValue]
            let ordinals = state.lanes[lane.rawValue]
            while head < ordinals.count, rows.count < Self.round {
                if let row = state.rows[ordinals[head]] { rows.append(row) }
                head += 1
            }
            if head == ordinals.count || head >= 65_536 {
                state.lanes[lane.rawValue].removeFirst(head)
                head = 0
            }
            state.heads[lane.rawValue] = head
            return rows
        }
    }
}
