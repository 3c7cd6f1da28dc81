import IlkVectors

/// A linear model of items by items in closed form (Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019).
///
/// `B` makes `‖X − XB‖² + λ‖B‖²` least with a zero diagonal: `B = I − P / diag(P)` with `P = (XᵀX + λI)⁻¹`, items × items.
/// While there are fewer users than items that matrix is never made: `λP = I − XᵀKX` with `K = (XXᵀ + λI)⁻¹`, users × users.
/// Then what a user's row `x = X_u` is multiplied by comes from one row of `K`: `xP = K_u X`.
package struct EASE: ItemScorer {
    package let items: Int
    /// The items that the model knows, most users first: shape `[n]`.
    package let known: [UInt32]
    /// For each item its place in `known`, or -1: shape `[items]`.
    private let places: [Int32]
    /// Shape `[users, n]`.
    let profiles: SparseMatrix
    /// 1 ÷ each element of P's diagonal: shape `[n]`.
    let inverseDiagonal: [Float]
    let side: Side
    let regularization: Float

    enum Side: Sendable {
        /// K: shape `[users, users]`.
        case users([Float])
        /// P: shape `[n, n]`.
        case items([Float])
    }

    /// Whether it was the users' equations that were solved.
    package var isSolvedByUsers: Bool { if case .users = side { true } else { false } }

    /// Items that a model may know.
    package static let mostItems = 100_000

    /// Solves for the items with the most users.
    ///
    /// - Parameters:
    ///   - matrix: X, users × items.
    ///   - count: how many items the model knows at most; others get no score.
    ///   - regularization: λ, above 0.
    ///   - threads: for what goes user by user or item by item; the inverse takes one.
    /// - Throws: where a parameter is out of range, or no item has an event.
    package init(
        _ matrix: InteractionMatrix, items count: Int, regularization: Float, threads: Int = 1
    ) throws(CollaborativeError) {
        try CollaborativeError.check("items", count, in: 1...Self.mostItems)
        try CollaborativeError.check("regularization", regularization, in: 1e-3...1e7)
        let counts = matrix.usersOfItems()
        let known = (0..<matrix.items).filter { counts[$0] > 0 }
            .sorted { (counts[$1], $0) < (counts[$0], $1) }.prefix(count).map(UInt32.init)
        guard !known.isEmpty else { throw .empty("no item has an event") }
        var places = [Int32](repeating: -1, count: matrix.items)
        for (place, item) in known.enumerated() { places[Int(item)] = Int32(place) }
        let part = InteractionMatrix(byUser: Self.part(of: matrix.byUser, places, count: known.count))
        items = matrix.items
        self.regularization = regularization
        self.known = known
        self.places = places
        profiles = part.byUser
        do throws(NotPositiveDefinite) {
            if part.users < known.count {
                var kernel = Self.products(of: part.byUser, part.byItem, threads: threads)
                try Self.invert(&kernel, order: part.users, ridge: regularization)
                let inverse = kernel
                let spread = Self.quadraticForms(inverse, part.byItem, threads: threads)
                inverseDiagonal = spread.map { regularization / (1 - $0) }
                side = .users(inverse)
            } else {
                var inverse = Self.products(of: part.byItem, part.byUser, threads: threads)
                try Self.invert(&inverse, order: known.count, ridge: regularization)
                inverseDiagonal = known.indices.map { 1 / inverse[$0 * known.count + $0] }
                side = .items(inverse)
            }
        } catch {
            preconditionFailure("EASE: \(error)")  // a Gram matrix and a positive diagonal
        }
    }

    package func score(user: Int, into scores: inout [Float]) {
        var products = [Float](repeating: 0, count: known.count)  // xP
        switch side {
        case .users(let kernel):
            for other in 0..<profiles.rows {
                let weight = kernel[user * profiles.rows + other]
                for place in profiles.range(of: other) {
                    products[Int(profiles.indices[place])] += weight * profiles.values[place]
                }
            }
        case .items(let inverse):
            for place in profiles.range(of: user) {
                let row = Int(profiles.indices[place]) * known.count
                let weight = profiles.values[place]
                for column in known.indices { products[column] += weight * inverse[row + column] }
            }
        }
        for item in scores.indices { scores[item] = 0 }
        for place in profiles.range(of: user) {
            scores[Int(known[Int(profiles.indices[place])])] = profiles.values[place]
        }
        for (place, item) in known.enumerated() { scores[Int(item)] -= products[place] * inverseDiagonal[place] }
    }

    /// The columns that have a place, at it.
    private static func part(of matrix: SparseMatrix, _ places: [Int32], count: Int) -> SparseMatrix {
        var elements: [(row: UInt32, column: UInt32, value: Float)] = []
        for row in 0..<matrix.rows {
            for place in matrix.range(of: row) where places[Int(matrix.indices[place])] >= 0 {
                elements.append((UInt32(row), UInt32(places[Int(matrix.indices[place])]), matrix.values[place]))
            }
        }
        return SparseMatrix(rows: matrix.rows, columns: count, elements: elements, combine: +)
    }

    /// Inner products of all pairs of rows: shape `[rows, rows]`.
    private static func products(of matrix: SparseMatrix, _ transposed: SparseMatrix, threads: Int) -> [Float] {
        let order = matrix.rows
        var result = Matrix(rows: order, columns: order, elements: [Float](repeating: 0, count: order * order))
        unsafe RowBlocks.fill(&result, threads: threads) { block, target in
            for (line, row) in block.enumerated() {
                for place in matrix.range(of: row) {
                    let weight = matrix.values[place]
                    for other in transposed.range(of: Int(matrix.indices[place])) {
                        // SAFETY: the block's rows are this thread's alone; an index is below `order`.
                        unsafe target[line * order + Int(transposed.indices[other])] +=
                            weight * transposed.values[other]
                    }
                }
            }
        }
        return result.elements
    }

    private static func invert(_ matrix: inout [Float], order: Int, ridge: Float) throws(NotPositiveDefinite) {
        for place in 0..<order { matrix[place * order + place] += ridge }
        try SymmetricSystem.invert(&matrix, order: order)
    }

    /// `rowᵀ · kernel · row` of each row: shape `[rows]`.
    private static func quadraticForms(_ kernel: [Float], _ matrix: SparseMatrix, threads: Int) -> [Float] {
        var result = Matrix(rows: matrix.rows, columns: 1, elements: [Float](repeating: 0, count: matrix.rows))
        unsafe RowBlocks.fill(&result, threads: threads) { block, target in
            for (line, row) in block.enumerated() {
                var sum = 0.0
                for first in matrix.range(of: row) {
                    let start = Int(matrix.indices[first]) * matrix.columns
                    var part: Float = 0
                    for second in matrix.range(of: row) {
                        part += kernel[start + Int(matrix.indices[second])] * matrix.values[second]
                    }
                    sum += Double(part) * Double(matrix.values[first])
                }
                // SAFETY: the block's rows are this thread's alone.
                unsafe target[line] = Float(sum)
            }
        }
        return result.elements
    }
}
