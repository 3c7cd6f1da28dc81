import IlkVectors

extension Examination {
    /// Ranks all offered items for every user.
    ///
    /// - Parameters:
    ///   - scorer: made of the trial's training data, and of nothing else.
    ///   - threads: users are shared out among so many.
    /// - Returns: one for each of ``answers``.
    package func rank(by scorer: some ItemScorer, threads: Int = 1) -> [RankedAnswer] {
        collect(threads: threads) { place, scores in
            scorer.score(user: Int(answers[place].user), excluding: excluded[place], into: &scores)
            for item in excluded[place] { scores[Int(item)] = -.infinity }
            return RankedAnswer(scores: scores, answer: answers[place].items, depth: RankingMeasures.depth)
        }
    }

    /// Reckons what the rankings are worth.
    package func measures(of ranked: [RankedAnswer]) -> RankingMeasures {
        let matrix = InteractionMatrix(users: trial.users, items: trial.items, events: trial.training)
        let users = (0..<trial.users).count { !matrix.byUser.range(of: $0).isEmpty }
        return RankingMeasures(ranked, usersOfItems: matrix.usersOfItems(), users: users)
    }

    /// Calls `body` for each of ``answers``, with room for a score of each item.
    func collect<Value: Sendable>(threads: Int, _ body: @Sendable (Int, inout [Float]) -> Value) -> [Value] {
        PhasedWork.map(
            threads: threads, count: answers.count, block: 16,
            scratch: { [Float](repeating: 0, count: trial.items) }, body)
    }
}
