import Glibc

/// Inner products of an item's column with all others, divided by the lengths if it is a cosine.
struct ProductRow: SimilarityRow {
    private let matrix: InteractionMatrix
    /// Shape `[items]`; an inner product is divided by the product of two of these, plus `shrinkage`.
    private let lengths: [Float]
    private let shrinkage: Float
    /// Between two items all 0: shape `[items]`.
    private var sums: [Float]
    private var met: [UInt32] = []

    /// The cosine, with `shrinkage` added to the product of the lengths.
    static func cosine(_ matrix: InteractionMatrix, lengths: [Float], shrinkage: Float) -> ProductRow {
        ProductRow(matrix, lengths: lengths, shrinkage: shrinkage)
    }

    /// The inner product as it is.
    static func product(_ matrix: InteractionMatrix) -> ProductRow {
        ProductRow(matrix, lengths: [Float](repeating: 0, count: matrix.items), shrinkage: 1)
    }

    private init(_ matrix: InteractionMatrix, lengths: [Float], shrinkage: Float) {
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

    /// How many items there may be for each product, so that looking at all of them is as fast as to remember which ones
    /// were met.
    private static let itemsPerProduct = 4

    mutating func find(of item: Int, includingItself: Bool, _ nearest: inout MostSimilar) {
        let users = matrix.byItem.range(of: item)
        let products = users.reduce(0) { $0 + matrix.byUser.range(of: Int(matrix.byItem.indices[$1])).count }
        let own = lengths[item]
        if matrix.items <= products * Self.itemsPerProduct {
            add(users)
            if !includingItself { sums[item] = 0 }
            scan(own, &nearest)
        } else {
            met.removeAll(keepingCapacity: true)
            addAndRemember(users)
            for other in met {
                let sum = sums[Int(other)]
                sums[Int(other)] = 0
                guard includingItself || Int(other) != item else { continue }
                let similarity = sum / (own * lengths[Int(other)] + shrinkage)
                if similarity > nearest.bound { nearest.insert(other, similarity) }
            }
        }
    }

    /// Adds the rows of an item's users to the sums.
    private mutating func add(_ users: Range<Int>) {
        let (byUser, byItem) = (matrix.byUser, matrix.byItem)
        let indices = byUser.indices.span
        let values = byUser.values.span
        var target = sums.mutableSpan
        for place in users {
            let weight = byItem.values[place]
            for other in byUser.range(of: Int(byItem.indices[place])) {
                // SAFETY: a row's range lies inside both arrays, and a matrix's indices are below its columns, the items.
                unsafe target[unchecked: Int(indices[unchecked: other])] += weight * values[unchecked: other]
            }
        }
    }

    /// The same, and which items were met.
    private mutating func addAndRemember(_ users: Range<Int>) {
        for place in users {
            let weight = matrix.byItem.values[place]
            for other in matrix.byUser.range(of: Int(matrix.byItem.indices[place])) {
                let index = matrix.byUser.indices[other]
                if sums[Int(index)] == 0 { met.append(index) }
                sums[Int(index)] += weight * matrix.byUser.values[other]
            }
        }
    }

    /// Looks at all sums, 16 at a time, and puts 0 in their place.
    private mutating func scan(_ own: Float, _ nearest: inout MostSimilar) {
        let count = sums.count
        let (lengths, shrinkage) = (lengths, shrinkage)
        let divisors = lengths.span
        var sums = sums.mutableSpan
        var start = 0
        while start < count {
            let width = min(16, count - start)
            var isWorthy = width < 16
            if width == 16 {
                // SAFETY: 16 floats from `start` on lie inside both.
                let (products, others) = unsafe (
                    sums.span.bytes.unsafeLoadUnaligned(fromByteOffset: 4 * start, as: SIMD16<Float>.self),
                    divisors.bytes.unsafeLoadUnaligned(fromByteOffset: 4 * start, as: SIMD16<Float>.self)
                )
                // A little less than the bound, as the division below rounds otherwise.
                let least = (others * own + shrinkage) * (nearest.bound * (1 - 1e-6))
                isWorthy = any(products .> least)
            }
            if isWorthy {
                for other in start..<start + width where sums[other] > 0 {
                    let similarity = sums[other] / (own * divisors[other] + shrinkage)
                    if similarity > nearest.bound { nearest.insert(UInt32(other), similarity) }
                }
            }
            for other in start..<start + width { unsafe sums[unchecked: other] = 0 }
            start += width
        }
    }
}
