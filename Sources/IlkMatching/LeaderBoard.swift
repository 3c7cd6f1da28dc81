import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// The items that most people like at a moment, best first, with what it takes to find those that some set has.
struct Leaders: Sendable {
    let ordinals: [Ordinal]
    /// The same as a set.
    private let all: Bitmap
    /// By ordinal: the place in ``ordinals``.
    private let ranks: ValuesByNumber<Void>

    init(_ ordinals: [Ordinal] = []) {
        self.ordinals = ordinals
        all = Bitmap(ordinals.map(\.rawValue).sorted())
        ranks = ValuesByNumber(ordinals.map(\.rawValue))
    }

    /// Those that are in a set, best first.
    func among(_ set: Bitmap) -> [Ordinal] {
        all.intersection(set).ordinals.compactMap { ranks.place(of: $0) }.sorted().map { ordinals[$0] }
    }
}

/// The items that most people like, kept for a moment: every request asks for them.
///
/// Of small collections they are found anew after each event and each write, of large ones once a second.
final class LeaderBoard: Sendable {
    private struct List {
        var leaders = Leaders()
        var events: UInt64?
        var points: UInt64?
        var made = ContinuousClock.now
    }
    /// Which counts.
    private enum Kind {
        case popular, trending

        func counts(_ state: MatchState) -> DecayedCounts {
            switch self {
            case .popular: state.popular
            case .trending: state.trending
            }
        }
    }
    private let popularList = Mutex(List())
    private let trendingList = Mutex(List())

    /// Items that are kept.
    static let limit = 4_000
    /// Items up to which they are found anew for each event.
    private static let smallCount = 20_000
    /// Points that pass a filter up to which each is looked at where the leaders do not suffice.
    private static let scanLimit = 20_000

    /// What is liked in the long run, best first.
    func popular(_ request: RecallRequest, wanted: Int) -> [Recalled] {
        leaders(.popular, request, wanted)
    }

    /// What is liked these days, best first.
    func trending(_ request: RecallRequest, wanted: Int) -> [Recalled] {
        leaders(.trending, request, wanted)
    }

    /// The leaders of the long run as they are, whether or not they may come.
    func popular(_ request: RecallRequest) -> Leaders { current(.popular, request) }

    private func leaders(_ kind: Kind, _ request: RecallRequest, _ wanted: Int) -> [Recalled] {
        let ordinals = current(kind, request).ordinals
        var leaders: [Recalled] = []
        for (place, ordinal) in ordinals.enumerated() where request.admits(ordinal) {
            if leaders.count == wanted { break }
            leaders.append(Recalled(ordinal, score: 1 / Float(20 + place)))
        }
        guard leaders.count < wanted, ordinals.count >= Self.limit / 2, let matching = request.matching,
            matching.count <= Self.scanLimit
        else { return leaders }
        return scan(matching, kind, request, wanted)
    }

    /// The leaders among the points of a filter that lets few of the great ones pass.
    private func scan(_ matching: Bitmap, _ kind: Kind, _ request: RecallRequest, _ wanted: Int) -> [Recalled] {
        let ordinals = matching.ordinals.map { Ordinal($0) }.filter { request.admits($0) }
        let sorted = request.memory.state.withLock { state -> [UInt32] in
            let counts = kind.counts(state)
            var heap = SmallestFirst(limit: wanted)
            for ordinal in ordinals {
                guard let number = request.places.number(of: ordinal) else { continue }
                let count = counts.logarithm(of: number)
                if count > -.infinity { heap.insert(count, ordinal.rawValue) }
            }
            return heap.descending()
        }
        return sorted.enumerated().map { place, ordinal in Recalled(Ordinal(ordinal), score: 1 / Float(20 + place)) }
    }

    private func current(_ kind: Kind, _ request: RecallRequest) -> Leaders {
        switch kind {
        case .popular: popularList.withLock { update(&$0, kind, request) }
        case .trending: trendingList.withLock { update(&$0, kind, request) }
        }
    }

    private func update(_ list: inout List, _ kind: Kind, _ request: RecallRequest) -> Leaders {
        let points = request.items.version
        let largest: [ItemNumber]? = request.memory.state.withLock { state in
            let isDue = state.items.count <= Self.smallCount || ContinuousClock.now - list.made > .seconds(1)
            let isOther = list.events != state.version || list.points != points
            guard list.events == nil || (isOther && isDue) else { return nil }
            list.events = state.version
            return kind.counts(state).largest(Self.limit)
        }
        if let largest {
            list.leaders = Leaders(largest.compactMap { request.places.ordinal(of: $0) })
            list.points = points
            list.made = .now
        }
        return list.leaders
    }
}
