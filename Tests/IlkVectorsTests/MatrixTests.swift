import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Matrix of floats` {
    static func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            elements: RandomVectors.uniform(rows, dimension: columns, seed: seed).flatMap { $0 })
    }

    @Test func `a block of products has every pair of rows in its place`() {
        let a = Self.matrix(7, 13, seed: 1)
        let b = Self.matrix(9, 13, seed: 2)
        let products = a.multipliedByTranspose(2..<6, of: b, 3..<9)
        #expect(products.count == 4 * 6)
        for row in 0..<4 {
            for column in 0..<6 {
                let expected = -Metric.dot.distance(a.row(row + 2), b.row(column + 3))
                #expect(abs(products[row * 6 + column] - expected) < 1e-5)
            }
        }
    }

    @Test func `a row is multiplied by a vector`() {
        let matrix = Matrix(rows: 2, columns: 3, elements: [1, 2, 3, 4, 5, 6])
        #expect(matrix.product(ofRow: 1, with: [2, 0, -1]) == 2)
    }

    @Test func `products that are no normal floats are 0 where that is asked for, and only there`() {
        // Not to be reckoned before the test runs.
        var tiny = Matrix(rows: 1, columns: 4, elements: [Float](repeating: 1e-20, count: 4))
        let before = tiny.product(ofRow: 0, with: tiny.elements)
        let mode = FloatMode.flushingDenormals()
        let meanwhile = tiny.product(ofRow: 0, with: tiny.elements)
        mode.restore()
        tiny.elements[0] = 1e-20
        #expect(before > 0)
        #expect(meanwhile == 0)
        #expect(tiny.product(ofRow: 0, with: tiny.elements) == before)
    }

    @Test func `an empty block has no products`() {
        let a = Self.matrix(3, 4, seed: 1)
        #expect(a.multipliedByTranspose(0..<0, of: a, 0..<3) == [])
        #expect(a.multipliedByTranspose(1..<2, of: a, 3..<3) == [])
    }

    @Test func `squared norms are the products of rows with themselves`() {
        let a = Self.matrix(5, 17, seed: 4)
        for (row, norm) in a.squaredNorms().enumerated() {
            let expected = -Metric.dot.distance(a.row(row), a.row(row))
            #expect(abs(norm - expected) < 1e-5)
        }
    }

    @Test func `BLAS stays on its caller's thread`() {
        #expect(BLAS.threads == 1)
        #expect(BLAS.library.contains("OpenBLAS"))
    }
}
