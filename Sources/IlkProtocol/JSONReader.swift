import CSimdjson
import Glibc
import Synchronization

/// simdjson with a buffer that is used again: one for each thread that parses.
@safe final class JSONReader {
    private let parser: OpaquePointer

    init() {
        guard let parser = unsafe ilk_json_parser_create() else { preconditionFailure("no memory for a JSON parser") }
        unsafe self.parser = parser
    }

    deinit { unsafe ilk_json_parser_destroy(parser) }

    /// Reads one document and lends its root; elements must not outlive `body`.
    ///
    /// - Throws: `parse_error` with what is wrong and, for a number, where.
    func read<R>(
        _ bytes: UnsafeRawBufferPointer, _ body: (JSONElement) throws(IlkError) -> R
    ) throws(IlkError) -> R {
        // Elements point into the parser, which the optimiser would free after its last mention.
        defer { withExtendedLifetime(self) {} }
        var root = unsafe ilk_json()
        let error = unsafe ilk_json_parse(parser, bytes.baseAddress, bytes.count, &root)
        guard error == 0 else { throw unsafe Self.fault(error, bytes) }
        return try unsafe body(JSONElement(root))
    }

    private static func fault(_ error: Int32, _ bytes: UnsafeRawBufferPointer) -> IlkError {
        if ilk_json_is_memory_error(error) {
            return IlkError(.overloaded, "no memory to read a line of \(bytes.count) bytes; send shorter lines")
        }
        if ilk_json_is_depth_error(error) {
            return IlkError(
                .parseError, "the line nests arrays and objects more than \(ILK_JSON_MAX_DEPTH) deep; send flatter JSON"
            )
        }
        if ilk_json_is_number_error(error), let number = unsafe NumberFault(in: bytes) {
            return IlkError(.parseError, "the line is not JSON that ilk reads: \(number)")
        }
        let finding = unsafe ilk_json_error(error).map { unsafe String(cString: $0) } ?? "unknown"
        return IlkError(.parseError, "the line is not JSON: \(finding)")
    }
}

/// A reader for those who parse now and then: a new one costs as much as a small document.
///
/// One slot is enough: whoever finds it empty makes a reader, and whoever finds it full lets theirs go.
private enum IdleReader {
    /// The address of a reader that the slot owns, or 0.
    private static let slot = Atomic<UInt>(0)
    /// A reader holds some nine times the longest document it saw; one that saw a long one is not kept.
    private static let largestKept = 65_536

    static func take() -> JSONReader { reader(at: slot.exchange(0, ordering: .acquiring)) ?? JSONReader() }

    static func giveBack(_ reader: JSONReader, after count: Int) {
        guard count <= largestKept else { return }
        let address = unsafe UInt(bitPattern: Unmanaged.passRetained(reader).toOpaque())
        _ = self.reader(at: slot.exchange(address, ordering: .acquiringAndReleasing))
    }

    private static func reader(at address: UInt) -> JSONReader? {
        guard let pointer = unsafe UnsafeRawPointer(bitPattern: address) else { return nil }
        // SAFETY: whoever exchanges an address out of the slot takes over the reference that was put in with it.
        return unsafe Unmanaged<JSONReader>.fromOpaque(pointer).takeRetainedValue()
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
        try unsafe bytes.span.bytes.withUnsafeBytes { bytes throws(IlkError) in try unsafe parse(bytes) }
    }

    /// Reads a JSON document from its UTF-8, which is copied.
    ///
    /// - Throws: `parse_error` where the bytes are not exactly one JSON value.
    public static func parse(_ bytes: UnsafeRawBufferPointer) throws(IlkError) -> JSONValue {
        let reader = IdleReader.take()
        defer { IdleReader.giveBack(reader, after: bytes.count) }
        return try unsafe reader.read(bytes) { $0.value }
    }

    /// Minified JSON text.
    public var text: String { String(decoding: JSONText(self).bytes, as: UTF8.self) }
}
