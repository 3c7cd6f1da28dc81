import IlkVectors

/// The axes along which rows spread without correlation: in them `rowsᵀ · rows` is diagonal.
struct PrincipalAxes {
    /// A row each: shape `[columns, columns]`.
    let axes: [Float]
    /// The sum of the squares along each axis: shape `[columns]`, none below 0.
    let lengths: [Float]

    init(of rows: Matrix) {
        let order = rows.columns
        var products = [Float](repeating: 0, count: order * order)
        var span = products.mutableSpan
        SymmetricProducts.ofColumns(rows.elements.span, count: rows.rows, columns: order, into: &span)
        lengths = SymmetricSystem.diagonalize(&products, order: order).map { max($0, 0) }
        axes = products
    }

    /// Replaces rows by their coordinates along the axes, on the caller's thread.
    func turn(_ rows: inout Matrix) {
        let matrix = Matrix(rows: rows.columns, columns: rows.columns, elements: axes)
        rows.elements = rows.multipliedByTranspose(0..<rows.rows, of: matrix, 0..<rows.columns)
    }
}
