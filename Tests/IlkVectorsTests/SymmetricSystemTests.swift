import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Symmetric systems` {
    /// `rowsᵀ · rows`, both triangles, in double precision.
    private static func products(_ rows: [[Float]]) -> [[Double]] {
        let order = rows[0].count
        return (0..<order).map { a in
            (0..<order).map { b in rows.reduce(0) { $0 + Double($1[a]) * Double($1[b]) } }
        }
    }

    @Test(arguments: [1, 3, 64, 100])
    func `products of columns and of rows are those of the book`(order: Int) {
        let rows = RandomVectors.uniform(37, dimension: order, seed: 1)
        let flat = rows.flatMap { $0 }
        var byColumns = [Float](repeating: 7, count: order * order)
        var columns = byColumns.mutableSpan
        SymmetricProducts.ofColumns(flat.span, count: 37, columns: order, scale: 2, into: &columns)
        let wanted = Self.products(rows)
        for row in 0..<order {
            for column in row..<order {
                #expect(abs(Double(byColumns[row * order + column]) - 2 * wanted[row][column]) < 1e-4)
            }
        }
        // Rows of the transpose are the columns.
        let turned = (0..<order).flatMap { column in rows.map { $0[column] } }
        var byRows = [Float](repeating: 7, count: order * order)
        var span = byRows.mutableSpan
        SymmetricProducts.ofRows(turned.span, count: order, columns: 37, into: &span)
        for row in 0..<order {
            for column in row..<order {
                #expect(abs(Double(byRows[row * order + column]) - wanted[row][column]) < 1e-4)
            }
        }
    }

    @Test(arguments: [1, 2, 17, 64, 150])
    func `a solution put back gives the right side, and so does the inverse`(order: Int) throws {
        var rows = RandomVectors.uniform(order, dimension: order, seed: 2)
        for place in 0..<order { rows[place][place] += 4 }
        let wanted = Self.products(rows)
        let flat = wanted.flatMap { $0.map(Float.init) }
        let side = RandomVectors.uniform(1, dimension: order, seed: 3)[0]

        var factored = flat
        var matrix = factored.mutableSpan
        try SymmetricSystem.factor(&matrix, order: order)
        var solution = side
        var unknowns = solution.mutableSpan
        SymmetricSystem.solve(factored.span, order: order, &unknowns)

        var inverse = flat
        try SymmetricSystem.invert(&inverse, order: order)
        for row in 0..<order {
            let back = (0..<order).reduce(0.0) { $0 + wanted[row][$1] * Double(solution[$1]) }
            #expect(abs(back - Double(side[row])) < 1e-2)
            let line = (0..<order).reduce(0.0) { $0 + Double(inverse[row * order + $1]) * Double(side[$1]) }
            #expect(abs(line - Double(solution[row])) < 1e-3)
            for column in 0..<order { #expect(inverse[row * order + column] == inverse[column * order + row]) }
        }
    }

    @Test func `eigenvectors are perpendicular, of length 1, and only stretched`() {
        let order = 20
        let wanted = Self.products(RandomVectors.uniform(50, dimension: order, seed: 4))
        var vectors = wanted.flatMap { $0.map(Float.init) }
        let values = SymmetricSystem.diagonalize(&vectors, order: order)
        #expect(values == values.sorted())
        for first in 0..<order {
            let vector = vectors[first * order..<(first + 1) * order].map(Double.init)
            for second in 0..<order {
                let other = vectors[second * order..<(second + 1) * order].map(Double.init)
                let product = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                #expect(abs(product - (first == second ? 1 : 0)) < 1e-5)
            }
            for row in 0..<order {
                let stretched = (0..<order).reduce(0) { $0 + wanted[row][$1] * vector[$1] }
                #expect(abs(stretched - Double(values[first]) * vector[row]) < 1e-3)
            }
        }
    }

    @Test func `a matrix that is not positive definite is refused with the minor that fails`() {
        var matrix: [Float] = [1, 2, 0, 2, 1, 0, 0, 0, 1]
        let error = #expect(throws: NotPositiveDefinite.self) { try SymmetricSystem.invert(&matrix, order: 3) }
        #expect(error?.minor == 2)
    }
}
