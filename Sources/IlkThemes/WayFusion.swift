import IlkProtocol

/// Puts several rankings of the same things together by their scores, each on a scale from 0 to 1.
///
/// Where a way's scale begins is its nature: vectors are all somewhat alike, so theirs begins at the last hit; a score of
/// words begins at nothing, and ends no lower than a third of what all of the words would give, so that one common word
/// of many is not taken for a find.
struct WayFusion<Item: Hashable & Sendable> {
    /// Where the scale of a way begins.
    enum Floor: Sendable {
        /// At the score of the last hit.
        case last
        /// At 0; it ends at the best score, or a third of `largest` if that is more.
        case zero(largest: Float)
    }

    /// One ranking, best first.
    struct Way: Sendable {
        var hits: [(item: Item, score: Float)]
        var floor: Floor
        var weight = 1.0
    }

    /// What became of one thing.
    struct Fused: Sendable {
        var item: Item
        /// 0 to 1: the weighted mean of the ways' scales.
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
            guard let first = way.hits.first?.score, let last = way.hits.last?.score else { continue }
            for (rank, hit) in way.hits.enumerated() {
                let share: Float =
                    switch way.floor {
                    case .last: first > last ? (hit.score - last) / (first - last) : 1
                    case .zero(let largest): max(first, largest / 3) > 0 ? hit.score / max(first, largest / 3) : 0
                    }
                let place = places[hit.item] ?? fused.count
                if place == fused.count {
                    places[hit.item] = place
                    fused.append(
                        Fused(
                            item: hit.item, score: 0, ranks: ways.map { _ in nil }, scores: ways.map { _ in nil }))
                }
                fused[place].score += Double(share) * way.weight / total
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
