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
        let pool = candidates.filter { !pinned.contains($0.ordinal) }
        var rules = Rules(request, view, pool + pins.map(\.candidate))
        var variety = Variety(pool, weight: request.mmr, view, field: field)
        let isSimple = request.mmr == nil && request.explore == 0
        let size = isSimple ? 1 : Self.windowSize(request.k)
        var left = Array(pool.indices)
        var chosen: [Chosen] = []
        var generator = SplitMix64(seed: request.seed ?? 0)
        while chosen.count < request.k {
            let position = chosen.count + 1
            if let pin = pins.first(where: { $0.position == position }) {
                rules.take(pin.candidate.ordinal)
                chosen.append(Chosen(candidate: pin.candidate, isPinned: true))
                continue
            }
            var open = first(size, of: left) { rules.allows(pool[$0].ordinal) }
            if open.isEmpty { open = first(size, of: left) { rules.allowsWithoutScatter(pool[$0].ordinal) } }
            guard let best = variety.best(of: open) else { break }
            let (place, propensity) = draw(best, among: open, &generator)
            var pick = Chosen(candidate: pool[place], isExplored: place != best)
            pick.propensity = propensity
            chosen.append(pick)
            rules.take(pool[place].ordinal)
            variety.take(place)
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

/// Weighs candidates by score and by how unlike they are to those that were chosen.
///
/// Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998): score less weight × the largest cosine with a chosen
/// one. A candidate is compared only once somebody asks for it.
private struct Variety {
    private let pool: [MatchCandidate]
    private let weight: Float?
    private let view: ItemView
    private let field: Int?
    private let largest: Float
    private var directions: [Int: [Float]?] = [:]
    private var chosen: [[Float]] = []
    /// By candidate: the largest cosine so far, and with how many chosen ones it was compared.
    private var similarities: [Int: (cosine: Float, compared: Int)] = [:]

    init(_ pool: [MatchCandidate], weight: Float?, _ view: ItemView, field: Int?) {
        self.pool = pool
        self.weight = field == nil ? nil : weight
        self.view = view
        self.field = field
        largest = max(pool.first?.score ?? 1, .leastNormalMagnitude)
    }

    /// The best of some places, which come best score first.
    mutating func best(of places: [Int]) -> Int? {
        guard let weight else { return places.first }
        var best: Int?
        var bestWorth = -Float.infinity
        for place in places {
            let worth = (1 - weight) * pool[place].score / largest - weight * similarity(of: place)
            if worth > bestWorth { (best, bestWorth) = (place, worth) }
        }
        return best
    }

    mutating func take(_ place: Int) {
        guard weight != nil, let direction = direction(of: place) else { return }
        chosen.append(direction)
    }

    private mutating func direction(of place: Int) -> [Float]? {
        if let known = directions[place] { return known }
        let direction = field.flatMap { view.vector($0, at: pool[place].ordinal) }.map {
            TasteVectors.direction(of: $0)
        }
        directions.updateValue(direction, forKey: place)
        return direction
    }

    private mutating func similarity(of place: Int) -> Float {
        guard let direction = direction(of: place) else { return 0 }
        var known = similarities[place] ?? (0, 0)
        for other in chosen[known.compared...] {
            known.cosine = max(known.cosine, Kernels.dot(direction.span, other.span))
        }
        known.compared = chosen.count
        similarities[place] = known
        return known.cosine
    }
}

/// What may come next, as far as values of payload fields go.
private struct Rules {
    private let limits: [(field: String, count: Int)]
    private let scatter: MatchItems.Scatter?
    private var values: [String: [Ordinal: [FilterValue]]] = [:]
    private var taken: [String: [FilterValue: Int]] = [:]
    private var recent: [[FilterValue]] = []

    init(_ request: MatchItems, _ view: ItemView, _ pool: [MatchCandidate]) {
        limits = request.maxPer
        scatter = request.scatter
        let ordinals = pool.map(\.ordinal)
        for field in Set(limits.map(\.field) + [scatter?.field].compactMap { $0 }) {
            let found = view.values(of: field, at: ordinals)
            values[field] = Dictionary(zip(ordinals, found)) { first, _ in first }
        }
    }

    private func values(_ field: String, _ ordinal: Ordinal) -> [FilterValue] { values[field]?[ordinal] ?? [] }

    func allowsWithoutScatter(_ ordinal: Ordinal) -> Bool {
        limits.allSatisfy { field, count in
            values(field, ordinal).allSatisfy { (taken[field]?[$0] ?? 0) < count }
        }
    }

    func allows(_ ordinal: Ordinal) -> Bool {
        guard allowsWithoutScatter(ordinal) else { return false }
        guard let scatter else { return true }
        let own = values(scatter.field, ordinal)
        return !recent.suffix(scatter.window - 1).contains { others in own.contains { others.contains($0) } }
    }

    mutating func take(_ ordinal: Ordinal) {
        for (field, _) in limits {
            for value in values(field, ordinal) { taken[field, default: [:]][value, default: 0] += 1 }
        }
        if let scatter { recent.append(values(scatter.field, ordinal)) }
    }
}
