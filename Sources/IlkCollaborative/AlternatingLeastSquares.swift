import Glibc
package import IlkVectors

/// Matrix factorization for what people did, where what they did not do says little (implicit feedback).
///
/// Factors of users and items are found by turns, each side's exactly while the other's stand still (Hu, Koren and
/// Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008). The loss is that of Rendle, Krichene,
/// Zhang and Koren ("Revisiting the performance of iALS on item recommendation benchmarks", RecSys 2022): with `S` what
/// was seen and weights `w`,
///
///     Σ_S w (x·y − 1)² + α Σ_all (x·y)² + Σ λ_u |x|² + Σ λ_i |y|²,     λ_u = λ (|S_u| + α·items)^ν
///
/// The inner products of a model do not change when both sides are turned together. So before a side stands still it is
/// turned to its principal axes, in which the Gram matrix is diagonal; see ``LeastSquaresRow`` for what that saves.
package enum AlternatingLeastSquares {
    /// How a model is made.
    package struct Parameters: Equatable, Sendable {
        /// The dimension of the vectors, 1 to 1024.
        package var factors = 64
        /// How often each side is solved, 1 to 1000.
        package var iterations = 15
        /// What a pair that was not seen weighs: α, above 0 to 1000.
        package var unobservedWeight: Float = 0.1
        /// λ, above 0 to a million.
        package var regularization: Float = 0.01
        /// ν, 0 to 1: how far rows with many events are regularized more.
        package var frequencyScaling: Float = 1
        /// Of the factors that training starts from.
        package var seed: UInt64 = 42
        /// Threads, 1 to 256; they change the speed only.
        package var threads = 1

        package init() {}

        /// Checks the ranges.
        package func validate() throws(CollaborativeError) {
            try CollaborativeError.check("factors", factors, in: 1...1_024)
            try CollaborativeError.check("iterations", iterations, in: 1...1_000)
            try CollaborativeError.check("unobserved_weight", unobservedWeight, in: 1e-9...1_000)
            try CollaborativeError.check("regularization", regularization, in: 1e-9...1e6)
            try CollaborativeError.check("frequency_scaling", frequencyScaling, in: 0...1)
            try CollaborativeError.check("threads", threads, in: 1...256)
        }

        /// λ of a row that has seen so many of `count` rows of the other side.
        func ridge(seen: Int, of count: Int) -> Float {
            regularization * powf(Float(seen) + unobservedWeight * Float(count), frequencyScaling)
        }
    }

    /// Learns a model; the same data, parameters and start give the same one, whatever the threads.
    ///
    /// - Parameters:
    ///   - matrix: weights `w` of what was seen.
    ///   - parameters: checked first.
    ///   - items: item factors to start from, as of an earlier model: shape `[items, factors]`. Rows of zeros, as of new
    ///     items, and everything where there is no start, are drawn at random.
    ///   - progress: called after each iteration with its number, from 1; false ends training there.
    /// - Returns: factors of all users and items.
    /// - Throws: where a parameter is out of range, or there is no event.
    package static func train(
        _ matrix: InteractionMatrix, _ parameters: Parameters, startingFrom items: Matrix? = nil,
        progress: (Int) -> Bool = { _ in true }
    ) throws(CollaborativeError) -> FactorModel {
        try parameters.validate()
        guard matrix.count > 0 else { throw .empty("no user has an event with an item") }
        let factors = parameters.factors
        var userFactors = Matrix(
            rows: matrix.users, columns: factors, elements: [Float](repeating: 0, count: matrix.users * factors))
        var itemFactors = start(matrix.items, items, parameters)
        for iteration in 1...parameters.iterations {
            solve(&userFactors, of: matrix.byUser, standing: &itemFactors, parameters)
            solve(&itemFactors, of: matrix.byItem, standing: &userFactors, parameters)
            guard progress(iteration) else { break }
        }
        return FactorModel(userFactors: userFactors, itemFactors: itemFactors, parameters: parameters)
    }

    /// Solves every row of a side; the other one is turned to its principal axes.
    private static func solve(
        _ rows: inout Matrix, of seen: SparseMatrix, standing: inout Matrix, _ parameters: Parameters
    ) {
        let mode = FloatMode.flushingDenormals()
        let principal = PrincipalAxes(of: standing)
        principal.turn(&standing)
        mode.restore()
        let other = standing
        let factors = parameters.factors
        unsafe RowBlocks.fill(&rows, threads: parameters.threads) { block, target in
            var solver = LeastSquaresRow(factors: factors)
            var diagonal = [Float](repeating: 0, count: factors)
            for (line, row) in block.enumerated() {
                let ridge = parameters.ridge(seen: seen.range(of: row).count, of: other.rows)
                for factor in 0..<factors {
                    diagonal[factor] = parameters.unobservedWeight * principal.lengths[factor] + ridge
                }
                // SAFETY: the block's rows are this thread's alone, and each has `factors` floats.
                let row = unsafe UnsafeMutableBufferPointer(start: target + line * factors, count: factors)
                var span = unsafe row.mutableSpan
                solver.solve(
                    block.lowerBound + line, of: seen, other: other.elements.span, diagonal: diagonal.span, into: &span)
            }
        }
    }

    /// Item factors to begin with: small, and normally distributed where they are not given.
    private static func start(_ items: Int, _ given: Matrix?, _ parameters: Parameters) -> Matrix {
        let factors = parameters.factors
        precondition(given == nil || given?.rows == items && given?.columns == factors, "a start of another shape")
        var generator = SplitMix64(seed: parameters.seed)
        let deviation = 0.1 / Float(factors).squareRoot()
        var matrix =
            given ?? Matrix(rows: items, columns: factors, elements: [Float](repeating: 0, count: items * factors))
        for row in 0..<items {
            let range = row * factors..<(row + 1) * factors
            guard matrix.elements[range].allSatisfy({ $0 == 0 }) else { continue }
            for place in range { matrix.elements[place] = deviation * normal(&generator) }
        }
        return matrix
    }

    /// A standard normal number (Box and Muller, 1958).
    private static func normal(_ generator: inout SplitMix64) -> Float {
        let radius = (-2 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &generator))).squareRoot()
        return Float(radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &generator)))
    }
}
