import IlkProtocol
import Synchronization

/// The one reply that a request gets.
///
/// Whoever handles the request fulfils it, on any thread, once. If all of its holders let go of it unanswered, it
/// answers `internal` itself, so that no caller waits for ever.
final class Answer: Sendable {
    /// Nil where it is not known what was meant.
    let method: Method?
    /// When the request was taken up.
    let started = monotonicNanoseconds()
    private let id: RequestID
    private let metrics: ServiceMetrics
    private let reply: @Sendable ([UInt8]) -> Void
    private let isAnswered = Atomic(false)

    init(_ method: Method?, id: RequestID, metrics: ServiceMetrics, reply: @escaping @Sendable ([UInt8]) -> Void) {
        self.method = method
        self.id = id
        self.metrics = metrics
        self.reply = reply
    }

    deinit {
        guard !isAnswered.load(ordering: .relaxed) else { return }
        fail(IlkError(.internal, "the request ended without an answer; report this"))
    }

    /// Microseconds since the request was taken up, waiting included.
    var microseconds: Int { Int((monotonicNanoseconds() - started) / 1_000) }

    /// Answers with a result that `body` writes.
    func succeed(_ body: (inout JSONWriter) -> Void) {
        guard claim() else { return }
        metrics.record(method, nanoseconds: monotonicNanoseconds() - started, error: nil)
        guard !id.isAbsent else { return reply([]) }
        reply(Reply.result(id: id, body))
    }

    /// Answers with a result that is a tree.
    func succeed(_ members: JSONObject) { succeed { $0.value(.object(members)) } }

    /// Answers with an error.
    func fail(_ error: IlkError) {
        guard claim() else { return }
        metrics.record(method, nanoseconds: monotonicNanoseconds() - started, error: error.code)
        guard !id.isAbsent else { return reply([]) }
        reply(Reply.error(id: id, error))
    }

    private func claim() -> Bool { !isAnswered.exchange(true, ordering: .acquiringAndReleasing) }

    /// Answers with what `body` returns or throws.
    func fulfil(_ body: () throws(IlkError) -> JSONObject) {
        do throws(IlkError) { succeed(try body()) } catch { fail(error) }
    }
}
