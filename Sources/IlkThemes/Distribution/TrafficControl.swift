import IlkProtocol
import IlkVectors

/// A venue that may be shown to a person.
struct VenueCandidate: Sendable {
    /// The theme's number.
    var number: Int64
    /// How near it is to what the person likes, on any scale; nil where nothing is known.
    var affinity: Double?
}

/// A venue that was chosen for a person, and why.
struct VenueChoice: Sendable, Equatable {
    var number: Int64
    /// The clicks to be expected of an exposure, as drawn.
    var score: Double
    var state: VenueState
    /// What its guarantee needs, where it came for that.
    var need: VenueTraffic.Need?
    /// By how many deviations its affinity is over those of all venues; nil where nothing is known.
    var standing: Double?
    /// What its pace did to the score.
    var lift: Double
}

/// Who is shown which venue: guarantees, caps, pacing and Thompson sampling, in memory and without a clock.
///
/// Time and chance are passed in: the same calls give the same answers. It is not safe to share: whoever does so holds a
/// lock around each call, and so an answer has taken its exposures before anybody else asks.
struct TrafficControl: Sendable {
    private(set) var venues: [Int64: VenueTraffic] = [:]
    private(set) var curve = InterestCurve()
    /// Venues that changed since ``takeChanges()``.
    private var changed: Set<Int64> = []

    /// The click rate of venues before anything was seen, and the exposures that this counts as.
    static let firstRate = 0.05
    static let firstExposures = 100.0

    init() {}

    /// Traffic as it was kept.
    init(venues: [Int64: VenueTraffic], curve: InterestCurve) {
        self.venues = venues
        self.curve = curve
    }

    mutating func takeChanges() -> Set<Int64> {
        defer { changed = [] }
        return changed
    }

    mutating func markChanged(_ numbers: Set<Int64>) { changed.formUnion(numbers) }

    // MARK: Rules

    mutating func set(_ rules: WireVenue, of number: Int64, at now: Double) {
        venues[number, default: VenueTraffic(openedAt: rules.openedAt ?? now)].set(rules)
        changed.insert(number)
    }

    // MARK: Choosing

    /// A candidate on its way through a choice.
    private struct Contender {
        var candidate: VenueCandidate
        var standing: Double?
        var belief: ClickBelief
        var factor: Double
        var state: VenueState
        var need: VenueTraffic.Need?
        var lift: Double
        var score: Double

        var choice: VenueChoice {
            VenueChoice(
                number: candidate.number, score: score, state: state, need: need, standing: standing, lift: lift)
        }
    }

    /// Chooses up to k venues for a person, those with an open guarantee first, and counts them as shown.
    ///
    /// A venue whose guarantee is late is shown to those who like it; the later it is, the less they need to. At most half
    /// of the places, rounded up, go to guarantees; the others to who draws the best click rate, times what the person's
    /// interest makes of it. Retired venues only fill what is left.
    ///
    /// - Parameters:
    ///   - candidates: venues, each once.
    ///   - k: how many.
    ///   - now: seconds since 1970.
    ///   - seed: what chance is drawn from.
    ///   - isReserving: whether the choice counts as exposures.
    /// - Returns: fewer than k only where caps, targets and openings allow no more.
    /// - Complexity: O(candidates).
    mutating func distribute(
        _ candidates: [VenueCandidate], k: Int, at now: Double, seed: UInt64, isReserving: Bool = true
    ) -> [VenueChoice] {
        var generator = SplitMix64(seed: seed)
        let contenders = contenders(candidates, at: now, isReserving, &generator)
        // By urgency, and by number where that is equal.
        let due = contenders.indices.filter { place in
            guard let need = contenders[place].need else { return false }
            return need.debt >= 1 && (contenders[place].standing ?? 0) >= need.least
        }.sorted { a, b in
            let first = contenders[a].need?.urgency ?? 0, second = contenders[b].need?.urgency ?? 0
            return first != second
                ? first > second : contenders[a].candidate.number < contenders[b].candidate.number
        }.prefix((k + 1) / 2)
        var chosen = Array(due)
        let taken = Set(due)
        let others = contenders.indices.filter { !taken.contains($0) }.sorted { a, b in
            let isFirstRetired = contenders[a].state == .retired, isSecondRetired = contenders[b].state == .retired
            if isFirstRetired != isSecondRetired { return isSecondRetired }
            return contenders[a].score != contenders[b].score
                ? contenders[a].score > contenders[b].score
                : contenders[a].candidate.number < contenders[b].candidate.number
        }
        chosen += others.prefix(k - chosen.count)
        if isReserving { for place in chosen { reserve(contenders[place], at: now) } }
        return chosen.map { place in
            var choice = contenders[place].choice
            if !taken.contains(place) { choice.need = nil }
            return choice
        }
    }

