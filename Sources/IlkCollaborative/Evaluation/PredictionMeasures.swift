import Glibc

/// How well probabilities foretell what was taken of what was shown.
package struct PredictionMeasures: Equatable, Sendable {
    /// Examples whose probabilities are alike.
    package struct Bin: Equatable, Sendable {
        package let examples: Int
        /// Their mean probability.
        package let expected: Double
        /// The share of them that was taken.
        package let found: Double
    }

    package let examples: Int
    package let taken: Int
    /// The mean of `−ln` of the probability of what happened: 0 for who knows everything.
    package let logLoss: Double
    /// How likely one that was taken stands above one that was not; ½ for chance, and where there are none of one kind.
    package let auc: Double
    /// The same within each answer, weighed by its examples; nil where no answer has both kinds.
    ///
    /// What tells one answer's items apart is what ranks them; the area over all answers is also that of who clicks at all
    /// (Zhu et al., "Optimized cost per click in Taobao display advertising", KDD 2017).
    package let aucWithinAnswers: Double?
    /// Tenths of the examples by probability, lowest first: where a model is calibrated, what was expected was found.
    package let bins: [Bin]

    /// Holds probabilities against what happened.
    ///
    /// - Parameters:
    ///   - logOdds: what the model says of each: shape `[examples]`.
    ///   - ranking: what the model would order them by, the larger the higher, where that is something else.
    ///   - isTaken: what happened: shape `[examples]`.
    ///   - answers: which one each was shown in: shape `[examples]`.
    package init(_ logOdds: [Float], ranking: [Float]? = nil, isTaken: [Bool], answers: [UInt32]) {
        precondition(logOdds.count == isTaken.count && answers.count == isTaken.count && !isTaken.isEmpty)
        examples = isTaken.count
        taken = isTaken.count { $0 }
        logLoss =
            zip(logOdds, isTaken).reduce(0) { sum, example in
                let x = Double(example.1 ? -example.0 : example.0)
                return sum + max(x, 0) + log1p(exp(-abs(x)))
            } / Double(isTaken.count)
        let order = ranking ?? logOdds
        auc = Self.auc(order, isTaken, of: Array(order.indices)) ?? 0.5
        var weighted = 0.0, weight = 0.0
        for (_, places) in Dictionary(grouping: answers.indices, by: { answers[$0] }).sorted(by: { $0.key < $1.key }) {
            guard let area = Self.auc(order, isTaken, of: places) else { continue }
            weighted += Double(places.count) * area
            weight += Double(places.count)
        }
        aucWithinAnswers = weight > 0 ? weighted / weight : nil
        let rising = logOdds.indices.sorted { logOdds[$0] < logOdds[$1] }
        let count = min(10, rising.count)
        bins = (0..<count).map { bin in
            let part = rising[bin * rising.count / count..<(bin + 1) * rising.count / count]
            let expected = part.reduce(0) { $0 + Double(LogisticRanker.probability(logOdds[$1])) }
            return Bin(
                examples: part.count, expected: expected / Double(part.count),
                found: Double(part.count { isTaken[$0] }) / Double(part.count))
        }
    }

    /// The share of pairs of a taken and another example that stand the right way round, equal ones counting half; nil
    /// where there are no pairs.
    private static func auc(_ scores: [Float], _ isTaken: [Bool], of places: [Int]) -> Double? {
        let rising = places.sorted { scores[$0] < scores[$1] }
        let taken = rising.count { isTaken[$0] }
        guard taken > 0, taken < rising.count else { return nil }
        // The sum of the ranks of what was taken (Mann & Whitney, 1947).
        var sum = 0.0
        var start = 0
        while start < rising.count {
            var end = start
            while end < rising.count, scores[rising[end]] == scores[rising[start]] { end += 1 }
            let rank = Double(start + end + 1) / 2
            sum += rank * Double(rising[start..<end].count { isTaken[$0] })
            start = end
        }
        let least = Double(taken * (taken + 1)) / 2
        return (sum - least) / Double(taken * (rising.count - taken))
    }
}
