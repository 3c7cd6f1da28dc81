import CBLAS

/// Products that are symmetric, of which BLAS reckons one half only.
///
/// A symmetric matrix of order `n` lies in `n · n` floats, row after row; only its upper triangle is written and read,
/// which LAPACK, counting by columns, calls the lower one.
package enum SymmetricProducts {
    /// `scale · rowsᵀ · rows + keep · target`: shape `[count, columns]` gives `[columns, columns]`, one `ssyrk`.
    package static func ofColumns(
        _ rows: Span<Float>, count: Int, columns: Int, scale: Float = 1, keep: Float = 0,
        into target: inout MutableSpan<Float>
    ) {
        precondition(rows.count >= count * columns, "\(rows.count) floats for \(count) × \(columns)")
        precondition(target.count >= columns * columns, "\(target.count) floats for \(columns) × \(columns)")
        // SAFETY: both lengths were checked, and `target` cannot overlap `rows`: it is held exclusively.
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe target.withUnsafeMutableBufferPointer { target in
                unsafe cblas_ssyrk(
                    CblasRowMajor, CblasUpper, CblasTrans, Int32(columns), Int32(count), scale, rows.baseAddress,
                    Int32(columns), keep, target.baseAddress, Int32(columns))
            }
        }
    }

    /// `rows · rowsᵀ`: shape `[count, columns]` gives `[count, count]`, one `ssyrk`.
    package static func ofRows(
        _ rows: Span<Float>, count: Int, columns: Int, into target: inout MutableSpan<Float>
    ) {
        precondition(rows.count >= count * columns, "\(rows.count) floats for \(count) × \(columns)")
        precondition(target.count >= count * count, "\(target.count) floats for \(count) × \(count)")
        // SAFETY: as above.
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe target.withUnsafeMutableBufferPointer { target in
                unsafe cblas_ssyrk(
                    CblasRowMajor, CblasUpper, CblasNoTrans, Int32(count), Int32(columns), 1, rows.baseAddress,
                    Int32(columns), 0, target.baseAddress, Int32(count))
            }
        }
    }

    /// `rowsᵀ · weights + keep · target`: shape `[count, columns]` and `[count]` give `[columns]`, one `sgemv`.
    package static func sum(
        _ rows: Span<Float>, count: Int, columns: Int, weights: Span<Float>, keep: Float = 0,
        into target: inout MutableSpan<Float>
    ) {
        precondition(rows.count >= count * columns && weights.count >= count && target.count >= columns)
        // SAFETY: as above.
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe target.withUnsafeMutableBufferPointer { target in
                    unsafe cblas_sgemv(
                        CblasRowMajor, CblasTrans, Int32(count), Int32(columns), 1, rows.baseAddress, Int32(columns),
                        weights.baseAddress, 1, keep, target.baseAddress, 1)
                }
            }
        }
    }
}
