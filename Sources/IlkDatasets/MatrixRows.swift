/// The rows of a file that holds one matrix, one after the other.
final class MatrixRows {
    let layout: MatrixLayout
    let source: ByteSource
    /// Rows taken so far.
    private(set) var row = 0
    /// All numbers, column after column, where the file has them so: its rows are complete only at the end.
    private var columnMajor: [Float] = []

    init(_ format: FileFormat, source: ByteSource) throws(DatasetError) {
        self.source = source
        layout = try MatrixLayout(format, source: source)
        guard layout.isColumnMajor, let rows = layout.rows else { return }
        let size = layout.element.size
        var left = rows * layout.columns
        while left > 0 {
            guard try source.fill(size) else { throw cut() }
            let count = min(left, source.available / size)
            source.withBytes { bytes in
                unsafe layout.element.appendFloats(
                    from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * size)]), isBigEndian: layout.isBigEndian,
                    to: &columnMajor)
            }
            source.consume(count * size)
            left -= count
        }
    }

    /// Puts the next row into `floats`; false at the end.
    ///
    /// - Throws: `damaged` where the file is cut, ragged, or goes on behind its last row.
    func next(into floats: inout [Float]) throws(DatasetError) -> Bool {
        floats.removeAll(keepingCapacity: true)
        if layout.isColumnMajor {
            guard let rows = layout.rows, row < rows else { return try end() }
            for column in 0..<layout.columns { floats.append(columnMajor[column * rows + row]) }
            row += 1
            return true
        }
        guard try begin() else { return false }
        source.withBytes { bytes in
            unsafe layout.element.appendFloats(
                from: UnsafeRawBufferPointer(rebasing: bytes[header..<layout.rowSize]), isBigEndian: layout.isBigEndian,
                to: &floats)
        }
        source.consume(layout.rowSize)
        row += 1
        return true
    }

    /// Puts the next row into `integers`; false at the end.
    func next(into integers: inout [Int64]) throws(DatasetError) -> Bool {
        integers.removeAll(keepingCapacity: true)
        guard try begin() else { return false }
        source.withBytes { bytes in
            unsafe layout.element.forEachInteger(
                in: UnsafeRawBufferPointer(rebasing: bytes[header..<layout.rowSize]), isBigEndian: layout.isBigEndian
            ) { integers.append($0) }
        }
        source.consume(layout.rowSize)
        row += 1
        return true
    }

    /// Passes over rows, or as many as there are.
    func skip(_ count: Int) throws(DatasetError) {
        if layout.isColumnMajor {
            row = min(row + count, layout.rows ?? row)
            return
        }
        if let rows = layout.rows, !source.isCompressed, !layout.hasRowHeader {
            let passed = min(count, rows - row)
            guard try source.skip(passed * layout.rowSize) else { throw cut() }
            row += passed
            return
        }
        for _ in 0..<count {
            guard try begin() else { return }
            source.consume(layout.rowSize)
            row += 1
        }
    }

    private var header: Int { layout.hasRowHeader ? 4 : 0 }

    /// Makes the next row's bytes available; false at the end.
    private func begin() throws(DatasetError) -> Bool {
        if let rows = layout.rows, row == rows { return try end() }
        if layout.rows == nil, try source.isFinished() { return false }
        guard try source.fill(layout.rowSize) else { throw cut() }
        guard layout.hasRowHeader else { return true }
        let dimension = source.withBytes { Int(Int32(littleEndian: unsafe $0.loadUnaligned(as: Int32.self))) }
        guard dimension == layout.columns else {
            throw .damaged(
                path: source.path,
                problem:
                    "row \(row) says dimension \(dimension), the first row \(layout.columns); it is cut, or of another format"
            )
        }
        return true
    }

    private func end() throws(DatasetError) -> Bool {
        guard try source.isFinished() else {
            throw .damaged(path: source.path, problem: "it goes on after its \(row) rows; is it one array?")
        }
        return false
    }

    private func cut() -> DatasetError {
        .damaged(path: source.path, problem: "it ends within row \(row); it is cut: copy it again")
    }
}
