/// What a policy would have earned, estimated from what another one showed and logged (off-policy evaluation).
///
/// Every decision counts by how much likelier the policy in question would have made it, `w = target / propensity`. IPS is
/// the mean of `w · reward` (Horvitz and Thompson, 1952): right on average, and noisy. SNIPS divides by the mean of `w`
/// (Swaminathan and Joachims, "The self-normalized estimator for counterfactual learning", NeurIPS 2015): a little biased,
/// and far less noisy.
package struct PolicyValue: Equatable, Sendable {
    /// One thing that was shown.
    package struct Decision: Equatable, Sendable {
        /// How likely the policy that logged it was to show it: above 0, at most 1.
        package var propensity: Double
        /// How likely the policy in question would be: 0 to 1.
        package var target: Double
        package var reward: Double

        package init(propensity: Double, target: Double, reward: Double) {
            self.propensity = propensity
            self.target = target
            self.reward = reward
        }
    }

    package let decisions: Int
    /// Decisions that the policy in question could have made.
    package let matched: Int
    /// What the policy that logged earned.
    package let logged: Double
    package let ips: Double
    package let ipsError: Double
    /// NaN where nothing matches.
    package let snips: Double
    package let snipsError: Double
    /// `(Σw)² / Σw²`: of so many decisions the estimate is as good as one made on the policy itself (Kish, 1965).
    package let effectiveSample: Double

    /// Estimates a policy's value.
    ///
    /// - Parameters:
    ///   - decisions: what was logged.
    ///   - clip: weights above it count as it, which trades noise for bias; nil clips nothing.
    /// - Throws: where there is no decision, or a number is out of range.
    package init(_ decisions: [Decision], clip: Double? = nil) throws(CollaborativeError) {
        guard !decisions.isEmpty else { throw .empty("no decision was logged") }
        for decision in decisions {
            guard decision.propensity > 0, decision.propensity <= 1 else {
                throw .parameter("propensity", found: "\(decision.propensity)", allowed: "over 0, up to 1")
            }
            guard (0...1).contains(decision.target) else {
                throw .parameter("target", found: "\(decision.target)", allowed: "0 to 1")
            }
            guard decision.reward.isFinite else {
                throw .parameter("reward", found: "\(decision.reward)", allowed: "a finite number")
            }
        }
        let weights = decisions.map { min($0.target / $0.propensity, clip ?? .infinity) }
        self.decisions = decisions.count
        matched = decisions.count { $0.target > 0 }
        logged = RankingMeasures.mean(decisions.map(\.reward)).mean
        (ips, ipsError) = RankingMeasures.mean(zip(weights, decisions).map { $0 * $1.reward })
        let total = weights.reduce(0, +), squares = weights.reduce(0) { $0 + $1 * $1 }
        let mean = zip(weights, decisions).reduce(0) { $0 + $1.0 * $1.1.reward } / total
        snips = mean
        // The delta method for a ratio of means.
        snipsError =
            zip(weights, decisions).reduce(0) { $0 + $1.0 * $1.0 * ($1.1.reward - mean) * ($1.1.reward - mean) }
            .squareRoot() / total
        effectiveSample = squares > 0 ? total * total / squares : 0
    }
}
