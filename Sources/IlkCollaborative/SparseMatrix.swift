/// A sparse matrix by rows (CSR), shape `[rows, columns]`; columns rise within a row.
package struct SparseMatrix: Equatable, Sendable {
    package let rows: Int
    package let columns: Int
    /// Where each row begins in ``indices`` and ``values``, and after the last one their count: shape `[rows + 1]`.
    package let offsets: [Int]
    package let indices: [UInt32]
    package var values: [Float]

    /// How many elements are stored.
    package var count: Int { indices.count }

    package init(rows: Int, columns: Int, offsets: [Int], indices: [UInt32], values: [Float]) {
        precondition(offsets.count == rows + 1 && offsets.last == indices.count && indices.count == values.count)
        precondition(indices.allSatisfy { $0 < columns }, "an index is not below \(columns)")
        self.rows = rows
        self.columns = columns
        self.offsets = offsets
        self.indices = indices
        self.values = values
    }

    /// Puts elements in order, and makes one of those that have the same place.
    ///
    /// - Parameters:
    ///   - rows: all rows are below it.
    ///   - columns: all columns are below it.
    ///   - elements: row, column and value, in any order; `combine` gets those of one place in the order given.
    ///   - combine: the value that two of one place make.
    package init(
        rows: Int, columns: Int, elements: [(row: UInt32, column: UInt32, value: Float)],
        combine: (Float, Float) -> Float
    ) {
        // Sorted by column, then by row, each by counting: linear, and stable.
        var byColumn = Self.starts(of: elements.lazy.map(\.column), count: columns)
        var order = [Int](repeating: 0, count: elements.count)
        for (place, element) in elements.enumerated() {
            order[byColumn[Int(element.column)]] = place
            byColumn[Int(element.column)] += 1
        }
        var byRow = Self.starts(of: elements.lazy.map(\.row), count: rows)
        let starts = byRow
        var sorted = [Int](repeating: 0, count: elements.count)
        for place in order {
            let row = Int(elements[place].row)
            sorted[byRow[row]] = place
            byRow[row] += 1
        }

        var offsets = [0]
        var indices: [UInt32] = []
        var values: [Float] = []
        offsets.reserveCapacity(rows + 1)
        for row in 0..<rows {
            let first = indices.count
            for place in sorted[starts[row]..<byRow[row]] {
                let element = elements[place]
                if indices.count > first, indices[indices.count - 1] == element.column {
                    values[values.count - 1] = combine(values[values.count - 1], element.value)
                } else {
                    indices.append(element.column)
                    values.append(element.value)
                }
            }
            offsets.append(indices.count)
        }
        self.init(rows: rows, columns: columns, offsets: offsets, indices: indices, values: values)
    }

    /// Where each number's places begin, if as many of each are laid side by side.
    private static func starts(of numbers: some Sequence<UInt32>, count: Int) -> [Int] {
        var starts = [Int](repeating: 0, count: count + 1)
        for number in numbers { starts[Int(number) + 1] += 1 }
        for number in 0..<count { starts[number + 1] += starts[number] }
        return starts
    }

    /// The places of a row's elements in ``indices`` and ``values``.
    package func range(of row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// The columns of a row's elements, rising.
    package func columns(of row: Int) -> ArraySlice<UInt32> { indices[range(of: row)] }

    /// The values of a row's elements.
    package func values(of row: Int) -> ArraySlice<Float> { values[range(of: row)] }

    /// Rows for columns: shape `[columns, rows]`, in time linear in the elements.
    package func transposed() -> SparseMatrix {
        var next = Self.starts(of: indices, count: columns)
        let offsets = next
        var turned = [UInt32](repeating: 0, count: count)
        var turnedValues = [Float](repeating: 0, count: count)
        for row in 0..<rows {
            for place in range(of: row) {
                let target = next[Int(indices[place])]
                next[Int(indices[place])] += 1
                turned[target] = UInt32(row)
                turnedValues[target] = values[place]
            }
        }
        return SparseMatrix(rows: columns, columns: rows, offsets: offsets, indices: turned, values: turnedValues)
    }

    /// The same places with other values.
    ///
    /// - Parameter value: makes an element's value of its row, its column and its old value.
    /// - Returns: a matrix of the same shape.
    package func mapped(_ value: (Int, Int, Float) -> Float) -> SparseMatrix {
        var result = self
        for row in 0..<rows {
            for place in range(of: row) { result.values[place] = value(row, Int(indices[place]), values[place]) }
        }
        return result
    }

    /// The sums of the squares of each row: shape `[rows]`.
    package func squaredNorms() -> [Float] {
        (0..<rows).map { values(of: $0).reduce(0) { $0 + $1 * $1 } }
    }
}
