import Foundation
import IlkCollection
import IlkProtocol
import Synchronization

/// How far a job is; the plain name is Foundation's too.
typealias JobProgress = IlkCollection.Progress

/// Long work that reports how far it is, and can be cancelled.
final class Job: Sendable {
    enum Kind: String, Sendable {
        case snapshot, restore, rebuild, reembed, compact, themes, train
    }

    enum State: String, Sendable {
        case waiting, running, done, failed, cancelled
    }

    /// What `job.get` shows.
    struct Report: Sendable {
        var state = State.waiting
        var progress = JobProgress(phase: "waiting", done: 0, total: 0)
        /// Units a second since the phase began; nil until one can be told.
        var rate: Double?
        var startedAt: Date?
        var seconds = 0.0
        /// Members that the job's result has beside `job`.
        var result: JSONObject?
        var error: IlkError?

        /// Seconds until the phase is over at this rate.
        var eta: Double? {
            guard let rate, rate > 0, progress.total > 0 else { return nil }
            return Double(max(0, progress.total - progress.done)) / rate
        }
    }

    private struct Status {
        var report = Report()
        var isCancelled = false
        var started: UInt64 = 0
        var phaseStarted: UInt64 = 0
        var phaseDone = 0
        var notified: UInt64 = 0
    }

    /// At most five notifications a second, beside the first and the last of a phase.
    private static let notificationInterval: UInt64 = 200_000_000

    let id: String
    let kind: Kind
    let collection: String
    private let status = Mutex(Status())
    private let notify: @Sendable (Job, Report) -> Void

    init(id: String, kind: Kind, collection: String, notify: @escaping @Sendable (Job, Report) -> Void) {
        self.id = id
        self.kind = kind
        self.collection = collection
        self.notify = notify
    }

    var report: Report {
        status.withLock { status in
            var report = status.report
            if report.state == .running { report.seconds = Double(monotonicNanoseconds() - status.started) / 1e9 }
            return report
        }
    }

    var isFinished: Bool {
        switch report.state {
        case .waiting, .running: false
        case .done, .failed, .cancelled: true
        }
    }

    /// Asks the job to end; it does so at its next report.
    func cancel() { status.withLock { $0.isCancelled = true } }

    /// Tells that the job is there, before it has a thread.
    func announce() { notify(self, report) }

    /// Takes a report of the work; false once the job is cancelled.
    func advance(_ progress: JobProgress) -> Bool {
        let now = monotonicNanoseconds()
        let (isCancelled, due): (Bool, Report?) = status.withLock { status in
            let isNewPhase = progress.phase != status.report.progress.phase
            if isNewPhase {
                status.phaseStarted = now
                status.phaseDone = progress.done
                status.report.rate = nil
            }
            status.report.progress = progress
            let elapsed = Double(now - status.phaseStarted) / 1e9
            if elapsed > 0.05 { status.report.rate = Double(max(0, progress.done - status.phaseDone)) / elapsed }
            guard isNewPhase || now - status.notified >= Self.notificationInterval else {
                return (status.isCancelled, nil)
            }
            status.notified = now
            return (status.isCancelled, status.report)
        }
        if let due { notify(self, due) }
        return !isCancelled
    }

    /// Runs the work on this thread and keeps what became of it.
    func run(_ work: (Job) throws(IlkError) -> JSONObject) -> Result<JSONObject, IlkError> {
        let mayRun = status.withLock { status in
            status.started = monotonicNanoseconds()
            guard !status.isCancelled else { return false }
            status.report.state = .running
            status.report.startedAt = Date()
            return true
        }
        let result: Result<JSONObject, IlkError>
        do throws(IlkError) {
            guard mayRun else {
                throw IlkError(.cancelled, "the job was cancelled before it began; nothing was changed")
            }
            result = .success(try work(self))
        } catch {
            result = .failure(error)
        }
        let report = status.withLock { status in
            status.report.seconds = Double(monotonicNanoseconds() - status.started) / 1e9
            switch result {
            case .success(let members):
                status.report.state = .done
                status.report.result = members
                status.report.progress.done = status.report.progress.total
            case .failure(let error):
                status.report.state = error.code == .cancelled ? .cancelled : .failed
                status.report.error = error
            }
            return status.report
        }
        notify(self, report)
        return result
    }
}
