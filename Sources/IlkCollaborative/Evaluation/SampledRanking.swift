import Glibc
import IlkVectors

/// The measures of "Neural collaborative filtering" (He et al., WWW 2017): one item that was taken among 99 that were not.
///
/// They are printed to compare with papers that have nothing else. They order channels otherwise than full ranking does
/// (Krichene and Rendle, "On sampled metrics for item recommendation", KDD 2020), so nothing is chosen by them.
package struct SampledMeasures: Equatable, Sendable {
    package let hitRate: Double
    package let ndcg: Double

    package static let negatives = 99

    package init(hitRate: Double, ndcg: Double) {
        self.hitRate = hitRate
        self.ndcg = ndcg
    }
}

extension Examination {
    /// Ranks one item of each user's answer, drawn at random, among 99 others.
    ///
    /// - Parameters:
    ///   - scorer: made of the trial's training data.
    ///   - seed: the same seed draws the same items for every channel.
    ///   - threads: users are shared out among so many.
    /// - Returns: the means over users.
    package func sampledMeasures(of scorer: some ItemScorer, seed: UInt64, threads: Int = 1) -> SampledMeasures {
        let places = collect(threads: threads) { place, scores in
            let answer = answers[place]
            var generator = SplitMix64(seed: seed &+ UInt64(answer.user))
            let wanted = answer.items[Int.random(in: 0..<answer.items.count, using: &generator)]
            let others = strangers(to: place, &generator)
            scorer.score(user: Int(answer.user), excluding: excluded[place], into: &scores)
            return 1
                + others.count {
                    scores[Int($0)] > scores[Int(wanted)] || (scores[Int($0)] == scores[Int(wanted)] && $0 < wanted)
                }
        }
        let count = Double(max(places.count, 1))
        let found = places.filter { $0 <= RankingMeasures.width }
        return SampledMeasures(
            hitRate: Double(found.count) / count, ndcg: found.reduce(0) { $0 + 1 / log2(Double($1 + 1)) } / count)
    }

    /// Items that a user neither took afterwards nor is kept from, at most 99 different ones.
    private func strangers(to place: Int, _ generator: inout SplitMix64) -> [UInt32] {
        var known = Set(answers[place].items).union(excluded[place])
        var found: [UInt32] = []
        while found.count < SampledMeasures.negatives, known.count < trial.items {
            let item = UInt32(Int.random(in: 0..<trial.items, using: &generator))
            if known.insert(item).inserted { found.append(item) }
        }
        return found
    }
}
