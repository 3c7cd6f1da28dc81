/// Why a connection could not do what was asked; what the daemon itself refuses comes as an `IlkError`.
public enum ClientError: Error, Equatable, Sendable {
    /// No daemon listens on the socket.
    case notRunning(socket: String)
    /// The socket is there and may not be used, or its path cannot be one.
    case unreachable(socket: String, reason: String)
    /// The daemon closed the connection, or ``IlkConnection/close()`` did, before the reply came.
    case closed
    /// No reply came in time; the daemon may still do what was asked.
    case timedOut(method: String, seconds: Double)
    /// What came is not the protocol of ilk.
    case notIlk(reason: String)
}

extension ClientError: CustomStringConvertible {
    /// What went wrong and what to do about it.
    public var description: String {
        switch self {
        case .notRunning(let socket): "no daemon listens on \(socket); start it with: ilk serve --socket \(socket)"
        case .unreachable(let socket, let reason): "cannot connect to \(socket): \(reason)"
        case .closed: "the connection was closed before the reply came; is the daemon still running?"
        case .timedOut(let method, let seconds):
            "no reply to \(method) within \(seconds) s; the daemon may still do it: ask again with a longer timeout"
        case .notIlk(let reason): "what answers is not ilk: \(reason)"
        }
    }
}
