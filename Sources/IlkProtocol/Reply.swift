/// Writes the lines that ilk sends, without their line feed.
public enum Reply {
    /// A reply with a result, which `body` writes as one value.
    public static func result(id: RequestID, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = begin(id)
        writer.key("result")
        body(&writer)
        writer.endObject()
        return writer.bytes
    }

    /// A reply with an error: JSON-RPC's number and message, and ilk's stable code.
    public static func error(id: RequestID, _ error: IlkError) -> [UInt8] {
        var writer = begin(id)
        writer.key("error")
        writer.beginObject()
        writer.key("code")
        writer.int(error.code.number)
        writer.key("message")
        writer.string(error.message)
        writer.key("data")
        writer.beginObject()
        writer.key("code")
        writer.string(error.code.rawValue)
        writer.key("retryable")
        writer.bool(error.retryable)
        if let wait = error.retryAfterMilliseconds {
            writer.key("retry_after_ms")
            writer.int(wait)
        }
        writer.endObject()
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// A notification: a method and its parameters, to which nobody replies.
    public static func notification(method: StaticString, params: JSONObject) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("method")
        writer.string(method.description)
        writer.key("params")
        writer.value(.object(params))
        writer.endObject()
        return writer.bytes
    }

    private static func begin(_ id: RequestID) -> JSONWriter {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        switch id {
        case .absent, .null: writer.null()
        case .int(let number): writer.int(number)
        case .string(let text): writer.string(text)
        }
        return writer
    }
}
