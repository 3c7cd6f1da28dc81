/// The tokens of a text, their terms one after the other in one buffer.
package struct TokenBuffer {
    struct Span: Equatable {
        /// Where the term's bytes are.
        var start: Int
        var count: Int
        /// The number of the word that it belongs to: a word and its parts share one.
        var position: Int
        /// The characters of the original text that it stands for, as Unicode scalars.
        var characters: Range<Int>
        /// What it counts in a query.
        var weight: Float = 1
    }

    private(set) var bytes: [UInt8] = []
    private(set) var spans: [Span] = []
    /// Words so far: the next position, and in the end the length of the text.
    var words = 0

    /// What the text was folded to: kept for its memory.
    var folded = FoldedText()

    package init() {}

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
        words = 0
    }

    /// Adds a byte to the term that is being written; ``endTerm(position:characters:)`` ends it.
    @inline(__always)
    mutating func write(_ byte: UInt8) { bytes.append(byte) }

    /// Adds a character to the term that is being written.
    mutating func write(scalar: UInt32) {
        switch scalar {
        case ..<0x80:
            bytes.append(UInt8(scalar))
        case ..<0x800:
            bytes.append(UInt8(0xC0 | scalar >> 6))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        case ..<0x1_0000:
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        default:
            bytes.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// Ends the term that was written; an empty one is none, and a long one is cut.
    mutating func endTerm(position: Int, characters: Range<Int>, weight: Float = 1) {
        let start = spans.last.map { $0.start + $0.count } ?? 0
        if bytes.count - start > Vocabulary.longestTerm {
            var end = start + Vocabulary.longestTerm
            while end > start && bytes[end] & 0xC0 == 0x80 { end -= 1 }
            bytes.removeSubrange(end...)
        }
        guard bytes.count > start else { return }
        spans.append(
            Span(start: start, count: bytes.count - start, position: position, characters: characters, weight: weight))
    }

    /// Lends the bytes of a term.
    func withTerm<R>(_ span: Span, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe body(UnsafeBufferPointer(rebasing: bytes[span.start..<span.start + span.count]))
        }
    }

    func term(_ span: Span) -> String { String(decoding: bytes[span.start..<span.start + span.count], as: UTF8.self) }
}

/// A word of a text, or a part of one, as it is indexed.
package struct Token: Equatable, Sendable {
    package var term: String
    /// The number of the word that it belongs to: a word and its parts share one.
    package var position: Int
    /// The characters of the original text that it stands for, as Unicode scalars.
    package var characters: Range<Int>

    package init(term: String, position: Int, characters: Range<Int>) {
        self.term = term
        self.position = position
        self.characters = characters
    }
}
