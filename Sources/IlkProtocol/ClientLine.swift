/// The lines of a client: requests to write, replies to read.
public enum ClientLine {
    /// A request line, without its line feed.
    public static func request(id: Int64, method: String, params: JSONText) -> [UInt8] {
        var writer = JSONWriter(capacity: 96 + params.bytes.count)
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.int(id)
        writer.key("method")
        writer.string(method)
        writer.key("params")
        writer.json(params)
        writer.endObject()
        return writer.bytes
    }

    /// A request line, without its line feed.
    public static func request(id: Int64, method: String, params: JSONValue) -> [UInt8] {
        request(id: id, method: method, params: JSONText(params))
    }

    /// What the daemon may send.
    public enum Incoming: Equatable, Sendable {
        /// The reply to the request with this id; nil where the daemon could not read one.
        case reply(id: Int64?, Result<JSONValue, IlkError>)
        /// A notification such as `progress`.
        case notification(method: String, params: JSONObject)
    }

    /// Reads a line of the daemon's.
    ///
    /// - Throws: `parse_error` for what no daemon of ilk's sends.
    public static func read(_ bytes: [UInt8]) throws(IlkError) -> Incoming {
        guard case .object(let root) = try JSONValue.parse(bytes) else {
            throw IlkError(.parseError, "the reply is no object; is this ilk's socket?")
        }
        if case .string(let method)? = root["method"] {
            guard case .object(let params)? = root["params"] else {
                return .notification(method: method, params: JSONObject())
            }
            return .notification(method: method, params: params)
        }
        var id: Int64?
        if case .int(let number)? = root["id"] { id = number }
        if let result = root["result"] { return .reply(id: id, .success(result)) }
        guard case .object(let error)? = root["error"], case .string(let message)? = error["message"] else {
            throw IlkError(.parseError, "the reply has neither result nor error; is this ilk's socket?")
        }
        var code = ErrorCode.internal
        var retryable = false
        var wait: Int?
        if case .object(let data)? = error["data"] {
            if case .string(let name)? = data["code"] { code = ErrorCode(rawValue: name) ?? .internal }
            if case .bool(let flag)? = data["retryable"] { retryable = flag }
            if case .int(let milliseconds)? = data["retry_after_ms"] { wait = Int(milliseconds) }
        }
        return .reply(id: id, .failure(IlkError(code, message, retryable: retryable, retryAfterMilliseconds: wait)))
    }
}
