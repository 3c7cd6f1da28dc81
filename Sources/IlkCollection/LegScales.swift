/// What points score that have nothing to do with a query.
package struct ScoreBackground: Sendable, Equatable {
    package var mean: Float
    /// The standard deviation of the population.
    package var deviation: Float
    /// How many points were looked at.
    package var count: Int

    package init(of scores: some Collection<Float>) {
        count = scores.count
        let total = Float(max(1, count))
        let mean = scores.reduce(0, +) / total
        self.mean = mean
        deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / total).squareRoot()
    }
}

/// How far a score of the dense leg stands out: `z·|z| / c²`, where z is in standard deviations of the background.
///
/// So a leg whose hits hardly differ from anything else speaks softly. An e5 vector's first hit has a z of about 5.
package struct DenseScale: Sendable {
    private let background: ScoreBackground
    private let unit: Float

    /// The z that counts 1; see ``ScoreFusion`` for where it comes from.
    private static let standard: Float = 4.5

    package init(_ background: ScoreBackground) {
        self.background = background
        // Of n values none has a z above √(n − 1).
        unit = min(Self.standard, 0.9 * Float(max(2, background.count) - 1).squareRoot())
    }

    package func value(_ score: Float) -> Float {
        guard background.deviation > 0 else { return score < background.mean ? 0 : 1 }
        let z = (score - background.mean) / background.deviation / unit
        return z * abs(z)
    }
}

/// What a score of the lexical leg is worth: the square of its part of the best hit's, less where that hit has little of
/// what a text with all the words would have.
///
/// So a few words that match by chance, of a question in another language for instance, do not outweigh the meaning.
package struct LexicalScale: Sendable {
    private let divisor: Float

    /// - Parameters:
    ///   - best: the first hit's score.
    ///   - largest: about what a document would score that has every word often.
    package init(best: Float, largest: Float) { divisor = best * max(best, largest / 3) }

    package func value(_ score: Float) -> Float { divisor > 0 ? score * score / divisor : 0 }
}
