import IlkProtocol

/// Points as NDJSON.
///
/// `{"id":…,"vector":[…]}` or `{"id":…,"vectors":{…},"payload":{…}}`, one point a line; empty lines are passed
/// over. It is what `points.upsert` takes and what `ilk scroll --json` writes. Where points need no vectors, a line may
/// also be a plain record: `{"id":…,"title":…,"price":…}`.
final class PointLines {
    private let lines: LineReader
    private let points = PointLineReader()
    private let vectorField: String?
    /// Where a plain record has what is no payload; nil where there may be none.
    private let plain: PointLineReader.PlainMembers?
    private(set) var row = 0
    private var isBegun = false

    init(source: ByteSource, vectorField: String?, plain: PointLineReader.PlainMembers? = nil) {
        lines = LineReader(source: source)
        self.vectorField = vectorField
        self.plain = plain
    }

    func next() throws(DatasetError) -> DatasetEntry? {
        var entry: DatasetEntry?
        try unsafe take { bytes in unsafe entry = read(bytes) }
        return entry
    }

    func skip(_ count: Int) throws(DatasetError) {
        for _ in 0..<count {
            var isThere = false
            try unsafe take { _ in isThere = true }
            guard isThere else { return }
        }
    }

    /// Takes the next line that is not empty; `body` gets nil for one over the limit, and is not called at the end.
    private func take(_ body: (UnsafeRawBufferPointer?) -> Void) throws(DatasetError) {
        if !isBegun {
            try lines.skipByteOrderMark()
            isBegun = true
        }
        while let line = try lines.next() {
            switch line {
            case .oversized: body(nil)
            case .line(let length, let withEnd):
                defer { lines.finish(withEnd) }
                let isBlank = lines.source.withBytes { unsafe $0[..<length].allSatisfy { $0 == 0x20 || $0 == 0x09 } }
                guard !isBlank else { continue }
                lines.source.withBytes { unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
            }
            row += 1
            return
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer?) -> DatasetEntry {
        // `row` is counted after this.
        guard let bytes = unsafe bytes else {
            return .refused(
                RefusedRecord(row: row, line: lines.line, reason: "the line has over \(LineReader.limit) bytes"))
        }
        do throws(IlkError) {
            let point = try unsafe points.point(bytes, plain: plain)
            let vectors = point.vectors.map { (field: $0.field ?? vectorField, vector: $0.vector) }
            return .record(
                DatasetRecord(
                    row: row, line: lines.line, id: point.id, vectors: vectors, payload: point.payload,
                    expiry: point.expiry, text: unsafe DatasetRecord.kept(bytes)))
        } catch {
            let text = unsafe DatasetRecord.kept(bytes)
            return .refused(RefusedRecord(row: row, line: lines.line, reason: error.message, text: text))
        }
    }
}
