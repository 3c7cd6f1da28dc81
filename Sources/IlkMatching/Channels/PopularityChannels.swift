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
        let ids = request.items.ids(of: newest)
        let shown = request.memory.state.withLock { state in
            ids.map { id -> Int in
                guard let id, let number = state.items.number(of: id) else { return 0 }
                return state.events.impressionCount(of: ItemNumber(number))
                    + state.events.actionCount(of: ItemNumber(number))
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
        let scored = request.found.enumerated().map { place, hit in
            // Ranks, for a score may be under 0.
            (id: hit.id, score: 1 / Float(10 + place), evidence: Evidence.none)
        }
        return request.best(quota, of: scored, new: false)
    }
}

/// What the caller brings, in the caller's order.
struct CustomChannel: RecallChannel {
    let name = "custom"

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        var seen: Set<PointID> = []
        let scored = request.custom.filter { seen.insert($0).inserted }.enumerated().map { place, id in
            (id: id, score: 1 / Float(10 + place), evidence: Evidence.none)
        }
        return request.best(quota, of: scored, new: false)
    }
}
