import IlkVectors

/// For each item, those that are most like it; and for each user, the items that are like the user's own.
package struct ItemNeighbors: ItemScorer {
    /// Similarities: shape `[items, items]`, at most K a row.
    package let similarities: SparseMatrix
    /// What the users' own items weigh: shape `[users, items]`.
    private let profiles: SparseMatrix

    package var items: Int { similarities.rows }

    /// Finds the neighbors of every item.
    ///
    /// - Parameters:
    ///   - matrix: who took what; its values are the weights that similarities are made of.
    ///   - similarity: how alike two items are.
    ///   - count: how many neighbors an item keeps: K, 1 to 10,000.
    ///   - profiles: what the users' items weigh when they are asked about; `matrix` if nil.
    ///   - includesItself: whether an item is its own neighbor, as suits goods that are bought again.
    ///   - threads: they change the speed only.
    /// - Throws: where a parameter is out of range.
    package init(
        _ matrix: InteractionMatrix, by similarity: ItemSimilarity, count: Int, profiles: SparseMatrix? = nil,
        includesItself: Bool = true, threads: Int = 1
    ) throws(CollaborativeError) {
        try similarity.validate()
        try CollaborativeError.check("neighbors", count, in: 1...10_000)
        self.profiles = profiles ?? matrix.byUser
        precondition(self.profiles.columns == matrix.items, "profiles of other items")
        switch similarity {
        case .cosine(let shrinkage):
            let lengths = matrix.byItem.squaredNorms().map { $0.squareRoot() }
            similarities = Self.lists(of: matrix.items, count, includesItself, threads) {
                ProductRow.cosine(matrix, lengths: lengths, shrinkage: shrinkage)
            }
        case .bm25(let k1, let b):
            let weighted = ProductRow.bm25(matrix, k1: k1, b: b)
            similarities = Self.lists(of: matrix.items, count, includesItself, threads) {
                ProductRow.product(weighted)
            }
        case .swing(let smoothing, let users, let seed):
            similarities = Self.lists(of: matrix.items, count, includesItself, threads) {
                SwingRow(matrix, smoothing: smoothing, users: users, seed: seed)
            }
        }
    }

    package func score(user: Int, into scores: inout [Float]) {
        let range = profiles.range(of: user)
        score(range.map { (profiles.indices[$0], profiles.values[$0]) }, into: &scores)
    }

    /// Writes a score for each item: the sum of its similarities to some items, by weight.
    ///
    /// - Parameters:
    ///   - profile: items and their weights.
    ///   - scores: shape `[items]`.
    package func score(_ profile: [(item: UInt32, weight: Float)], into scores: inout [Float]) {
        for item in scores.indices { scores[item] = 0 }
        for (item, weight) in profile {
            for place in similarities.range(of: Int(item)) {
                scores[Int(similarities.indices[place])] += weight * similarities.values[place]
            }
        }
    }

    /// An item's neighbors, the most similar first; of equal ones, the lower number first.
    package func neighbors(of item: Int) -> [(item: UInt32, similarity: Float)] {
        similarities.range(of: item).map { (similarities.indices[$0], similarities.values[$0]) }
            .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
    }

    /// The K most similar items of each.
    private static func lists<Row: SimilarityRow>(
        of items: Int, _ count: Int, _ includesItself: Bool, _ threads: Int, _ row: @Sendable () -> Row
    ) -> SparseMatrix {
        let lists = PhasedWork.map(threads: threads, count: items, block: 256) {
            (row: row(), nearest: MostSimilar(count))
        } _: { item, scratch in
            scratch.nearest.removeAll()
            scratch.row.find(of: item, includingItself: includesItself, &scratch.nearest)
            return scratch.nearest.finish()
        }
        return SparseMatrix(
            rows: items, columns: items, offsets: lists.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
            indices: lists.flatMap { $0.map(\.item) }, values: lists.flatMap { $0.map(\.similarity) })
    }
}
