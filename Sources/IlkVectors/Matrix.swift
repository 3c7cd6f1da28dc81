import CBLAS

/// A matrix of f32 in row-major order, shape `[rows, columns]`.
package struct Matrix: Sendable {
    package let rows: Int
    package let columns: Int
    /// `rows · columns` elements, row after row.
    package var elements: [Float]

    package init(rows: Int, columns: Int, elements: [Float]) {
        precondition(elements.count == rows * columns, "\(elements.count) elements for \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        self.elements = elements
    }

    /// A row, copied: shape `[columns]`.
    package func row(_ index: Int) -> [Float] { Array(elements[index * columns..<(index + 1) * columns]) }

    /// The inner product of a row with a vector of shape `[columns]`.
    package func product(ofRow row: Int, with vector: [Float]) -> Float {
        Kernels.dot(vector.span, elements.span.extracting(row * columns..<(row + 1) * columns))
    }

    /// Squared Euclidean norm of every row: shape `[rows]`.
    package func squaredNorms() -> [Float] {
        (0..<rows).map { row in
            let span = elements.span.extracting(row * columns..<(row + 1) * columns)
            return Kernels.dot(span, span)
        }
    }

    /// The mean of every column: shape `[columns]`.
    package func columnMeans() -> [Float] {
        var sums = [Double](repeating: 0, count: columns)
        for row in 0..<rows { for column in 0..<columns { sums[column] += Double(elements[row * columns + column]) } }
        return sums.map { Float($0 / Double(max(rows, 1))) }
    }

    /// `self[a] · other[b]ᵀ` for two ranges of rows: shape `[a.count, b.count]`, one `sgemm`.
    package func multipliedByTranspose(_ a: Range<Int>, of other: Matrix, _ b: Range<Int>) -> [Float] {
        precondition(columns == other.columns, "inner dimensions \(columns) and \(other.columns)")
        precondition(a.lowerBound >= 0 && a.upperBound <= rows && b.lowerBound >= 0 && b.upperBound <= other.rows)
        guard !a.isEmpty, !b.isEmpty else { return [] }
        // SAFETY: the ranges lie inside both matrices, and the result has a place for every pair.
        return unsafe [Float](unsafeUninitializedCapacity: a.count * b.count) { result, count in
            unsafe elements.withUnsafeBufferPointer { left in
                unsafe other.elements.withUnsafeBufferPointer { right in
                    unsafe cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(a.count), Int32(b.count), Int32(columns), 1,
                        left.baseAddress! + a.lowerBound * columns, Int32(columns),
                        right.baseAddress! + b.lowerBound * columns, Int32(columns), 0, result.baseAddress!,
                        Int32(b.count))
                }
            }
            count = a.count * b.count
        }
    }
}
