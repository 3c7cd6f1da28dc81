import Glibc

/// Cuts a stream of bytes into lines: a pure state machine without I/O.
///
/// A whole line inside a chunk is lent without copying. A line over the limit is never held: it is reported once and
/// skipped to its end. `\r\n` ends a line as `\n` does; empty lines are passed over.
public struct LineFramer: Sendable {
    /// What the bytes held.
    @safe public enum Event {
        /// One line without its end, lent for the call.
        case line(UnsafeRawBufferPointer)
        /// A line over the limit began; the rest of it is skipped.
        case oversized
    }

    /// Bytes that a line may have.
    public let limit: Int
    private var partial: [UInt8] = []
    /// A long line's memory is given back; a short one's is kept for the next.
    private static let largestKept = 65_536
    private var isSkipping = false

    /// A framer for lines of at most `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// Bytes of a line that has not ended.
    public var heldBytes: Int { partial.count }

    /// Takes the next bytes, and calls `body` for each line that ends in them.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: (Event) -> Void) {
        var rest = unsafe bytes
        while let start = rest.baseAddress, unsafe !rest.isEmpty {
            guard let end = unsafe memchr(start, 0x0A, rest.count) else { return unsafe hold(rest, body) }
            let length = unsafe UnsafeRawPointer(end) - start
            unsafe finish(UnsafeRawBufferPointer(start: start, count: length), body)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
        }
    }

    private mutating func hold(_ bytes: UnsafeRawBufferPointer, _ body: (Event) -> Void) {
        guard !isSkipping else { return }
        // One byte more than the limit may be the \r of a line's end.
        guard partial.count + bytes.count <= limit + 1 else {
            partial = []
            isSkipping = true
            return body(.oversized)
        }
        unsafe partial.append(contentsOf: bytes)
    }

    private mutating func finish(_ bytes: UnsafeRawBufferPointer, _ body: (Event) -> Void) {
        if isSkipping {
            isSkipping = false
            return
        }
        guard !partial.isEmpty else { return unsafe lend(bytes, body) }
        guard partial.count + bytes.count <= limit + 1 else {
            partial = []
            return body(.oversized)
        }
        unsafe partial.append(contentsOf: bytes)
        // Taken out while it is lent, so that its memory has one owner and serves the next line, too.
        var line: [UInt8] = []
        swap(&line, &partial)
        unsafe line.withUnsafeBytes { unsafe lend($0, body) }
        guard line.capacity <= Self.largestKept else { return }
        line.removeAll(keepingCapacity: true)
        partial = line
    }

    private func lend(_ bytes: UnsafeRawBufferPointer, _ body: (Event) -> Void) {
        var line = unsafe bytes
        if let last = unsafe line.last, last == 0x0D { unsafe line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
        guard unsafe !line.isEmpty else { return }
        unsafe body(line.count > limit ? .oversized : .line(line))
    }
}
