import Dispatch
import Foundation
import Synchronization

/// A thread that does what it is given, one piece after the other, and lets every other thread go first.
///
/// It is there from the first piece on.
final class WorkThread: Sendable {
    private struct Inbox {
        var work: [@Sendable () -> Void] = []
        var isStarted = false
        var isWorking = false
        var isClosed = false
    }

    private let inbox = Mutex(Inbox())
    private let wake = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    /// Told after each piece, on this thread.
    private let report: @Sendable () -> Void
    private let name: String

    init(name: String, report: @escaping @Sendable () -> Void) {
        self.name = name
        self.report = report
    }

    func submit(_ work: @escaping @Sendable () -> Void) {
        let isStarted = inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.isStarted = true }
            return inbox.isStarted
        }
        wake.signal()
        guard !isStarted else { return }
        let thread = Thread { [self] in run() }
        thread.name = name
        thread.start()
    }

    /// Whether nothing waits and nothing is being done.
    var isIdle: Bool { inbox.withLock { $0.work.isEmpty && !$0.isWorking } }

    /// Drops what waits, and ends the thread after what it is doing.
    func close() {
        let isStarted = inbox.withLock { inbox in
            inbox.work = []
            inbox.isClosed = true
            return inbox.isStarted
        }
        guard isStarted else { return }
        wake.signal()
        finished.wait()
    }

    private func run() {
        lowerPriorityOfThisThread()
        while true {
            wake.wait()
            let (next, isClosed) = inbox.withLock { inbox in
                inbox.isWorking = !inbox.work.isEmpty
                return (inbox.isWorking ? inbox.work.removeFirst() : nil, inbox.isClosed)
            }
            guard let next else {
                guard isClosed else { continue }
                return _ = finished.signal()
            }
            next()
            inbox.withLock { $0.isWorking = false }
            report()
        }
    }
}
