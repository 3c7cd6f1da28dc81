package import IlkVectors

/// Files that hold one matrix of vectors: `.npy`, `.fvecs`, `.bvecs`, IDX, each `.gz` too.
package enum VectorFile {
    /// Reads vectors into memory, `limit` rows at most: shape `[rows, dimension]`.
    ///
    /// - Throws: ``DatasetError`` where the file is unreadable, damaged, or holds a number that is not finite in f32.
    package static func read(
        _ path: String, format: FileFormat? = nil, limit: Int? = nil
    ) throws(DatasetError) -> Matrix {
        let rows = try MatrixRows(try FileFormat(path: path, given: format), source: ByteSource(path: path))
        let columns = rows.layout.columns
        var elements: [Float] = []
        // A header that fits the file's size may be trusted; what a gzipped one says, only so far.
        let promised = min(rows.layout.rows ?? 0, limit ?? .max)
        elements.reserveCapacity(rows.source.isCompressed ? min(promised * columns, 1 << 24) : promised * columns)
        var row: [Float] = []
        var count = 0
        while count < limit ?? .max, try rows.next(into: &row) {
            if let place = row.firstIndex(where: { !$0.isFinite }) {
                throw .damaged(
                    path: path,
                    problem: "row \(count), component \(place) is \(row[place]); vectors hold finite numbers")
            }
            elements.append(contentsOf: row)
            count += 1
        }
        return Matrix(rows: count, columns: columns, elements: elements)
    }

    /// Reads one row.
    package static func row(_ number: Int, of path: String) throws(DatasetError) -> [Float] {
        let rows = try MatrixRows(FileFormat(path: path), source: ByteSource(path: path))
        try rows.skip(number)
        var row: [Float] = []
        guard rows.row == number, try rows.next(into: &row) else {
            throw .unsupported(
                path: path, problem: "it has \(rows.row) rows, so there is no row \(number) (the first is 0)")
        }
        if let place = row.firstIndex(where: { !$0.isFinite }) {
            throw .damaged(
                path: path, problem: "row \(number), component \(place) is \(row[place]); vectors hold finite numbers")
        }
        return row
    }
}

/// The true nearest neighbors of a set of queries, as `.ivecs` or a `.npy` of integers holds them.
package struct GroundTruthFile: Equatable, Sendable {
    /// Neighbors that are known for each query.
    package let k: Int
    /// Row numbers of the base vectors, nearest first: shape `[queries, k]`.
    package let neighbors: [[UInt32]]

    /// - Throws: ``DatasetError`` where the file is unreadable, damaged, or holds something else than row numbers.
    package static func read(_ path: String, limit: Int? = nil) throws(DatasetError) -> GroundTruthFile {
        let rows = try MatrixRows(FileFormat(path: path), source: ByteSource(path: path))
        guard rows.layout.element.isInteger, !rows.layout.isColumnMajor else {
            throw .unsupported(path: path, problem: "ground truth is a matrix of integers in C order; this is not")
        }
        var neighbors: [[UInt32]] = []
        var row: [Int64] = []
        while neighbors.count < limit ?? .max, try rows.next(into: &row) {
            var numbers: [UInt32] = []
            numbers.reserveCapacity(row.count)
            for value in row {
                guard let number = UInt32(exactly: value) else {
                    throw .damaged(path: path, problem: "row \(neighbors.count) holds \(value), which is no row number")
                }
                numbers.append(number)
            }
            neighbors.append(numbers)
        }
        return GroundTruthFile(k: rows.layout.columns, neighbors: neighbors)
    }
}
