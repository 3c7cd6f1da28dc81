import IlkVectors

/// One user's factors while the items' stand still, or the other way round: a ridge regression, solved exactly.
///
/// The row `x` that makes `Σ w (x·y − 1)² + α Σ (x·y)² + λ |x|²` least, where the first sum goes over what was seen and
/// the second over all rows `y` of the other side, solves `(Σ w y yᵀ + αG + λI) x = Σ w y` with `G = YᵀY`. Here `G` is
/// diagonal, because the other side has been turned to its principal axes; so the equations have two forms, and the
/// smaller one is solved: one unknown a factor, or one a thing seen, `(W⁻¹ + Y D⁻¹ Yᵀ) z = 1`, `x = D⁻¹ Yᵀ z` with
/// `D = αG + λI`. Most items are seen by fewer users than there are factors.
///
/// A value is the scratch space of one thread.
@safe struct LeastSquaresRow: ~Copyable {
    private let factors: Int
    // SAFETY: allocated in init, freed in deinit, and only reached through a value that has one owner.
    /// Rows of the other side, scaled: shape `[batch or factors, factors]`.
    private let gathered: UnsafeMutableBufferPointer<Float>
    /// Shape `[order, order]`, of which the upper triangle is used.
    private let system: UnsafeMutableBufferPointer<Float>
    private let weights: UnsafeMutableBufferPointer<Float>
    private let side: UnsafeMutableBufferPointer<Float>
    private let scale: UnsafeMutableBufferPointer<Float>

    /// Rows that are gathered at a time: 64 KiB at 64 factors, which the cache keeps.
    private static let batch = 256

    init(factors: Int) {
        func room(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
            let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
            unsafe room.initialize(repeating: 0)
            return unsafe room
        }
        self.factors = factors
        unsafe gathered = room(max(Self.batch, factors) * factors)
        unsafe system = room(factors * factors)
        unsafe weights = room(max(Self.batch, factors))
        unsafe side = room(factors)
        unsafe scale = room(factors)
    }

    deinit {
        unsafe gathered.deallocate()
        unsafe system.deallocate()
        unsafe weights.deallocate()
        unsafe side.deallocate()
        unsafe scale.deallocate()
    }

    /// Writes a row's factors.
    ///
    /// - Parameters:
    ///   - row: the row of `seen`.
    ///   - seen: what was seen, and its weights `w`: shape `[rows, other.rows]`.
    ///   - other: the side that stands still: shape `[n, factors]`.
    ///   - diagonal: `D` of this row: shape `[factors]`, all above 0.
    ///   - target: shape `[factors]`.
    mutating func solve(
        _ row: Int, of seen: SparseMatrix, other: Span<Float>, diagonal: Span<Float>,
        into target: inout MutableSpan<Float>
    ) {
        precondition(other.count >= seen.columns * factors && diagonal.count == factors && target.count == factors)
        // Along an axis that the regularisation gives up, factors come to 1e-20 and less.
        let mode = FloatMode.flushingDenormals()
        defer { mode.restore() }
        let range = seen.range(of: row)
        if range.isEmpty {
            for factor in 0..<factors { target[factor] = 0 }
        } else if range.count < factors {
            solveBySeen(range, of: seen, other, diagonal, &target)
        } else {
            solveByFactors(range, of: seen, other, diagonal, &target)
        }
    }

    private mutating func solveByFactors(
        _ range: Range<Int>, of seen: SparseMatrix, _ other: Span<Float>, _ diagonal: Span<Float>,
        _ target: inout MutableSpan<Float>
    ) {
        for factor in 0..<factors { unsafe scale[factor] = 1 }
        var matrix = unsafe system.mutableSpan
        var begun = range.lowerBound
        while begun < range.upperBound {
            let part = begun..<min(begun + Self.batch, range.upperBound)
            for (line, place) in part.enumerated() { unsafe weights[line] = seen.values[place].squareRoot() }
            gather(part, of: seen, other, isWeighed: true)
            let rows = unsafe gathered.span
            let keep: Float = begun == range.lowerBound ? 0 : 1
            SymmetricProducts.ofColumns(rows, count: part.count, columns: factors, keep: keep, into: &matrix)
            SymmetricProducts.sum(
                rows, count: part.count, columns: factors, weights: unsafe weights.span, keep: keep, into: &target)
            begun = part.upperBound
        }
        for factor in 0..<factors { matrix[factor * factors + factor] += diagonal[factor] }
        Self.solve(&matrix, order: factors, &target)
    }

    private mutating func solveBySeen(
        _ range: Range<Int>, of seen: SparseMatrix, _ other: Span<Float>, _ diagonal: Span<Float>,
        _ target: inout MutableSpan<Float>
    ) {
        let order = range.count
        for factor in 0..<factors { unsafe scale[factor] = 1 / diagonal[factor].squareRoot() }
        gather(range, of: seen, other, isWeighed: false)
        let rows = unsafe gathered.span
        var matrix = unsafe system.mutableSpan
        var unknowns = unsafe side.mutableSpan
        SymmetricProducts.ofRows(rows, count: order, columns: factors, into: &matrix)
        for (line, place) in range.enumerated() {
            matrix[line * order + line] += 1 / seen.values[place]
            unknowns[line] = 1
        }
        Self.solve(&matrix, order: order, &unknowns)
        SymmetricProducts.sum(rows, count: order, columns: factors, weights: unknowns.span, into: &target)
        for factor in 0..<factors { unsafe target[factor] *= scale[factor] }
    }

    private static func solve(_ matrix: inout MutableSpan<Float>, order: Int, _ side: inout MutableSpan<Float>) {
        do throws(NotPositiveDefinite) {
            try SymmetricSystem.factor(&matrix, order: order)
            SymmetricSystem.solve(matrix.span, order: order, &side)
        } catch {
            // A sum of squares and a positive diagonal: only numbers that are not finite lead here.
            preconditionFailure("least squares: \(error)")
        }
    }

    /// Gathers the rows of what was seen, each factor times its scale, each row times its weight if it is weighed.
    private mutating func gather(
        _ range: Range<Int>, of seen: SparseMatrix, _ other: Span<Float>, isWeighed: Bool
    ) {
        let factors = factors
        // SAFETY: a matrix's indices are below its columns, of which `solve` has checked that there are so many rows.
        unsafe other.withUnsafeBufferPointer { other in
            let scale = unsafe self.scale.baseAddress!
            for (line, place) in range.enumerated() {
                let row = unsafe other.baseAddress! + Int(seen.indices[place]) * factors
                let target = unsafe gathered.baseAddress! + line * factors
                let weight = unsafe isWeighed ? weights[line] : 1
                for factor in 0..<factors { unsafe target[factor] = row[factor] * (scale[factor] * weight) }
            }
        }
    }
}
