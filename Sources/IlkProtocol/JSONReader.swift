import CSimdjson
import Glibc

/// simdjson with a buffer that is used again: one for each thread that parses.
@safe final class JSONReader {
    private let parser: OpaquePointer

    init() {
        guard let parser = unsafe ilk_json_parser_create() else { preconditionFailure("no memory for a JSON parser") }
        unsafe self.parser = parser
    }

    deinit { unsafe ilk_json_parser_destroy(parser) }

    /// Reads one document; its elements are valid until the next call.
    ///
    /// - Throws: `parse_error` with simdjson's finding.
    func read(_ bytes: UnsafeRawBufferPointer) throws(IlkError) -> JSONElement {
        var root = unsafe ilk_json()
        let error = unsafe ilk_json_parse(parser, bytes.baseAddress, bytes.count, &root)
        guard error == 0 else {
            let finding = unsafe ilk_json_error(error).map { unsafe String(cString: $0) } ?? "unknown"
            throw IlkError(.parseError, "the line is not JSON: \(finding)")
        }
        return unsafe JSONElement(root)
    }
}

/// Frees text that the C shim allocated.
func freeText(_ text: UnsafeMutablePointer<CChar>) { unsafe free(text) }

extension JSONValue {
    /// Reads a JSON document.
    ///
    /// - Throws: `parse_error` where the text is not exactly one JSON value.
    public static func parse(_ text: String) throws(IlkError) -> JSONValue { try parse(Array(text.utf8)) }

    /// Reads a JSON document from its UTF-8.
    ///
    /// - Throws: `parse_error` where the bytes are not exactly one JSON value.
    public static func parse(_ bytes: [UInt8]) throws(IlkError) -> JSONValue {
        let reader = JSONReader()
        let result: Result<JSONValue, IlkError> = unsafe bytes.withUnsafeBytes { bytes in
            // The elements point into the reader, which would otherwise be freed after its last mention.
            withExtendedLifetime(reader) {
                do throws(IlkError) { return .success(try unsafe reader.read(bytes).value) } catch { return .failure(error) }
            }
        }
        return try result.get()
    }

    /// Minified JSON text.
    public var text: String { String(decoding: JSONText(self).bytes, as: UTF8.self) }
}

extension JSONText {
    /// The text of a value, minified.
    public init(_ value: JSONValue) {
        var writer = JSONWriter()
        writer.value(value)
        self.init(validated: writer.bytes)
    }

    /// The value that the text stands for.
    ///
    /// - Throws: `parse_error` where the text is not JSON after all.
    public func parsed() throws(IlkError) -> JSONValue { try JSONValue.parse(bytes) }
}
