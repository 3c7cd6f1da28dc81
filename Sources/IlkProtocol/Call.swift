/// The `id` of a JSON-RPC request, given back in its reply.
public enum RequestID: Equatable, Sendable {
    /// None: a notification, which gets no reply.
    case absent
    /// `null`, which a reply carries too where a line's id could not be read.
    case null
    /// An integer.
    case int(Int64)
    /// A string.
    case string(String)

    /// Whether there is no reply to be sent.
    public var isAbsent: Bool { self == .absent }
}

/// One request of a line: what it asks for, or why it cannot be answered.
public struct Call: Sendable, Equatable {
    /// To be given back.
    public var id: RequestID
    /// The request, or its refusal.
    public var command: Result<Command, IlkError>

    /// Makes a call.
    public init(id: RequestID, command: Result<Command, IlkError>) {
        self.id = id
        self.command = command
    }
}

/// What a line held.
public enum ParsedLine: Sendable, Equatable {
    /// One request, which gets one reply; a line that is no request is one with a refusal.
    case single(Call)
    /// A JSON-RPC batch, which gets one array of replies.
    case batch([Call])
}
