import CBLAS
import CLAPACKE

/// What a symmetric matrix of order `order` cannot be used for.
package struct NotPositiveDefinite: Error, Equatable, CustomStringConvertible {
    /// The first leading minor, from 1, that is not positive.
    package let minor: Int

    package var description: String { "the matrix is not positive definite: its leading minor of order \(minor)" }
}

/// Symmetric positive definite systems, by LAPACK's Cholesky decomposition.
///
/// Matrices lie as ``SymmetricProducts`` leaves them: `order · order` floats, row after row, the upper triangle used.
package enum SymmetricSystem {
    /// Puts `Rᵀ · R`'s upper triangle `R` in the place of a matrix.
    package static func factor(_ matrix: inout MutableSpan<Float>, order: Int) throws(NotPositiveDefinite) {
        precondition(matrix.count >= order * order, "\(matrix.count) floats for order \(order)")
        guard order > 0 else { return }
        // SAFETY: the length was checked; LAPACK's lower triangle by columns is the upper one by rows.
        let failed = unsafe matrix.withUnsafeMutableBufferPointer { matrix in
            unsafe LAPACKE_spotrf_work(
                LAPACK_COL_MAJOR, lower, Int32(order), matrix.baseAddress, Int32(order))
        }
        guard failed == 0 else { throw NotPositiveDefinite(minor: Int(failed)) }
    }

    /// Puts the solution in the place of the right side, for a matrix that ``factor(_:order:)`` has decomposed.
    package static func solve(_ factored: Span<Float>, order: Int, _ side: inout MutableSpan<Float>) {
        precondition(factored.count >= order * order && side.count >= order)
        guard order > 0 else { return }
        // SAFETY: the lengths were checked.
        unsafe factored.withUnsafeBufferPointer { factored in
            unsafe side.withUnsafeMutableBufferPointer { side in
                unsafe cblas_strsv(
                    CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, Int32(order), factored.baseAddress,
                    Int32(order), side.baseAddress, 1)
                unsafe cblas_strsv(
                    CblasColMajor, CblasLower, CblasTrans, CblasNonUnit, Int32(order), factored.baseAddress,
                    Int32(order), side.baseAddress, 1)
            }
        }
    }

    /// Puts the inverse, both triangles of it, in the place of a matrix: order³ multiplications.
    package static func invert(_ matrix: inout [Float], order: Int) throws(NotPositiveDefinite) {
        precondition(matrix.count == order * order, "\(matrix.count) floats for order \(order)")
        guard order > 0 else { return }
        var span = matrix.mutableSpan
        try factor(&span, order: order)
        // SAFETY: the length was checked.
        let failed = unsafe span.withUnsafeMutableBufferPointer { matrix in
            unsafe LAPACKE_spotri_work(
                LAPACK_COL_MAJOR, lower, Int32(order), matrix.baseAddress, Int32(order))
        }
        guard failed == 0 else { throw NotPositiveDefinite(minor: Int(failed)) }
        mirror(&span, order: order)
    }

    /// Puts the eigenvectors, a row each, in the place of a symmetric matrix.
    ///
    /// - Returns: the eigenvalues in rising order, shape `[order]`.
    package static func diagonalize(_ matrix: inout [Float], order: Int) -> [Float] {
        precondition(matrix.count == order * order, "\(matrix.count) floats for order \(order)")
        guard order > 0 else { return [] }
        var values = [Float](repeating: 0, count: order)
        // SAFETY: the length was checked. Eigenvectors are LAPACK's columns, hence rows here.
        let failed = unsafe matrix.withUnsafeMutableBufferPointer { matrix in
            unsafe values.withUnsafeMutableBufferPointer { values in
                unsafe LAPACKE_ssyevd(
                    LAPACK_COL_MAJOR, vectorsToo, lower, Int32(order), matrix.baseAddress, Int32(order),
                    values.baseAddress)
            }
        }
        precondition(failed == 0, "ssyevd: \(failed); is an element no finite number?")
        return values
    }

    /// Copies the upper triangle onto the lower one, in blocks that fit the cache.
    private static func mirror(_ matrix: inout MutableSpan<Float>, order: Int) {
        let block = 64
        for top in stride(from: 0, to: order, by: block) {
            for left in stride(from: top, to: order, by: block) {
                for row in top..<min(top + block, order) {
                    for column in max(left, row + 1)..<max(min(left + block, order), max(left, row + 1)) {
                        matrix[column * order + row] = matrix[row * order + column]
                    }
                }
            }
        }
    }

    private static let lower = CChar(bitPattern: UInt8(ascii: "L"))
    private static let vectorsToo = CChar(bitPattern: UInt8(ascii: "V"))
}
