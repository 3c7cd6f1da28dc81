import NIOCore
import Synchronization

/// Brings the replies of other threads to a connection's event loop, as many at a time as are there.
///
/// A group commit answers hundreds of requests in one go: they wake the loop once and leave in one flush.
final class Outbox: Sendable {
    struct Outgoing {
        /// A line without its line feed; nothing is sent where it is empty.
        var line: [UInt8]
        /// What the reply frees of the connection's limit of requests; 0 for a notification.
        var weight: Int
    }

    private let loop: any EventLoop
    private let connection: NIOLoopBound<ConnectionHandler>
    private let waiting = Mutex<[Outgoing]>([])

    /// - Precondition: called on the connection's loop.
    init(_ connection: ConnectionHandler, loop: any EventLoop) {
        self.loop = loop
        self.connection = NIOLoopBound(connection, eventLoop: loop)
    }

    /// Takes a line from any thread.
    func put(_ line: [UInt8], weight: Int) {
        if loop.inEventLoop { return connection.value.take([Outgoing(line: line, weight: weight)]) }
        let isFirst = waiting.withLock { waiting in
            waiting.append(Outgoing(line: line, weight: weight))
            return waiting.count == 1
        }
        guard isFirst else { return }
        loop.execute { [self] in
            let all = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            connection.value.take(all)
        }
    }

    /// Tells the connection that its long line was taken up.
    func longLineTaken(weight: Int) {
        loop.execute { [self] in connection.value.longLineTaken(weight: weight) }
    }
}
