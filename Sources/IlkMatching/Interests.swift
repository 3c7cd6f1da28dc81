import IlkCollection
import IlkVectors

/// One thing a person cares about: a group of items that are alike.
package struct Interest: Sendable {
    /// Places in ``Taste/items``, largest weight first.
    package var members: [Int]
    /// Its share of all that the person liked, 0 to 1.
    package var importance: Float
    /// The member that is nearest to the others: what the interest is called by.
    package var medoid: Int
    /// The members' mean, weighed; shape `[dimension]`.
    package var vector: [Float]
}

/// The vectors of a person: what the person is after now, and what the person likes.
package struct TasteVectors: Sendable {
    /// Of the last few actions, each counting 0.8 of the one after it; nil where none has a vector.
    package var shortTerm: [Float]?
    /// Of everything, weighed and decayed; nil where nothing has a vector.
    package var longTerm: [Float]?
    /// The most important first.
    package var interests: [Interest] = []

    /// Items that interests are made of.
    static let itemLimit = 48
    static let interestLimit = 5
    static let recentLimit = 8

    package init() {}

    /// The vectors of a taste whose items were located, in one vector field.
    ///
    /// - Parameters:
    ///   - taste: what the person did.
    ///   - view: the collection.
    ///   - field: the vector field.
    ///   - spread: the mean squared distance of two of its directions.
    init(_ taste: Taste, _ view: ItemView, field: Int, spread: Float) {
        var vectors: [Int: [Float]] = [:]
        func vector(of item: Int) -> [Float]? {
            if let known = vectors[item] { return known }
            guard let ordinal = taste.items[item].ordinal, let found = view.vector(field, at: ordinal) else {
                return nil
            }
            vectors[item] = found
            return found
        }
        shortTerm = Self.recentVector(taste, view.dimension(of: field), vector)
        let liked = taste.liked(Self.itemLimit).filter { vector(of: $0) != nil }
        guard !liked.isEmpty else { return }
        let rows = liked.map { vectors[$0] ?? [] }
        let weights = liked.map { taste.items[$0].weight }
        longTerm = Self.mean(of: rows, weights)
        let directions = Matrix(
            rows: rows.count, columns: view.dimension(of: field), elements: rows.flatMap { Self.direction(of: $0) })
        let total = weights.reduce(0, +)
        let clusters = InterestClustering.clusters(of: directions, spread: spread)
        let all = clusters.map { cluster in
            Interest(
                members: cluster.map { liked[$0] }, importance: cluster.reduce(0) { $0 + weights[$1] } / total,
                medoid: liked[Self.medoid(of: cluster, directions)],
                vector: Self.mean(of: cluster.map { rows[$0] }, cluster.map { weights[$0] }))
        }
        // Rows come largest weight first, so equal importance is settled by the first member.
        let sorted = all.enumerated().sorted { a, b in
            a.element.importance != b.element.importance
                ? a.element.importance > b.element.importance : a.offset < b.offset
        }
        interests = sorted.prefix(Self.interestLimit).map(\.element)
    }

    private static func recentVector(_ taste: Taste, _ dimension: Int, _ vector: (Int) -> [Float]?) -> [Float]? {
        var sum = [Float](repeating: 0, count: dimension)
        var factor: Float = 1
        var found = 0
        for (item, action) in taste.recent where action.strength > 0 && found < recentLimit {
            guard let vector = vector(item) else { continue }
            for place in sum.indices { sum[place] += factor * action.strength * vector[place] }
            factor *= 0.8
            found += 1
        }
        return found == 0 || sum.allSatisfy { $0 == 0 } ? nil : scaled(sum, to: 1)
    }

    static func mean(of rows: [[Float]], _ weights: [Float]) -> [Float] {
        var sum = [Float](repeating: 0, count: rows.first?.count ?? 0)
        for (row, weight) in zip(rows, weights) {
            for place in sum.indices { sum[place] += weight * row[place] }
        }
        let total = weights.reduce(0, +)
        return total > 0 ? sum.map { $0 / total } : sum
    }

    /// A vector scaled to a length; zeros stay zeros.
    static func scaled(_ vector: [Float], to length: Float) -> [Float] {
        let norm = Kernels.dot(vector.span, vector.span).squareRoot()
        return norm > 0 ? vector.map { $0 / norm * length } : vector
    }

    package static func direction(of vector: [Float]) -> [Float] { scaled(vector, to: 1) }

    /// The row that has the largest sum of cosines with the others of its cluster.
    private static func medoid(of cluster: [Int], _ directions: Matrix) -> Int {
        var sum = [Float](repeating: 0, count: directions.columns)
        for row in cluster {
            let vector = directions.row(row)
            for place in sum.indices { sum[place] += vector[place] }
        }
        var best = cluster[0]
        var bestScore = -Float.infinity
        for row in cluster {
            let score = Kernels.dot(directions.row(row).span, sum.span)
            if score > bestScore {
                best = row
                bestScore = score
            }
        }
        return best
    }
}

extension ItemView {
    /// The mean squared distance of the directions of two items, from a sample of 64.
    func spread(of field: Int) -> Float {
        let end = endOrdinal
        guard end > 0 else { return 2 }
        var generator = SplitMix64(seed: 64)
        var rows: [[Float]] = []
        for _ in 0..<512 where rows.count < 64 {
            let ordinal = Ordinal(UInt32.random(in: 0..<UInt32(end), using: &generator))
            if let vector = vector(field, at: ordinal) { rows.append(TasteVectors.direction(of: vector)) }
        }
        guard rows.count > 1 else { return 2 }
        // Σ|a − b|² over all pairs is 2(n² − |Σa|²), and n(n − 1) of them are of two.
        let sum = TasteVectors.mean(of: rows, rows.map { _ in 1 })
        let count = Float(rows.count)
        return max(1e-6, 2 * (1 - Kernels.dot(sum.span, sum.span)) * count / (count - 1))
    }
}
