import Glibc

/// Takes lines from a source; those over the limit are passed over without being held.
final class LineReader {
    let source: ByteSource
    /// The number of the line that was taken last, from 1.
    private(set) var line = 0

    /// The longest line, which is the longest that the daemon takes unless it is told otherwise.
    static let limit = 16 << 20

    init(source: ByteSource) {
        self.source = source
    }

    /// Passes over the mark that some editors write before UTF-8.
    func skipByteOrderMark() throws(DatasetError) {
        guard try source.fill(3) else { return }
        if source.withBytes({ unsafe $0.starts(with: [0xEF, 0xBB, 0xBF]) }) { source.consume(3) }
    }

    enum Line {
        /// A line of `length` bytes without its end lies in the buffer; ``finish(_:)`` takes it.
        case line(length: Int, withEnd: Int)
        /// A line over the limit was passed over.
        case oversized
    }

    /// The next line, empty or not; nil at the end.
    func next() throws(DatasetError) -> Line? {
        var searched = 0
        while true {
            let from = searched
            let found = source.withBytes { bytes -> Int? in
                guard from < bytes.count, let start = bytes.baseAddress else { return nil }
                // SAFETY: the range searched ends where the buffer does.
                guard let end = unsafe memchr(start + from, 0x0A, bytes.count - from) else { return nil }
                return unsafe UnsafeRawPointer(end) - start
            }
            if let found, found > Self.limit {
                line += 1
                source.consume(found + 1)
                return .oversized
            }
            if let found { return taken(found, withEnd: found + 1) }
            searched = source.available
            guard searched <= Self.limit else {
                line += 1
                try skipRest()
                return .oversized
            }
            if try !source.fill(searched + 1) {
                return searched == 0 ? nil : taken(searched, withEnd: searched)
            }
        }
    }

    /// Takes the line that was found.
    func finish(_ withEnd: Int) { source.consume(withEnd) }

    private func taken(_ length: Int, withEnd: Int) -> Line {
        line += 1
        let hasReturn = source.withBytes { unsafe length > 0 && $0[length - 1] == 0x0D }
        return .line(length: hasReturn ? length - 1 : length, withEnd: withEnd)
    }

    /// Passes over what is left of a line.
    func skipRest() throws(DatasetError) {
        while try source.fill(1) {
            let end = source.withBytes { unsafe $0.firstIndex(of: 0x0A) }
            source.consume(end.map { $0 + 1 } ?? source.available)
            if end != nil { return }
        }
    }
}
