import Glibc

/// How well a channel ranks, over many users.
package struct RankingMeasures: Equatable, Sendable {
    package let users: Int
    /// The share of users with something found among the first 10.
    package let hitRate: Double
    package let ndcg: Double
    /// The mean share of what should be found that is among the first 50.
    package let recall: Double
    /// The mean reciprocal rank of the first thing found, among all items.
    package let reciprocalRank: Double
    /// Standard errors of the means over users.
    package let hitRateError: Double
    package let ndcgError: Double
    /// The share of all items that somebody got among the first 10.
    package let coverage: Double
    /// The mean surprise of the first 10, in bits: −log₂ of the share of users who have taken the item.
    package let novelty: Double
    /// How unevenly the first 10 are shared out among all items: 0 evenly, towards 1 always the same ones.
    package let gini: Double

    package static let width = 10
    package static let depth = 50

    /// Reckons the measures of a channel.
    ///
    /// - Parameters:
    ///   - answers: at least one.
    ///   - usersOfItems: how many users took each item in training: shape `[items]`.
    ///   - users: how many users there are in training.
    package init(_ answers: [RankedAnswer], usersOfItems: [Int], users: Int) {
        self.users = answers.count
        let gains = answers.map { $0.ndcg(at: Self.width) }
        let hits = answers.map { $0.hit(at: Self.width) }
        (hitRate, hitRateError) = Self.mean(hits)
        (ndcg, ndcgError) = Self.mean(gains)
        recall = Self.mean(answers.map { $0.recall(at: Self.depth) }).mean
        reciprocalRank = Self.mean(answers.map(\.reciprocalRank)).mean
        var shown = [Int](repeating: 0, count: usersOfItems.count)
        var surprise = 0.0
        for item in answers.lazy.flatMap({ $0.top.prefix(Self.width) }) {
            shown[Int(item)] += 1
            surprise -= log2(Double(max(usersOfItems[Int(item)], 1)) / Double(max(users, 1)))
        }
        coverage = Double(shown.count { $0 > 0 }) / Double(max(shown.count, 1))
        novelty = surprise / Double(max(shown.reduce(0, +), 1))
        gini = Self.gini(shown)
    }

    /// The mean, and the standard error of it.
    package static func mean(_ values: [Double]) -> (mean: Double, error: Double) {
        guard !values.isEmpty else { return (0, 0) }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        guard values.count > 1 else { return (mean, 0) }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / (count - 1) / count).squareRoot())
    }

    /// The Gini coefficient of counts; 0 for none.
    package static func gini(_ counts: [Int]) -> Double {
        let total = Double(counts.reduce(0, +))
        guard total > 0 else { return 0 }
        let count = Double(counts.count)
        let weighted = counts.sorted().enumerated().reduce(0.0) { $0 + Double($1.offset + 1) * Double($1.element) }
        return (2 * weighted / total - count - 1) / count
    }
}
