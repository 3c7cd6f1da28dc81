/// JSON text that is known to be valid and minified: kept and copied as bytes, parsed only where it is looked into.
public struct JSONText: Equatable, Sendable {
    /// The text, in UTF-8.
    public let bytes: [UInt8]

    /// Takes text that the caller knows to be valid JSON without line feeds.
    public init(validated bytes: [UInt8]) { self.bytes = bytes }

    /// The text of a value, minified.
    public init(_ value: JSONValue) {
        var writer = JSONWriter()
        writer.value(value)
        bytes = writer.bytes
    }

    /// The value that the text stands for.
    ///
    /// - Throws: `parse_error` where the text is not JSON after all.
    public func parsed() throws(IlkError) -> JSONValue { try JSONValue.parse(bytes) }
}
