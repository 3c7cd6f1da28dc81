/// Cuts delimited text into records and fields (RFC 4180): fields may be quoted, quoted ones may hold line ends.
///
/// A quote opens only at the beginning of a field; elsewhere it is a character as any other.
final class DelimitedRecords {
    private let source: ByteSource
    private let delimiter: UInt8
    /// The line on which the next record begins, from 1.
    private(set) var line = 1

    /// A field: its bytes within the record, without its quotes.
    struct Field: Equatable {
        var range: Range<Int>
        /// Whether quotes stand doubled in it.
        var hasDoubledQuotes = false
        var isQuoted = false
    }

    /// The longest record; what a quote that is never closed would swallow.
    static let limit = 16 << 20

    init(source: ByteSource, delimiter: UInt8) {
        self.source = source
        self.delimiter = delimiter
    }

    enum Found {
        case record(length: Int, withEnd: Int, lines: Int)
        /// A quote is not closed: only the line on which the record begins is given up.
        case unclosed(length: Int, withEnd: Int)
        /// A record over the limit, without quotes, was passed over.
        case oversized
    }

    /// Finds the end of the next record, which is then in the buffer; nil at the end.
    func find() throws(DatasetError) -> Found? {
        var scan = Scan()
        while true {
            let isFound = source.withBytes { unsafe scan.run($0, delimiter) }
            if isFound { return .record(length: scan.place - 1, withEnd: scan.place, lines: scan.lines + 1) }
            let count = source.available
            let isOver = count > Self.limit
            if !isOver, try source.fill(count + 1) { continue }
            guard count > 0 else { return nil }
            if isOver && !scan.isQuoted {
                line += 1
                try LineReader(source: source).skipRest()
                return .oversized
            }
            if scan.isQuoted {
                let length = source.withBytes { unsafe $0.firstIndex(of: 0x0A) }
                return .unclosed(length: length ?? count, withEnd: length.map { $0 + 1 } ?? count)
            }
            return .record(length: count, withEnd: count, lines: scan.lines + 1)
        }
    }

    /// Takes what was found.
    func finish(withEnd: Int, lines: Int) {
        source.consume(withEnd)
        line += lines
    }

    /// How far the search for a record's end has come; it goes on where it was when more bytes are there.
    private struct Scan {
        var place = 0
        var lines = 0
        var isQuoted = false
        private var isFieldStart = true
        private var mayClose = false

        /// True once `place` lies behind the line feed that ends the record.
        mutating func run(_ bytes: UnsafeRawBufferPointer, _ delimiter: UInt8) -> Bool {
            while place < bytes.count {
                let byte = unsafe bytes[place]
                place += 1
                if isQuoted {
                    if byte == UInt8(ascii: "\"") {
                        isQuoted = false
                        mayClose = true
                    } else if byte == 0x0A {
                        lines += 1
                    }
                    continue
                }
                if byte == UInt8(ascii: "\""), isFieldStart || mayClose {
                    isQuoted = true  // opens the field, or is the second of a doubled pair
                    isFieldStart = false
                    mayClose = false
                    continue
                }
                if byte == 0x0A { return true }
                isFieldStart = byte == delimiter
                mayClose = false
            }
            return false
        }
    }

    /// The fields of a record.
    ///
    /// - Returns: nil, with the number of the field from 1, where text follows a closing quote.
    static func fields(of record: UnsafeRawBufferPointer, delimiter: UInt8) -> Result<[Field], BadField> {
        var fields: [Field] = []
        var place = 0
        let end = unsafe record.last == 0x0D ? record.count - 1 : record.count
        while true {
            var field = Field(range: place..<place)
            if place < end, unsafe record[place] == UInt8(ascii: "\"") {
                field.isQuoted = true
                place += 1
                let start = place
                while true {
                    guard place < end else { return .failure(BadField(number: fields.count + 1)) }
                    if unsafe record[place] != UInt8(ascii: "\"") {
                        place += 1
                    } else if place + 1 < end, unsafe record[place + 1] == UInt8(ascii: "\"") {
                        field.hasDoubledQuotes = true
                        place += 2
                    } else {
                        break
                    }
                }
                field.range = start..<place
                place += 1
                guard place == end || (unsafe record[place]) == delimiter else {
                    return .failure(BadField(number: fields.count + 1))
                }
            } else {
                let start = place
                while place < end, unsafe record[place] != delimiter { place += 1 }
                field.range = start..<place
            }
            fields.append(field)
            guard place < end else { return .success(fields) }
            place += 1
        }
    }

    struct BadField: Error, Equatable {
        var number: Int
    }

    /// The text of a field; nil where it is not UTF-8.
    static func text(_ field: Field, in record: UnsafeRawBufferPointer) -> String? {
        let bytes = unsafe record[field.range]
        guard field.hasDoubledQuotes else { return unsafe String(validating: bytes, as: UTF8.self) }
        var plain: [UInt8] = []
        var isSecond = false
        for place in unsafe bytes.indices {
            let byte = unsafe bytes[place]
            let isQuote = byte == UInt8(ascii: "\"")
            if isQuote, isSecond { isSecond = false; continue }
            isSecond = isQuote
            plain.append(byte)
        }
        return String(validating: plain, as: UTF8.self)
    }
}
