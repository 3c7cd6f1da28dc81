import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors

/// Chooses k of the candidates and puts them in order: similar ones apart, few of a kind, pinned ones in their places.
///
/// One after another the best candidate is taken that breaks no rule. Where the rules leave too few, the window of
/// `scatter` is given up, `max_per` is not.
struct Arrangement {
    let request: MatchItems
    let view: ItemView
    let field: Int?

    /// A candidate's place in the order, and how likely it was to get it.
    struct Chosen {
        var candidate: MatchCandidate
        /// Whether it came there by chance.
        var isExplored = false
        var isPinned = false
        var propensity: Double = 1
    }

    /// Candidates among which a place is given where not simply the best one gets it: the best that break no rule.
    private static func windowSize(_ k: Int) -> Int { max(2 * k, 60) }

    func arrange(_ candidates: [MatchCandidate], pins: [(position: Int, candidate: MatchCandidate)]) -> [Chosen] {
        let pinned = Set(pins.map(\.candidate.ordinal))
        let pool = pinned.isEmpty ? candidates : candidates.filter { !pinned.contains($0.ordinal) }
        // Pinned ones stand after the pool.
        let ordinals = (pool + pins.map(\.candidate)).map(\.ordinal)
        var rules = PlacementRules(request, view, ordinals)
        var relevance = MarginalRelevance(
            of: pool.map(\.score), ordinals, weight: field == nil ? nil : request.mmr, view, field: field ?? 0)
        let isSimple = request.mmr == nil && request.explore == 0
        let size = isSimple ? 1 : Self.windowSize(request.k)
        var left = Array(pool.indices)
        var chosen: [Chosen] = []
        var generator = SplitMix64(seed: request.seed ?? 0)
        while chosen.count < request.k {
            let position = chosen.count + 1
            if let pin = pins.firstIndex(where: { $0.position == position }) {
                rules.take(pool.count + pin)
                chosen.append(Chosen(candidate: pins[pin].candidate, isPinned: true))
                continue
            }
            var open = first(size, of: left) { rules.allows($0) }
            if open.isEmpty { open = first(size, of: left) { rules.allowsWithoutScatter($0) } }
            guard let best = relevance.best(of: open) else { break }
            let (place, propensity) = draw(best, among: open, &generator)
            var pick = Chosen(candidate: pool[place], isExplored: place != best)
            pick.propensity = propensity
            chosen.append(pick)
            rules.take(place)
            relevance.take(place)
            left.removeAll { $0 == place }
        }
        return chosen
    }

    private func first(_ count: Int, of places: [Int], where isAllowed: (Int) -> Bool) -> [Int] {
        var found: [Int] = []
        for place in places where isAllowed(place) {
            found.append(place)
            if found.count == count { break }
        }
        return found
    }

    /// The best one, or by chance any; and how likely it was to be the one that it is (ε-greedy).
    private func draw(
        _ best: Int, among open: [Int], _ generator: inout SplitMix64
    ) -> (place: Int, propensity: Double) {
        let epsilon = Double(request.explore)
        guard epsilon > 0 else { return (best, 1) }
        var place = best
        if Double.random(in: 0..<1, using: &generator) < epsilon {
            place = open[Int.random(in: 0..<open.count, using: &generator)]
        }
        return (place, epsilon / Double(open.count) + (place == best ? 1 - epsilon : 0))
    }
}
