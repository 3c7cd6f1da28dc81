package import IlkVectors

/// Users and items as vectors of the same space: the higher their inner product, the better they suit each other.
package struct FactorModel: ItemScorer {
    /// Shape `[users, factors]`.
    package internal(set) var userFactors: Matrix
    /// Shape `[items, factors]`; a row without events is zero.
    package internal(set) var itemFactors: Matrix
    /// How the model was made, for folding in.
    package let parameters: AlternatingLeastSquares.Parameters

    package var users: Int { userFactors.rows }
    package var items: Int { itemFactors.rows }
    package var factors: Int { itemFactors.columns }

    package init(userFactors: Matrix, itemFactors: Matrix, parameters: AlternatingLeastSquares.Parameters) {
        precondition(userFactors.columns == itemFactors.columns)
        self.userFactors = userFactors
        self.itemFactors = itemFactors
        self.parameters = parameters
    }

    package func score(user: Int, into scores: inout [Float]) {
        score(userFactors.row(user), into: &scores)
    }

    /// Writes a score for each item.
    ///
    /// - Parameters:
    ///   - vector: a user's factors, such as ``FoldIn`` finds: shape `[factors]`.
    ///   - scores: shape `[items]`.
    package func score(_ vector: [Float], into scores: inout [Float]) {
        let user = Matrix(rows: 1, columns: factors, elements: vector)
        scores = user.multipliedByTranspose(0..<1, of: itemFactors, 0..<items)
    }
}

/// Finds factors for one more row, at once, while the model's stand still: a new user's, or a known one's after a click.
package struct FoldIn: Sendable {
    /// The other side, turned to its principal axes.
    private let turned: Matrix
    /// Each of those axes, a row each: shape `[factors, factors]`.
    private let axes: [Float]
    private let lengths: [Float]
    private let parameters: AlternatingLeastSquares.Parameters

    /// Folds in users, by what they did with items.
    package static func ofUsers(_ model: FactorModel) -> FoldIn { FoldIn(model.itemFactors, model.parameters) }

    /// Folds in items, by who took them.
    package static func ofItems(_ model: FactorModel) -> FoldIn { FoldIn(model.userFactors, model.parameters) }

    private init(_ other: Matrix, _ parameters: AlternatingLeastSquares.Parameters) {
        self.parameters = parameters
        let principal = PrincipalAxes(of: other)
        axes = principal.axes
        lengths = principal.lengths
        var turned = other
        principal.turn(&turned)
        self.turned = turned
    }

    /// The factors that training would give to a row with these events, were it the next to be solved.
    ///
    /// - Parameter seen: rows of the other side and weights above 0; each row once.
    /// - Returns: shape `[factors]`; zeros where nothing was seen.
    package func vector(of seen: [(row: UInt32, weight: Float)]) -> [Float] {
        let factors = turned.columns
        let sorted = seen.sorted { $0.row < $1.row }
        let matrix = SparseMatrix(
            rows: 1, columns: turned.rows, offsets: [0, sorted.count], indices: sorted.map(\.row),
            values: sorted.map(\.weight))
        let ridge = parameters.ridge(seen: matrix.count, of: turned.rows)
        let diagonal = lengths.map { parameters.unobservedWeight * $0 + ridge }
        var solver = LeastSquaresRow(factors: factors)
        var solution = [Float](repeating: 0, count: factors)
        var target = solution.mutableSpan
        solver.solve(0, of: matrix, other: turned.elements.span, diagonal: diagonal.span, into: &target)
        // Back to the model's own axes.
        return (0..<factors).map { column in
            (0..<factors).reduce(0) { $0 + solution[$1] * axes[$1 * factors + column] }
        }
    }
}
