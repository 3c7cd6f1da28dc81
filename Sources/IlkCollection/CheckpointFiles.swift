import Dispatch
import Foundation
import Synchronization

/// The thread that writes the files of a checkpoint, one piece after the other, and what waits for it.
final class CheckpointFiles: Sendable {
    private struct Inbox {
        var work: [(bytes: Int, write: @Sendable () throws -> Void)] = []
        var bytes = 0
        var isWriting = false
        var isClosed = false
        var problem: String?
    }

    /// Copied bytes that may wait: 32 MiB and a piece.
    private static let waitingBytesLimit = 32 << 20

    private let inbox = Mutex(Inbox())
    private let wake = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)

    /// `report` is told after each piece, on this thread.
    init(report: @escaping @Sendable () -> Void) {
        let thread = Thread { [self] in
            lowerPriorityOfThisThread()
            run(report)
        }
        thread.name = "ilk-checkpoint"
        thread.start()
    }

    /// Has something written after what waits; nothing is once a piece has failed.
    func submit(bytes: Int, write: @escaping @Sendable () throws -> Void) {
        inbox.withLock { inbox in
            inbox.work.append((bytes, write))
            inbox.bytes += bytes
        }
        wake.signal()
    }

    /// Whether more should be submitted now.
    var hasRoom: Bool { inbox.withLock { $0.bytes < Self.waitingBytesLimit && $0.problem == nil } }

    /// Whether nothing waits and nothing is being written.
    var isIdle: Bool { inbox.withLock { $0.work.isEmpty && !$0.isWriting } }

    /// What the first piece that failed said.
    var problem: String? { inbox.withLock { $0.problem } }

    /// Drops what waits, and ends the thread after the piece that it is writing.
    func close() {
        inbox.withLock { inbox in
            inbox.work = []
            inbox.isClosed = true
        }
        wake.signal()
        finished.wait()
    }

    private func run(_ report: () -> Void) {
        while true {
            wake.wait()
            let (next, isClosed) = inbox.withLock { inbox in
                inbox.isWriting = !inbox.work.isEmpty
                return (inbox.isWriting ? inbox.work.removeFirst() : nil, inbox.isClosed)
            }
            guard let next else {
                guard isClosed else { continue }
                return _ = finished.signal()
            }
            var problem: String?
            do { if self.problem == nil { try next.write() } } catch { problem = "\(error)" }
            inbox.withLock { inbox in
                inbox.bytes -= next.bytes
                inbox.isWriting = false
                inbox.problem = inbox.problem ?? problem
            }
            report()
        }
    }
}
