import IlkVectors

/// Rows of a matrix, each written by one thread.
enum RowBlocks {
    /// Rows that one thread takes at a time: enough that claiming them costs nothing, few enough to share out evenly.
    private static let size = 64

    /// Calls `body` for blocks of rows, on up to `threads` threads, with a pointer to the first row of the block.
    ///
    /// - Parameters:
    ///   - matrix: its rows are written; which thread writes one makes no difference to what is written.
    ///   - threads: 1 or more.
    ///   - body: gets the rows of a block and where the first of them lies; it writes these rows only.
    static func fill(
        _ matrix: inout Matrix, threads: Int, _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let rows = matrix.rows
        let columns = matrix.columns
        guard rows > 0, columns > 0 else { return }
        // SAFETY: blocks do not overlap, and the elements live until all of them are done.
        unsafe matrix.elements.withUnsafeMutableBufferPointer { elements in
            nonisolated(unsafe) let base = elements.baseAddress!
            PhasedWork.run(threads: threads, counts: [(rows + size - 1) / size]) { _, block, _ in
                let range = block * size..<min((block + 1) * size, rows)
                unsafe body(range, base + range.lowerBound * columns)
            }
        }
    }
}
