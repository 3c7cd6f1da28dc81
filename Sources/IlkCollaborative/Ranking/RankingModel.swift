/// A model that says of an offer how likely it is to be taken, by its features.
///
/// Features go by name: a model is asked with the values of its own ``names``, in their order.
package protocol RankingModel: Sendable {
    /// What the features are called, in their order.
    var names: [String] { get }

    /// The logarithm of the odds, of features of shape `[features]`.
    func logOdds(of features: Span<Float>) -> Float

    /// What each feature adds to the logarithm of the odds, beside what is said of an offer of which nothing is known.
    ///
    /// - Parameter features: shape `[features]`.
    /// - Returns: shape `[features]`.
    func contributions(of features: Span<Float>) -> [Float]

    /// The model for keeping.
    var bytes: [UInt8] { get }
}

extension RankingModel {
    /// The probability, between 0 and 1, for features of shape `[features]`.
    package func probability(of features: Span<Float>) -> Float { LogisticRanker.probability(logOdds(of: features)) }
}

extension LogisticRanker: RankingModel {
    /// `βⱼ (xⱼ − mⱼ) / sⱼ`: how far a feature is from the mean, weighed.
    package func contributions(of features: Span<Float>) -> [Float] {
        precondition(features.count == coefficients.count, "\(features.count) of \(coefficients.count) features")
        return coefficients.indices.map { coefficients[$0] * (features[$0] - means[$0]) / deviations[$0] }
    }
}

/// The kinds of models that rank.
package enum RankingModels {
    /// The model that bytes hold; nil for bytes that do not begin like one.
    ///
    /// - Throws: where they begin like one and are none.
    package static func model(of bytes: [UInt8]) throws(CollaborativeError) -> (any RankingModel)? {
        if bytes.starts(with: LogisticRanker.magic) { return try LogisticRanker(bytes: bytes) }
        if bytes.starts(with: GradientBoostedTrees.magic) { return try GradientBoostedTrees(bytes: bytes) }
        if bytes.starts(with: FactorizationMachine.magic) { return try FactorizationMachine(bytes: bytes) }
        return nil
    }
}
