import Glibc
import IlkVectors

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
    /// Calls `body` with each item that has a similarity to `item` above 0, and with that; `item` itself among them, but
    /// with Swing, which knows no such thing.
    mutating func forEach(of item: Int, _ body: (UInt32, Float) -> Void)
}

/// Inner products of an item's column with all others, divided by the lengths if it is a cosine.
struct ProductRow: SimilarityRow {
    private let matrix: InteractionMatrix
    /// Lengths of the columns, for a cosine: shape `[items]`.
    private let lengths: [Float]?
    private let shrinkage: Float
    private var sums: [Float]
    private var met: [UInt32] = []

    init(_ matrix: InteractionMatrix, lengths: [Float]?, shrinkage: Float) {
        self.matrix = matrix
        self.lengths = lengths
        self.shrinkage = shrinkage
        sums = [Float](repeating: 0, count: matrix.items)
    }

    /// Weights by BM25; see ``ItemSimilarity/bm25(k1:b:)``.
    static func bm25(_ matrix: InteractionMatrix, k1: Float, b: Float) -> InteractionMatrix {
        let lengths = (0..<matrix.items).map { matrix.byItem.values(of: $0).reduce(0, +) }
        let mean = max(lengths.reduce(0, +) / Float(max(matrix.items, 1)), .leastNormalMagnitude)
        let rarity = (0..<matrix.users).map { user in
            logf(Float(matrix.items)) - log1pf(Float(matrix.byUser.range(of: user).count))
        }
        return InteractionMatrix(
            byUser: matrix.byUser.mapped { user, item, value in
                let norm = 1 - b + b * lengths[item] / mean
                return value * (k1 + 1) / (k1 * norm + value) * max(rarity[user], 0)
            })
    }

    mutating func forEach(of item: Int, _ body: (UInt32, Float) -> Void) {
        met.removeAll(keepingCapacity: true)
        for place in matrix.byItem.range(of: item) {
            let weight = matrix.byItem.values[place]
            for other in matrix.byUser.range(of: Int(matrix.byItem.indices[place])) {
                let index = matrix.byUser.indices[other]
                if sums[Int(index)] == 0 { met.append(index) }
                sums[Int(index)] += weight * matrix.byUser.values[other]
            }
        }
        for other in met {
            let sum = sums[Int(other)]
            sums[Int(other)] = 0
            guard sum > 0 else { continue }
            body(other, lengths.map { sum / ($0[item] * $0[Int(other)] + shrinkage) } ?? sum)
        }
    }
}

/// Swing; see ``ItemSimilarity/swing(smoothing:users:seed:)``.
struct SwingRow: SimilarityRow {
    private let matrix: InteractionMatrix
    private let smoothing: Float
    private let limit: Int
    private let seed: UInt64
    /// `|I|^−½` of each user: shape `[users]`.
    private let weights: [Float]
    private var sums: [Float]
    private var met: [UInt32] = []
    /// 1 for the items of the user at hand.
    private var marks: [UInt8]
    private var shared: [UInt32]

    init(_ matrix: InteractionMatrix, smoothing: Float, users: Int, seed: UInt64) {
        self.matrix = matrix
        self.smoothing = smoothing
        self.seed = seed
        limit = users
        weights = (0..<matrix.users).map { 1 / Float(max(matrix.byUser.range(of: $0).count, 1)).squareRoot() }
        sums = [Float](repeating: 0, count: matrix.items)
        marks = [UInt8](repeating: 0, count: matrix.items)
        shared = [UInt32](repeating: 0, count: matrix.items)
    }

    mutating func forEach(of item: Int, _ body: (UInt32, Float) -> Void) {
        met.removeAll(keepingCapacity: true)
        let users = users(of: item)
        for (place, user) in users.enumerated() {
            let own = matrix.byUser.range(of: Int(user))
            for other in own { marks[Int(matrix.byUser.indices[other])] = 1 }
            for second in users[(place + 1)...] { add(user, second) }
            for other in own { marks[Int(matrix.byUser.indices[other])] = 0 }
        }
        for other in met {
            let sum = sums[Int(other)]
            sums[Int(other)] = 0
            if Int(other) != item { body(other, sum) }
        }
    }

    /// Adds a pair of users, of whom the first one's items are marked, to all items that they share.
    private mutating func add(_ first: UInt32, _ second: UInt32) {
        var count = 0
        for place in matrix.byUser.range(of: Int(second)) {
            let item = matrix.byUser.indices[place]
            shared[count] = item
            count += Int(marks[Int(item)])
        }
        let weight = weights[Int(first)] * weights[Int(second)] / (smoothing + Float(count))
        for item in shared[..<count] {
            if sums[Int(item)] == 0 { met.append(item) }
            sums[Int(item)] += weight
        }
    }

    /// An item's users; a random part of them where they are too many, the same for the same seed.
    private func users(of item: Int) -> [UInt32] {
        var users = Array(matrix.byItem.columns(of: item))
        guard users.count > limit else { return users }
        var generator = SplitMix64(seed: seed &+ UInt64(item))
        for place in 0..<limit { users.swapAt(place, Int.random(in: place..<users.count, using: &generator)) }
        return Array(users[..<limit])
    }
}
