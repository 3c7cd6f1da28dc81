import IlkProtocol
import IlkVectors

/// A way to distribute venues that a simulation tries.
package enum TriedPolicy: String, Sendable, CaseIterable {
    /// ilk's own, with guarantees and caps.
    case ilk
    /// The same without any rules: what guarantees and caps cost shows beside it.
    case unconstrained
    /// The best so far, and one time in ten any.
    case greedy
    /// Any.
    case random
}

/// How a policy did in a simulated shop.
package struct DistributionMeasures: Sendable, Equatable {
    package var exposures = 0
    package var clicks = 0
    /// Clicks to be expected of what was shown, by chances that only the simulation knows.
    package var expected = 0.0
    /// Clicks to be expected of the best venues each time.
    package var best = 0.0
    /// Of each guarantee the share that was shown in time, 1 at most.
    package var attained: [Double] = []
    /// Exposures that were one too many for a venue's cap.
    package var capBreaks = 0

    /// Clicks an exposure, expected: without the luck of single clicks.
    package var clickRate: Double { exposures == 0 ? 0 : expected / Double(exposures) }
    /// Clicks that were lost against showing the best venues each time.
    package var regret: Double { best - expected }
    /// Exposures that were shown of those guaranteed; 1 where nothing was guaranteed.
    package var attainment: Double { attained.isEmpty ? 1 : attained.reduce(0, +) / Double(attained.count) }
    /// The share of the guarantee that did worst.
    package var leastAttained: Double { attained.min() ?? 1 }
}

/// A simulation of distribution: the same visitors, the same chances and the same luck for every policy.
package struct DistributionTrial: Sendable {
    package let market: SimulatedMarket

    package init(_ market: SimulatedMarket) { self.market = market }

    /// Lets a policy show venues to everybody who comes.
    ///
    /// - Complexity: O(requests · venues).
    package func run(_ policy: TriedPolicy) -> DistributionMeasures {
        let size = market.size
        switch policy {
        case .ilk: return run(ControlledPolicy(rules: rules))
        case .unconstrained:
            return run(ControlledPolicy(rules: rules.map { WireVenue(theme: $0.theme, openedAt: $0.openedAt) }))
        case .greedy: return run(GreedyPolicy(epsilon: 0.1, venues: size.venues + size.newVenues))
        case .random: return run(RandomPolicy())
        }
    }

    private var rules: [WireVenue] {
        market.openings.enumerated().map { venue, opening in
            WireVenue(
                theme: "\(venue)", openedAt: opening,
                guarantee: venue < market.size.venues
                    ? nil : ExposureGoal(exposures: market.size.guarantee, hours: market.size.guaranteeHours),
                capPerHour: market.size.cap)
        }
    }

    private func run(_ policy: some DistributionPolicy) -> DistributionMeasures {
        var policy = policy
        let size = market.size
        var measures = DistributionMeasures()
        var inTime = Array(repeating: 0, count: market.openings.count)
        var hours: [[Double]] = Array(repeating: [], count: market.openings.count)
        for (number, visit) in market.visits.enumerated() {
            let chances = market.chances.row(visit.user)
            let affinities = market.affinities.row(visit.user)
            let open = market.openings.indices.filter { market.openings[$0] <= visit.at }
            let candidates = open.map { VenueCandidate(number: Int64($0), affinity: Double(affinities[$0])) }
            var draw = SplitMix64(seed: size.seed ^ UInt64(number))
            let shown = policy.choose(candidates, k: size.k, at: visit.at, draw: draw.next())
            measures.best += open.map { Double(chances[$0]) }.sorted(by: >).prefix(size.k).reduce(0, +)
            for venue in shown {
                let isClicked = market.isClicked(venue, at: number)
                policy.learn(venue, isClicked: isClicked, at: visit.at)
                measures.exposures += 1
                measures.clicks += isClicked ? 1 : 0
                measures.expected += Double(chances[venue])
                if visit.at < market.openings[venue] + size.guaranteeHours * 3_600 { inTime[venue] += 1 }
                hours[venue].removeAll { $0 <= visit.at - 3_600 }
                hours[venue].append(visit.at)
                if hours[venue].count > size.cap { measures.capBreaks += 1 }
            }
        }
        measures.attained = (size.venues..<market.openings.count).map {
            min(1, Double(inTime[$0]) / Double(size.guarantee))
        }
        return measures
    }
}
