package import IlkVectors

/// Groups what a person liked into interests: Ward's method on the directions of the items' vectors.
///
/// As in PinnerSage (Pal et al., KDD 2020): hierarchical clusters that are merged while that costs little variance, each
/// weighed by how much and how recently its items were liked. Two clusters are one interest while the squared distance of
/// their centres is under a share of what two items of the collection have between them on average.
package enum InterestClustering {
    /// The share of the collection's own spread up to which clusters are one.
    static let mergeBelow: Float = 0.6

    /// Clusters of rows, each with the rows' places in ascending order; the cluster of the first row comes first.
    ///
    /// - Parameters:
    ///   - vectors: shape `[rows, dimension]`, each row of length 1.
    ///   - spread: the mean squared distance of two items of the collection.
    /// - Returns: every row in exactly one cluster.
    /// - Complexity: O(rows³), some 50 µs for 48 rows, and one `sgemm`.
    package static func clusters(of vectors: Matrix, spread: Float) -> [[Int]] {
        let count = vectors.rows
        guard count > 1 else { return count == 1 ? [[0]] : [] }
        let products = vectors.multipliedByTranspose(0..<count, of: vectors, 0..<count)
        // Ward's cost of a merge, a·b/(a + b)·d² of the centres, begins at d²/2 and d² = 2 − 2cos.
        var costs = products.map { max(0, 1 - $0) }
        var members = (0..<count).map { [$0] }
        var alive = Array(0..<count)
        while alive.count > 1 {
            var best: (a: Int, b: Int, distance: Float)?
            var bestCost = Float.infinity
            for (position, a) in alive.enumerated() {
                for b in alive[(position + 1)...] where costs[a * count + b] < bestCost {
                    bestCost = costs[a * count + b]
                    let sizes = (Float(members[a].count), Float(members[b].count))
                    best = (a, b, bestCost * (sizes.0 + sizes.1) / (sizes.0 * sizes.1))
                }
            }
            guard let (a, b, distance) = best, distance < mergeBelow * spread else { break }
            merge(b, into: a, cost: bestCost, &costs, members, alive, count)
            members[a] += members[b]
            alive.removeAll { $0 == b }
        }
        return alive.map { members[$0].sorted() }
    }

    /// The recurrence of Lance & Williams (1967) for Ward's method.
    private static func merge(
        _ b: Int, into a: Int, cost: Float, _ costs: inout [Float], _ members: [[Int]], _ alive: [Int], _ count: Int
    ) {
        let sizeA = Float(members[a].count), sizeB = Float(members[b].count)
        for other in alive where other != a && other != b {
            let size = Float(members[other].count)
            let merged =
                ((size + sizeA) * costs[other * count + a] + (size + sizeB) * costs[other * count + b] - size * cost)
                / (size + sizeA + sizeB)
            costs[other * count + a] = merged
            costs[a * count + other] = merged
        }
    }
}
