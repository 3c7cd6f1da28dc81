import IlkVectors

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

    mutating func find(of item: Int, includingItself: Bool, _ nearest: inout MostSimilar) {
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
            if Int(other) != item, sum > nearest.bound { nearest.insert(other, sum) }
        }
    }

    /// Adds a pair of users, of whom the first one's items are marked, to all items that they share.
    private mutating func add(_ first: UInt32, _ second: UInt32) {
        let count = gather(second)
        let weight = weights[Int(first)] * weights[Int(second)] / (smoothing + Float(count))
        for item in shared[..<count] {
            if sums[Int(item)] == 0 { met.append(item) }
            sums[Int(item)] += weight
        }
    }

    /// Writes a user's marked items to `shared` and says how many there are.
    private mutating func gather(_ user: UInt32) -> Int {
        let byUser = matrix.byUser
        let isMarked = marks
        let indices = byUser.indices.span
        let marks = isMarked.span
        var room = shared.mutableSpan
        var count = 0
        for place in byUser.range(of: Int(user)) {
            // SAFETY: a row's range lies inside the indices, these are below the items, and a row is no longer than they are.
            unsafe room[unchecked: count] = indices[unchecked: place]
            unsafe count += Int(marks[unchecked: Int(indices[unchecked: place])])
        }
        return count
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
