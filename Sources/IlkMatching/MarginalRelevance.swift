import IlkCollection
import IlkVectors

/// Weighs candidates by score and by how unlike they are to those that were chosen.
///
/// Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): score less weight × the largest cosine with a chosen
/// one. A candidate is compared only once somebody asks for it, and with each chosen one once.
struct MarginalRelevance {
    private let scores: [Float]
    private let ordinals: [Ordinal]
    private let weight: Float?
    private let view: ItemView
    private let field: Int
    private let dimension: Int
    private let largest: Float

    /// The directions that were read so far, row after row: shape `[read, dimension]`.
    private var directions: [Float] = []
    /// By candidate: its row in ``directions``; `unread` before it was asked for, `none` where it has no vector.
    private var rows: [Int]
    /// Rows of those that were chosen.
    private var chosen: [Int] = []
    /// By candidate: the largest cosine so far, and with how many chosen ones it was compared.
    private var similarities: [(cosine: Float, compared: Int)]

    private static let unread = -1
    private static let none = -2

    /// - Parameters:
    ///   - scores: of the candidates, best first.
    ///   - ordinals: where they are; there may be more.
    ///   - weight: how much unlikeness counts, 0 to 1; nil for nothing but scores.
    ///   - view: the collection.
    ///   - field: the vector field.
    init(of scores: [Float], _ ordinals: [Ordinal], weight: Float?, _ view: ItemView, field: Int) {
        self.scores = scores
        self.ordinals = ordinals
        self.weight = weight
        self.view = view
        self.field = field
        dimension = weight == nil ? 0 : view.dimension(of: field)
        largest = max(scores.first ?? 1, .leastNormalMagnitude)
        let count = weight == nil ? 0 : scores.count
        rows = [Int](repeating: Self.unread, count: count)
        similarities = [(cosine: Float, compared: Int)](repeating: (0, 0), count: count)
    }

    /// The best of some candidates, which come best score first.
    mutating func best(of places: [Int]) -> Int? {
        guard let weight else { return places.first }
        var best: Int?
        var bestWorth = -Float.infinity
        for place in places {
            let worth = (1 - weight) * scores[place] / largest - weight * similarity(of: place)
            if worth > bestWorth { (best, bestWorth) = (place, worth) }
        }
        return best
    }

    /// Notes that a candidate was chosen.
    mutating func take(_ place: Int) {
        guard weight != nil, let row = row(of: place) else { return }
        chosen.append(row)
    }

    private mutating func row(of place: Int) -> Int? {
        if rows[place] == Self.unread {
            if let vector = view.vector(field, at: ordinals[place]) {
                rows[place] = directions.count / dimension
                directions += TasteVectors.direction(of: vector)
            } else {
                rows[place] = Self.none
            }
        }
        return rows[place] == Self.none ? nil : rows[place]
    }

    private mutating func similarity(of place: Int) -> Float {
        guard let row = row(of: place) else { return 0 }
        let known = similarities[place]
        let cosine = max(known.cosine, largestCosine(of: row, with: chosen[known.compared...]))
        similarities[place] = (cosine, chosen.count)
        return cosine
    }

    private func largestCosine(of row: Int, with others: ArraySlice<Int>) -> Float {
        let all = directions.span
        var largest = -Float.infinity
        for other in others {
            let cosine = Kernels.dot(
                all.extracting(row * dimension..<(row + 1) * dimension),
                all.extracting(other * dimension..<(other + 1) * dimension))
            largest = max(largest, cosine)
        }
        return largest
    }
}
