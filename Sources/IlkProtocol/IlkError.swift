/// What went wrong, for programs: a closed list of strings that are part of the protocol and never change meaning.
public enum ErrorCode: String, Sendable, CaseIterable {
    /// The line is not JSON.
    case parseError = "parse_error"
    /// The JSON is not a request, or a parameter is missing, unknown, of a wrong type or out of range.
    case invalidRequest = "invalid_request"
    /// No method of that name.
    case unknownMethod = "unknown_method"
    /// A filter that does not parse, or does not fit the fields.
    case invalidFilter = "invalid_filter"
    /// No collection, field, job or snapshot of that name.
    case notFound = "not_found"
    /// A collection of that name is there already.
    case alreadyExists = "already_exists"
    /// A vector has another length than its field.
    case dimensionMismatch = "dimension_mismatch"
    /// A vector or query was made by another model than the field's.
    case modelMismatch = "model_mismatch"
    /// Too much at once: try again after `retry_after_ms`.
    case overloaded
    /// A line, a batch, an id or a payload over its limit.
    case tooLarge = "too_large"
    /// The collection is loading or quarantined, or the daemon is stopping.
    case unavailable
    /// The job was cancelled.
    case cancelled
    /// A fault of ilk's, or of the disk beneath it.
    case `internal`

    /// The JSON-RPC 2.0 number of this code.
    public var number: Int {
        switch self {
        case .parseError: -32700
        case .invalidRequest: -32602
        case .unknownMethod: -32601
        case .internal: -32603
        case .invalidFilter: -32001
        case .dimensionMismatch: -32002
        case .modelMismatch: -32003
        case .notFound: -32004
        case .alreadyExists: -32005
        case .overloaded: -32006
        case .tooLarge: -32007
        case .unavailable: -32008
        case .cancelled: -32009
        }
    }
}

/// An error as callers see it: a stable code for programs, and a sentence that says what to do next for people.
public struct IlkError: Error, Equatable, Sendable {
    /// What went wrong, for programs.
    public var code: ErrorCode
    /// What went wrong and what to do about it, for people.
    public var message: String
    /// Whether the same request may succeed if sent again.
    public var retryable: Bool
    /// How long to wait before sending again, in milliseconds.
    public var retryAfterMilliseconds: Int?

    /// Makes an error; `overloaded` and `unavailable` are retryable unless said otherwise.
    public init(_ code: ErrorCode, _ message: String, retryable: Bool? = nil, retryAfterMilliseconds: Int? = nil) {
        self.code = code
        self.message = message
        self.retryable = retryable ?? (code == .overloaded || code == .unavailable)
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}

extension IlkError: CustomStringConvertible {
    /// The code and the sentence.
    public var description: String { "\(code.rawValue): \(message)" }
}
