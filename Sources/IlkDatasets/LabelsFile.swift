package import IlkProtocol

/// One label a row, beside a matrix of vectors: IDX or `.npy` of one dimension of integers, or text, one line each;
/// each `.gz` too.
package enum LabelsFile {
    /// - Throws: ``DatasetError`` where the file is unreadable or damaged.
    package static func read(_ path: String) throws(DatasetError) -> [JSONValue] {
        let source = try ByteSource(path: path)
        switch try? FileFormat(path: path) {
        case .idx: return try idx(source)
        case .npy: return try npy(source)
        default: return try lines(source)
        }
    }

    private static func idx(_ source: ByteSource) throws(DatasetError) -> [JSONValue] {
        guard try source.fill(8), source.withBytes({ unsafe $0.starts(with: [0, 0, 8, 1]) }) else {
            throw .damaged(path: source.path, problem: "it is not IDX of one dimension of bytes; are these labels?")
        }
        let count = source.withBytes {
            Int(UInt32(bigEndian: unsafe $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        }
        source.consume(8)
        return try integers(.u1, count, source)
    }

    private static func npy(_ source: ByteSource) throws(DatasetError) -> [JSONValue] {
        let layout = try MatrixLayout(npy: source, isList: true)
        guard layout.element.isInteger else {
            throw .unsupported(path: source.path, problem: "labels are integers; save them with .astype('<i4')")
        }
        return try integers(layout.element, layout.rows ?? 0, source)
    }

    private static func integers(
        _ element: Element, _ count: Int, _ source: ByteSource
    ) throws(DatasetError) -> [JSONValue] {
        var labels: [JSONValue] = []
        while labels.count < count {
            guard try source.fill(element.size) else {
                throw .damaged(
                    path: source.path, problem: "it ends after \(labels.count) of \(count) labels; copy it again")
            }
            let taken = min(count - labels.count, source.available / element.size) * element.size
            source.withBytes { bytes in
                unsafe element.forEachInteger(in: UnsafeRawBufferPointer(rebasing: bytes[..<taken]), isBigEndian: false)
                {
                    labels.append(.int($0))
                }
            }
            source.consume(taken)
        }
        guard try source.isFinished() else {
            throw .damaged(path: source.path, problem: "it goes on after its \(count) labels")
        }
        return labels
    }

    private static func lines(_ source: ByteSource) throws(DatasetError) -> [JSONValue] {
        let lines = LineReader(source: source)
        try lines.skipByteOrderMark()
        var labels: [JSONValue] = []
        while let line = try lines.next() {
            guard case .line(let length, let withEnd) = line,
                let text = source.withBytes({ unsafe String(validating: $0[..<length], as: UTF8.self) })
            else { throw .damaged(path: source.path, problem: "line \(lines.line) is no UTF-8 text") }
            lines.finish(withEnd)
            labels.append(CellValue.inferred(text))
        }
        return labels
    }
}
