import IlkProtocol
import IlkVectors

/// A way to choose venues, as a simulation asks it.
protocol DistributionPolicy {
    /// Venues for a visitor, by number; those that are open come with their affinities.
    mutating func choose(_ open: [VenueCandidate], k: Int, at now: Double, draw: UInt64) -> [Int]
    /// Learns whether the visitor clicked on a venue that was just chosen.
    mutating func learn(_ venue: Int, isClicked: Bool, at now: Double)
}

/// ilk's own: with the rules of venues, or, for comparison, Thompson sampling without any.
struct ControlledPolicy: DistributionPolicy {
    private var control = TrafficControl()
    private var standings: [Int: Double] = [:]

    init(rules: [WireVenue]) {
        for (number, rules) in rules.enumerated() {
            control.set(rules, of: Int64(number), at: rules.openedAt ?? 0)
        }
    }

    mutating func choose(_ open: [VenueCandidate], k: Int, at now: Double, draw: UInt64) -> [Int] {
        let choices = control.distribute(open, k: k, at: now, seed: draw)
        standings = [:]
        for choice in choices { standings[Int(choice.number)] = choice.standing }
        return choices.map { Int($0.number) }
    }

    mutating func learn(_ venue: Int, isClicked: Bool, at now: Double) {
        guard isClicked else { return }
        control.learn(.click, of: Int64(venue), standing: standings[venue], moment: now, at: now)
    }
}

/// The venue that did best so far for such an interest, or with a small chance any: of the same counts and the same curve
/// as ilk's own.
struct GreedyPolicy: DistributionPolicy {
    /// The chance of any.
    let epsilon: Double
    private var counts: [FadingCounts]
    private var curve = InterestCurve()
    private var total = FadingCounts()
    private var shown: [Int: (standing: Double?, rate: Double, factor: Double)] = [:]

    init(epsilon: Double, venues: Int) {
        self.epsilon = epsilon
        counts = Array(repeating: FadingCounts(), count: venues)
    }

    mutating func choose(_ open: [VenueCandidate], k: Int, at now: Double, draw: UInt64) -> [Int] {
        var generator = SplitMix64(seed: draw)
        let seen = total.faded(to: now)
        let rate =
            (seen.clicks + TrafficControl.firstRate * TrafficControl.firstExposures)
            / (seen.exposures + TrafficControl.firstExposures)
        let factors = curve.factors(rate: rate, at: now)
        let standings = InterestCurve.standings(of: open.map(\.affinity))
        shown = [:]
        var left = open.indices.map { place in
            let mean = ClickBelief(counts[Int(open[place].number)].faded(to: now), rate: rate).mean
            let factor = InterestCurve.factor(of: standings[place], factors)
            return (venue: Int(open[place].number), standing: standings[place], rate: mean, factor: factor)
        }.sorted { $0.rate * $0.factor > $1.rate * $1.factor }
        var chosen: [Int] = []
        while chosen.count < k, !left.isEmpty {
            let isAny = Double.random(in: 0..<1, using: &generator) < epsilon
            let pick = left.remove(at: isAny ? Int.random(in: 0..<left.count, using: &generator) : 0)
            chosen.append(pick.venue)
            shown[pick.venue] = (pick.standing, pick.rate, pick.factor)
        }
        return chosen
    }

    mutating func learn(_ venue: Int, isClicked: Bool, at now: Double) {
        guard let (standing, rate, factor) = shown[venue] else { return }
        let clicks: Double = isClicked ? 1 : 0
        counts[venue].add(exposures: factor, clicks: clicks, of: now, at: now)
        total.add(exposures: factor, clicks: clicks, of: now, at: now)
        guard let standing else { return }
        curve.expose(standing, rate: rate, at: now)
        curve.click(standing, clicks, of: now, at: now)
    }
}

/// Any venue.
struct RandomPolicy: DistributionPolicy {
    mutating func choose(_ open: [VenueCandidate], k: Int, at now: Double, draw: UInt64) -> [Int] {
        var generator = SplitMix64(seed: draw)
        return Array(open.map { Int($0.number) }.shuffled(using: &generator).prefix(k))
    }

    mutating func learn(_ venue: Int, isClicked: Bool, at now: Double) {}
}
