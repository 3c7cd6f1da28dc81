import Glibc
import IlkVectors

/// What is believed of a venue's click rate, for a person whose interest in it is middling: a Beta distribution.
///
/// An exposure to somebody of whom f times the clicks are to be expected counts as f exposures, as in «clicks over expected
/// clicks» (Zhang & Jones, WWW 2007); so a venue is not held to be good because it was shown to those who like such things.
struct ClickBelief: Sendable, Equatable {
    /// 1 and more clicks, as if seen before.
    let alpha: Double
    /// Exposures without a click.
    let beta: Double

    /// Exposures that the prior counts as.
    static let priorExposures = 20.0

    /// The belief after what was seen, beginning with what is known of venues in general.
    ///
    /// - Parameters:
    ///   - counts: what was seen, faded to now.
    ///   - rate: the click rate of venues in general.
    init(_ counts: (exposures: Double, clicks: Double), rate: Double) {
        alpha = rate * Self.priorExposures + counts.clicks
        beta = (1 - rate) * Self.priorExposures + max(0, counts.exposures - counts.clicks)
    }

    var mean: Double { alpha / (alpha + beta) }

    /// The standard deviation.
    var deviation: Double {
        let sum = alpha + beta
        return (alpha * beta / (sum * sum * (sum + 1))).squareRoot()
    }

    /// What the rate is under with a probability of 97.5 %, by the normal approximation.
    var upperBound: Double { mean + 1.96 * deviation }

    /// A rate drawn from the belief: what Thompson sampling ranks by (Thompson, Biometrika 1933; Chapelle & Li, NIPS 2011).
    func sample(using generator: inout SplitMix64) -> Double {
        let clicked = Self.gamma(alpha, &generator)
        let passed = Self.gamma(beta, &generator)
        return clicked / (clicked + passed)
    }

    /// A number of the Gamma distribution of a shape, scale 1: Marsaglia & Tsang, ACM TOMS 26 (2000).
    private static func gamma(_ shape: Double, _ generator: inout SplitMix64) -> Double {
        guard shape >= 1 else {
            let power = pow(unit(&generator), 1 / shape)
            return max(.leastNormalMagnitude, gamma(shape + 1, &generator) * power)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal(&generator)
            let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
            guard v > 0 else { continue }
            if log(unit(&generator)) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    /// A number of the standard normal distribution: Marsaglia's polar method.
    private static func normal(_ generator: inout SplitMix64) -> Double {
        while true {
            let x = 2 * unit(&generator) - 1
            let y = 2 * unit(&generator) - 1
            let square = x * x + y * y
            guard square > 0, square < 1 else { continue }
            return x * (-2 * log(square) / square).squareRoot()
        }
    }

    /// A number over 0 and under 1.
    private static func unit(_ generator: inout SplitMix64) -> Double {
        (Double(generator.next() >> 11) + 0.5) * 0x1p-53
    }
}
