/// The lines of a file that are not blank, in order; of standard input for `-`, unpacked for `.gz`.
package final class LineFile {
    private let lines: LineReader
    private var isBegun = false

    /// Opens a file.
    ///
    /// - Throws: why it cannot be read.
    package init(path: String) throws(DatasetError) {
        lines = LineReader(source: try ByteSource(path: path))
    }

    /// The number of the line that was taken last, from 1.
    package var line: Int { lines.line }

    /// Bytes that were read of the file, and that it has, where that is known.
    package var bytes: (done: Int, total: Int?) { (lines.source.fileOffset, lines.source.fileSize) }

    /// The next line without its end, at most ``limit`` bytes; nil at the end of the file.
    ///
    /// - Throws: `damaged` for a longer line.
    package func next() throws(DatasetError) -> [UInt8]? {
        if !isBegun {
            try lines.skipByteOrderMark()
            isBegun = true
        }
        while let found = try lines.next() {
            guard case .line(let length, let withEnd) = found else {
                throw .damaged(path: lines.source.path, problem: "line \(lines.line) is over \(Self.limit >> 20) MiB")
            }
            defer { lines.finish(withEnd) }
            let bytes = lines.source.withBytes { unsafe [UInt8]($0[..<length]) }
            if bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) { return bytes }
        }
        return nil
    }

    /// The longest line.
    package static let limit = LineReader.limit
}
