import Synchronization

/// The thread that writes the files of a checkpoint, and what waits for it.
final class CheckpointFiles: Sendable {
    private struct State {
        var waitingBytes = 0
        var problem: String?
    }

    /// Copied bytes that may wait: 32 MiB and a piece.
    private static let waitingBytesLimit = 32 << 20

    private let thread: WorkThread
    private let state = Mutex(State())

    /// `report` is told after each piece, on the thread.
    init(report: @escaping @Sendable () -> Void) { thread = WorkThread(name: "ilk-checkpoint", report: report) }

    /// Has something written after what waits; nothing is once a piece has failed.
    func submit(bytes: Int, write: @escaping @Sendable () throws -> Void) {
        state.withLock { $0.waitingBytes += bytes }
        thread.submit { [self] in
            var problem: String?
            do { if self.problem == nil { try write() } } catch { problem = "\(error)" }
            state.withLock { state in
                state.waitingBytes -= bytes
                state.problem = state.problem ?? problem
            }
        }
    }

    /// Whether more should be submitted now.
    var hasRoom: Bool { state.withLock { $0.waitingBytes < Self.waitingBytesLimit && $0.problem == nil } }

    /// What the first piece that failed said.
    var problem: String? { state.withLock { $0.problem } }

    /// Whether nothing waits and nothing is being written.
    var isIdle: Bool { thread.isIdle }

    /// Drops what waits, and ends the thread after the piece that it is writing.
    func close() { thread.close() }
}
