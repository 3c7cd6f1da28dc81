import IlkVectors

/// Finds the weights with which channels together rank best, on a trial that is not the one to be reported.
///
/// One weight after the other is tried at several values and the best is kept, until none gets better. Only the best
/// items of each channel are looked at, as a merge can hardly put another one first.
package struct WeightTuning: Sendable {
    /// Each user's candidates: what the channels say of them, and which of them were wanted.
    private let users: [Candidates]
    private let channels: Int

    private struct Candidates: Sendable {
        /// Scores on the common scale: shape `[candidates, channels]`.
        let scores: [Float]
        let isWanted: [Bool]
        /// All that were wanted, candidates or not.
        let wanted: Int
    }

    /// Gathers what channels say.
    ///
    /// - Parameters:
    ///   - channels: made of the training data of `examination`.
    ///   - examination: the validation period's, never the test's.
    ///   - depth: how many items of each channel are looked at.
    ///   - threads: users are shared out among so many.
    package init(_ channels: [any ItemScorer], on examination: Examination, depth: Int = 100, threads: Int = 1) {
        self.channels = channels.count
        users = examination.collect(threads: threads) { place, scores in
            let answer = examination.answers[place]
            let rows = channels.map { channel in
                channel.score(user: Int(answer.user), into: &scores)
                ChannelMerge.scale(&scores, excluding: examination.excluded[place])
                return scores
            }
            let found = Set(rows.flatMap { row in TopItems.of(row, depth).filter { row[Int($0)] > 0 } }).sorted()
            let wanted = Set(answer.items)
            return Candidates(
                scores: found.flatMap { item in rows.map { $0[Int(item)] } }, isWanted: found.map(wanted.contains),
                wanted: wanted.count)
        }
    }

    /// The mean NDCG@10 with some weights.
    package func quality(_ weights: [Float], threads: Int = 1) -> Double {
        var gains = Matrix(rows: users.count, columns: 1, elements: [Float](repeating: 0, count: users.count))
        unsafe RowBlocks.fill(&gains, threads: threads) { block, target in
            for (line, user) in block.enumerated() {
                // SAFETY: the block's rows are this thread's alone.
                unsafe target[line] = gain(users[user], weights)
            }
        }
        return Double(gains.elements.reduce(0, +)) / Double(max(users.count, 1))
    }

    private func gain(_ user: Candidates, _ weights: [Float]) -> Float {
        let sums = user.isWanted.indices.map { candidate in
            weights.indices.reduce(Float(0)) { $0 + weights[$1] * user.scores[candidate * channels + $1] }
        }
        let top = TopItems.of(sums, RankingMeasures.width)
        let places = top.indices.filter { user.isWanted[Int(top[$0])] }.map { $0 + 1 }
        return Float(
            RankedAnswer(top: top, places: places, first: 1, wanted: user.wanted).ndcg(at: RankingMeasures.width))
    }

    /// What a weight is multiplied by when another one is looked for.
    private static let steps: [Float] = [0, 0.25, 0.5, 0.7, 0.85, 1.18, 1.4, 2, 4]
    /// The shares of all other weights that a weight is set to besides.
    private static let shares: [Float] = [0.05, 0.1, 0.2, 0.35, 0.6, 1]

    /// Looks for the weights.
    ///
    /// - Parameters:
    ///   - rounds: how often each weight is tried at most.
    ///   - threads: users are shared out among so many.
    /// - Returns: the weights, whose sum is 1, and their mean NDCG@10.
    package func best(rounds: Int = 8, threads: Int = 1) -> (weights: [Float], ndcg: Double) {
        var weights = [Float](repeating: 1 / Float(channels), count: channels)
        var best = quality(weights, threads: threads)
        for _ in 0..<rounds {
            let before = best
            for channel in 0..<channels {
                let total = weights.reduce(0, +)
                // A weight that has gone to nothing may come back.
                let others = total - weights[channel]
                let values = Self.steps.map { weights[channel] * $0 } + Self.shares.map { others * $0 }
                for value in values {
                    var tried = weights
                    tried[channel] = value
                    guard tried.contains(where: { $0 > 0 }) else { continue }
                    let quality = quality(tried, threads: threads)
                    if quality > best { (weights, best) = (tried, quality) }
                }
            }
            if best - before < 1e-6 { break }
        }
        let total = weights.reduce(0, +)
        return (weights.map { $0 / total }, best)
    }
}
