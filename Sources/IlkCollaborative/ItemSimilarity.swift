/// How alike two items are, by who took both.
package enum ItemSimilarity: Equatable, Sendable {
    /// The cosine of the items' columns, with `shrinkage` added to the product of their lengths: chance meetings of items
    /// that few have taken count less.
    case cosine(shrinkage: Float)
    /// The inner product of BM25 weights (Robertson and Zaragoza, 2009): an item is a document, its users are the words, so
    /// that users who take everything and items that everybody takes say less.
    case bm25(k1: Float, b: Float)
    /// Swing (Yang et al., "Large scale product graph construction for recommendation in e-commerce", 2020):
    /// `Σ wᵤwᵥ / (smoothing + |Iᵤ ∩ Iᵥ|)` over pairs of users who took both items, `w = |I|^−½`. Two people who agree on
    /// these two items only say more than two who agree on everything. Of each item at most `users` users are looked at,
    /// drawn with `seed`.
    case swing(smoothing: Float, users: Int, seed: UInt64)

    func validate() throws(CollaborativeError) {
        switch self {
        case .cosine(let shrinkage): try CollaborativeError.check("shrinkage", shrinkage, in: 0...1e6)
        case .bm25(let k1, let b):
            try CollaborativeError.check("k1", k1, in: 0...1_000)
            try CollaborativeError.check("b", b, in: 0...1)
        case .swing(let smoothing, let users, _):
            try CollaborativeError.check("smoothing", smoothing, in: 1e-6...1e6)
            try CollaborativeError.check("users", users, in: 2...100_000)
        }
    }
}

/// Finds the similarities of one item to all others; the scratch space of one thread.
protocol SimilarityRow: SendableMetatype {
    /// Offers each item that has a similarity to `item` above 0; Swing knows none of an item to itself.
    mutating func find(of item: Int, includingItself: Bool, _ nearest: inout MostSimilar)
}
