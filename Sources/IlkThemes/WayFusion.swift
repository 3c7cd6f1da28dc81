import IlkCollection
import IlkProtocol

/// Puts several rankings of the same things together by their scores, on the scales of a hybrid search.
struct WayFusion<Item: Hashable & Sendable> {
    /// The scale of a way.
    enum Scale: Sendable {
        /// How far a score stands out from what unrelated things score.
        case meaning(ScoreBackground)
        /// Part of the best score, or of a third of what would be the `largest`.
        case words(largest: Float)
    }

    /// One ranking, best first.
    struct Way: Sendable {
        var hits: [(item: Item, score: Float)]
        var scale: Scale
        var weight = 1.0
    }

    /// What became of one thing.
    struct Fused: Sendable {
        var item: Item
        /// The weighted mean of the ways' scales: about 1 for what every way finds good.
        var score: Double
        /// For each way the place from 1, nil where it has it not.
        var ranks: [Int?]
        /// For each way its own score.
        var scores: [Float?]

        /// The ranks that there are, under the names of the ways.
        func ranks(named names: [String]) -> JSONObject {
            JSONObject(zip(names, ranks).compactMap { name, rank in rank.map { (name, .int(Int64($0))) } })
        }
    }

    /// Fuses ways: best first; among equals what was first in the first way comes first.
    func fuse(_ ways: [Way]) -> [Fused] {
        var fused: [Fused] = []
        var places: [Item: Int] = [:]
        let total = ways.filter { !$0.hits.isEmpty }.reduce(0) { $0 + $1.weight }
        for (number, way) in ways.enumerated() {
            guard let best = way.hits.first?.score else { continue }
            let value: (Float) -> Float =
                switch way.scale {
                case .meaning(let background): DenseScale(background).value
                case .words(let largest): LexicalScale(best: best, largest: largest).value
                }
            for (rank, hit) in way.hits.enumerated() {
                let place = places[hit.item] ?? fused.count
                if place == fused.count {
                    places[hit.item] = place
                    fused.append(
                        Fused(
                            item: hit.item, score: 0, ranks: ways.map { _ in nil }, scores: ways.map { _ in nil }))
                }
                fused[place].score += Double(value(hit.score)) * way.weight / total
                fused[place].ranks[number] = rank + 1
                fused[place].scores[number] = hit.score
            }
        }
        return fused.enumerated().sorted {
            $0.element.score != $1.element.score ? $0.element.score > $1.element.score : $0.offset < $1.offset
        }.map(\.element)
    }
}

extension JSONValue {
    /// A number with four digits behind the point: scores need no more.
    static func short(_ value: Double) -> JSONValue { .double((value * 10_000).rounded() / 10_000) }
}
