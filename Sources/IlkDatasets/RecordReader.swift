import IlkProtocol

/// Reads the points of a file one after the other, without holding more than one of them.
///
/// A record that cannot be a point is told with its line and reason and does not end the reading; a file that is cut,
/// or not what its name says, does. (A `.npy` in Fortran order is the exception: its rows are whole only at its end,
/// so it is held in memory.)
package final class RecordReader {
    package let path: String
    package let format: FileFormat
    private let source: ByteSource
    private let body: Body

    private enum Body {
        case matrix(MatrixRows, field: String?)
        case lines(PointLines)
        case table(DelimitedTable)
    }

    /// Opens a file, `-` for standard input, and reads its header.
    ///
    /// - Throws: ``DatasetError``.
    package init(path: String, options: RecordOptions = RecordOptions()) throws(DatasetError) {
        self.path = path
        format = try FileFormat(path: path, given: options.format)
        source = try ByteSource(path: path)
        switch format {
        case .npy, .fvecs, .bvecs, .ivecs, .idx:
            body = .matrix(try MatrixRows(format, source: source), field: options.vectorField)
        case .ndjson:
            body = .lines(
                PointLines(
                    source: source, vectorField: options.vectorField,
                    plain: options.takesPlainRecords
                        ? PointLineReader.PlainMembers(id: options.idColumn, expiry: options.expiryColumn) : nil))
        case .csv, .tsv:
            body = .table(
                try DelimitedTable(
                    source: source, delimiter: UInt8(ascii: format == .csv ? "," : "\t"), options: options))
        }
    }

    /// The next record or refusal; nil at the end.
    ///
    /// - Throws: ``DatasetError`` where the file cannot be read on.
    package func next() throws(DatasetError) -> DatasetEntry? {
        switch body {
        case .matrix(let rows, let field):
            var vector: [Float] = []
            vector.reserveCapacity(rows.layout.columns)
            guard try rows.next(into: &vector) else { return nil }
            if let place = vector.firstIndex(where: { !$0.isFinite }) {
                let reason = "component \(place) is \(vector[place]); vectors hold finite numbers"
                return .refused(RefusedRecord(row: rows.row - 1, reason: reason))
            }
            return .record(DatasetRecord(row: rows.row - 1, vectors: [(field, vector)]))
        case .lines(let lines): return try lines.next()
        case .table(let table): return try table.next()
        }
    }

    /// Passes over records, refused ones counted, without parsing them; fewer where the file ends before.
    package func skip(_ count: Int) throws(DatasetError) {
        switch body {
        case .matrix(let rows, _): try rows.skip(count)
        case .lines(let lines): try lines.skip(count)
        case .table(let table): try table.skip(count)
        }
    }

    /// Records taken so far, refused and skipped ones counted: where a resumed reading begins.
    package var row: Int {
        switch body {
        case .matrix(let rows, _): rows.row
        case .lines(let lines): lines.row
        case .table(let table): table.row
        }
    }

    /// Components of a vector, where all records have the same and the header tells.
    package var dimension: Int? {
        switch body {
        case .matrix(let rows, _): rows.layout.columns
        case .lines: nil
        case .table(let table): table.columns.componentCount
        }
    }

    /// Records of the file, where that is known before its end.
    package var totalRows: Int? {
        guard case .matrix(let rows, _) = body else { return nil }
        return rows.layout.rows
    }

    /// Bytes of the file as it lies on the disk that were read so far, and all of them: for progress.
    package var bytes: (done: Int, total: Int?) { (source.fileOffset, source.fileSize) }
}