    /// The candidates that may be shown now, with what is believed of them.
    private mutating func contenders(
        _ candidates: [VenueCandidate], at now: Double, _ isReserving: Bool, _ generator: inout SplitMix64
    ) -> [Contender] {
        let standings = InterestCurve.standings(of: candidates.map(\.affinity))
        var known = candidates.map { venues[$0.number] ?? VenueTraffic(openedAt: now) }
        for place in known.indices where known[place].target != nil {
            let isNew = known[place].advance(to: now)
            guard isReserving else { continue }
            venues[candidates[place].number] = known[place]
            if isNew { changed.insert(candidates[place].number) }
        }
        let seen = known.map { $0.seen.faded(to: now) }
        let total = seen.reduce((exposures: 0.0, clicks: 0.0)) { ($0.exposures + $1.exposures, $0.clicks + $1.clicks) }
        func rate(_ exposures: Double, _ clicks: Double) -> Double {
            min(0.9, (clicks + Self.firstRate * Self.firstExposures) / (exposures + Self.firstExposures))
        }
        let general = rate(total.exposures, total.clicks)
        let factors = curve.factors(rate: general, at: now)
        var contenders: [Contender] = []
        contenders.reserveCapacity(candidates.count)
        for (place, venue) in known.enumerated() where venue.isFree(at: now) {
            let belief = ClickBelief(seen[place], rate: general)
            let factor = InterestCurve.factor(of: standings[place], factors)
            let others = rate(total.exposures - seen[place].exposures, total.clicks - seen[place].clicks)
            contenders.append(
                Contender(
                    candidate: candidates[place], standing: standings[place], belief: belief, factor: factor,
                    state: venue.state(belief, others: others, at: now), need: venue.need(at: now), lift: venue.lift,
                    score: belief.sample(using: &generator) * factor * venue.lift))
        }
        return contenders
    }

    private mutating func reserve(_ contender: Contender, at now: Double) {
        let number = contender.candidate.number
        venues[number, default: VenueTraffic(openedAt: now)].expose(factor: contender.factor, of: now, at: now)
        if let standing = contender.standing { curve.expose(standing, rate: contender.belief.mean, at: now) }
        changed.insert(number)
    }

    // MARK: Learning

    /// Counts what came of showing a venue.
    ///
    /// - Parameters:
    ///   - kind: what was done.
    ///   - number: the venue's.
    ///   - standing: how it stood with the person when it was shown; nil where that is not known any more.
    ///   - moment: when it was done.
    ///   - now: when it is learned of.
    mutating func learn(
        _ kind: ThemeEvent.Kind, of number: Int64, standing: Double? = nil, moment: Double, at now: Double
    ) {
        var venue = venues[number] ?? VenueTraffic(openedAt: moment)
        var weight = 0.0
        switch kind {
        case .impression: venue.expose(factor: 1, of: moment, at: now)
        case .click:
            venue.click(of: moment, at: now)
            weight = 1
        case .order:
            venue.order(of: moment, at: now)
            weight = VenueTraffic.orderWeight
        }
        venues[number] = venue
        if let standing, weight > 0 { curve.click(standing, weight, of: moment, at: now) }
        changed.insert(number)
    }

    // MARK: Telling

    /// A venue's state, and the mean and the deviation of its click rate, among some.
    func judgement(
        of number: Int64, among numbers: [Int64], at now: Double
    ) -> (state: VenueState, belief: ClickBelief) {
        var total = (exposures: 0.0, clicks: 0.0)
        for case let venue? in numbers.map({ venues[$0] }) {
            let seen = venue.seen.faded(to: now)
            total = (total.exposures + seen.exposures, total.clicks + seen.clicks)
        }
        let venue = venues[number] ?? VenueTraffic(openedAt: now)
        let own = venue.seen.faded(to: now)
        let prior = Self.firstRate * Self.firstExposures
        let belief = ClickBelief(
            own, rate: min(0.9, (total.clicks + prior) / (total.exposures + Self.firstExposures)))
        let others = (total.clicks - own.clicks + prior) / (total.exposures - own.exposures + Self.firstExposures)
        return (venue.state(belief, others: others, at: now), belief)
    }
}
