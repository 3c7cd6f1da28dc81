import IlkProtocol
import IlkVectors

/// What the legs of a search said of one version of a point.
struct Candidate {
    var ordinal: Ordinal
    var distance: Float?
    var score: Float
    var scores = LegScores()
    var ranks = LegRanks()
}

/// Weighted reciprocal rank fusion: Σ w / (60 + rank) over the legs that found a point.
///
/// Cormack, Clarke, Büttcher: Reciprocal rank fusion outperforms Condorcet and individual rank learning methods, 2009.
/// Scores of different kinds need not be comparable: only the ranks count.
struct RankFusion {
    /// The constant of the paper, which keeps first places from outweighing everything.
    static let constant: Float = 60

    let weights: LegWeights

    /// Fuses two legs, each best first: best first, ties in the order of ordinals.
    func fuse(dense: [Candidate], lexical: [Candidate]) -> [Candidate] {
        var fused: [Ordinal: Candidate] = [:]
        fused.reserveCapacity(dense.count + lexical.count)
        for (place, candidate) in dense.enumerated() {
            var candidate = candidate
            candidate.ranks.dense = place + 1
            candidate.distance = nil
            candidate.score = weights.dense / (Self.constant + Float(place + 1))
            fused[candidate.ordinal] = candidate
        }
        for (place, candidate) in lexical.enumerated() {
            let share = weights.lexical / (Self.constant + Float(place + 1))
            var both = fused[candidate.ordinal] ?? Candidate(ordinal: candidate.ordinal, score: 0)
            both.score += share
            both.scores.lexical = candidate.scores.lexical
            both.ranks.lexical = place + 1
            fused[candidate.ordinal] = both
        }
        return fused.values.sorted { ($0.score, $1.ordinal.rawValue) > ($1.score, $0.ordinal.rawValue) }
    }
}
