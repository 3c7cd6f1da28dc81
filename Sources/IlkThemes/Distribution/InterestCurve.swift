/// How many times the clicks of a middling interest a person's interest in a venue brings: learned from feedback.
///
/// An interest is a *standing*: by how many standard deviations the venue's affinity is over those of all venues that were
/// offered to the person. Cosines of different models have different scales, standings have one. The curve is known at six
/// standings and straight between them.
struct InterestCurve: Sendable, Equatable {
    /// Standings at which the curve is known, ascending.
    static let knots = [-1.5, -0.7, 0, 0.7, 1.5, 2.5]
    /// What is believed there before anything was learned.
    static let priors = [0.5, 0.75, 1, 1.35, 1.8, 2.4]
    /// Exposures that this counts as, at each.
    static let priorExposures = 500.0

    /// At each knot the clicks, and the clicks that venues shown there would have had from a middling interest.
    private(set) var counts: [FadingCounts]

    init() { counts = Self.knots.map { _ in FadingCounts() } }

    /// The curve as it was kept; nil where it has another number of knots.
    init?(counts: [FadingCounts]) {
        guard counts.count == Self.knots.count else { return nil }
        self.counts = counts
    }

    /// The factors at the knots, for a click rate of venues in general.
    func factors(rate: Double, at now: Double) -> [Double] {
        counts.indices.map { knot in
            let seen = counts[knot].faded(to: now)
            let prior = Self.priorExposures * rate
            return (seen.clicks + prior * Self.priors[knot]) / (seen.exposures + prior)
        }
    }

    /// The factor of a standing; 1 where nothing is known of the interest.
    static func factor(of standing: Double?, _ factors: [Double]) -> Double {
        guard let standing else { return 1 }
        guard standing > knots[0] else { return factors[0] }
        for knot in 1..<knots.count where standing <= knots[knot] {
            let share = (standing - knots[knot - 1]) / (knots[knot] - knots[knot - 1])
            return factors[knot - 1] + share * (factors[knot] - factors[knot - 1])
        }
        return factors[knots.count - 1]
    }

    /// The knot that a standing is nearest to.
    static func knot(of standing: Double) -> Int {
        knots.indices.min { abs(knots[$0] - standing) < abs(knots[$1] - standing) } ?? 0
    }

    /// Learns of an exposure of a venue with a click rate of `rate`.
    mutating func expose(_ standing: Double, rate: Double, at now: Double) {
        counts[Self.knot(of: standing)].add(exposures: rate, of: now, at: now)
    }

    /// Learns of clicks that an exposure brought.
    mutating func click(_ standing: Double, _ clicks: Double, of moment: Double, at now: Double) {
        counts[Self.knot(of: standing)].add(clicks: clicks, of: moment, at: now)
    }

    /// The standings of affinities; nil where there is none.
    static func standings(of affinities: [Double?]) -> [Double?] {
        var sum = 0.0, squares = 0.0, count = 0.0
        for case let affinity? in affinities {
            sum += affinity
            squares += affinity * affinity
            count += 1
        }
        guard count > 0 else { return affinities }
        let mean = sum / count
        let deviation = max(0, squares / count - mean * mean).squareRoot()
        return affinities.map { affinity in
            affinity.map { deviation > 1e-6 ? ($0 - mean) / deviation : 0 }
        }
    }
}
