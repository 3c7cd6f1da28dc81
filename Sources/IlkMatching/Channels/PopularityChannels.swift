import IlkCollection
import IlkProtocol
import IlkVectors
import Synchronization

/// What is liked in the long run: counts with a half-life of 30 days.
struct PopularChannel: RecallChannel {
    let name = "popular"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        request.leaders.popular(request, wanted: quota)
    }
}

/// What is liked these days: counts with a half-life of a day.
struct TrendingChannel: RecallChannel {
    let name = "trending"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        request.leaders.trending(request, wanted: quota)
    }
}

/// What came into the collection last and was hardly shown: so that it gets a chance.
struct NewChannel: RecallChannel {
    let name = "new"

    /// Points that are looked at where a filter lets few pass.
    private static let within = 5_000

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        let newest = try request.items.newest(2 * quota, within: Self.within) { request.admitsNew($0) }
        let shown = request.memory.state.withLock { state in
            newest.map { ordinal in
                guard let number = request.places.number(of: ordinal) else { return 0 }
                return state.events.impressionCount(of: number) + state.events.actionCount(of: number)
            }
        }
        let recalled = zip(newest, shown).enumerated().map { place, entry in
            Recalled(entry.0, score: 1 / (1 + Float(place) / 50) / Float(1 + entry.1).squareRoot())
        }
        return Array(recalled.sorted { $0.score > $1.score }.prefix(quota))
    }
}

/// What a search by the request's `query` finds.
struct QueryChannel: RecallChannel {
    let name = "query"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        // Ranks, for a score may be under 0.
        let ranked = request.found.enumerated().map { place, hit in (id: hit.id, score: 1 / Float(10 + place)) }
        return request.best(quota, of: request.located(ranked), new: false)
    }
}

/// What the caller brings, in the caller's order.
struct CustomChannel: RecallChannel {
    let name = "custom"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        var seen: Set<PointID> = []
        let ranked = request.custom.filter { seen.insert($0).inserted }.enumerated().map { place, id in
            (id: id, score: 1 / Float(10 + place))
        }
        return request.best(quota, of: request.located(ranked), new: false)
    }
}
