import Glibc
import IlkVectors

/// How likely it is that somebody takes what is offered, by what is known of the offer: logistic regression.
///
/// `P(y = 1 | x) = 1 / (1 + e^−(b + Σ βⱼ (xⱼ − mⱼ) / sⱼ))`, with the means `m` and deviations `s` of what was learned from. With
/// its intercept unpenalized it is calibrated on that: the mean probability is the share of what was taken.
package struct LogisticRanker: Equatable, Sendable {
    /// What the features are called, in their order, so that a stored model is not asked about others.
    package let names: [String]
    /// Shape `[features]`.
    package let means: [Float]
    /// All above 0: shape `[features]`.
    package let deviations: [Float]
    /// Of features counted in deviations from the mean: shape `[features]`.
    package let coefficients: [Float]
    package let intercept: Float

    package var features: Int { names.count }

    /// - Throws: where a length does not fit, a number is not finite, or a deviation is not above 0.
    package init(
        names: [String], means: [Float], deviations: [Float], coefficients: [Float], intercept: Float
    ) throws(CollaborativeError) {
        let count = names.count
        guard count > 0, means.count == count, deviations.count == count, coefficients.count == count else {
            throw .malformed(
                "\(count) names of features, \(means.count) means, \(deviations.count) deviations and "
                    + "\(coefficients.count) coefficients")
        }
        guard (means + deviations + coefficients + [intercept]).allSatisfy(\.isFinite) else {
            throw .malformed("a number that is not finite")
        }
        guard deviations.allSatisfy({ $0 > 0 }) else { throw .malformed("a deviation that is not above 0") }
        self.names = names
        self.means = means
        self.deviations = deviations
        self.coefficients = coefficients
        self.intercept = intercept
    }

    /// The logarithm of the odds, of features of shape `[features]`.
    ///
    /// It ranks as the probability does, and tells near ones apart where that is almost 0 or 1.
    package func logOdds(of features: Span<Float>) -> Float {
        precondition(features.count == coefficients.count, "\(features.count) of \(coefficients.count) features")
        var sum = intercept
        for place in coefficients.indices {
            sum += coefficients[place] * (features[place] - means[place]) / deviations[place]
        }
        return sum
    }

    /// `1 / (1 + e^−x)`, without overflow.
    static func probability(_ logOdds: Float) -> Float {
        guard logOdds < 0 else { return 1 / (1 + expf(-logOdds)) }
        let odds = expf(logOdds)
        return odds / (1 + odds)
    }
}
