import IlkProtocol
import Synchronization

/// What goes with a person's items: items that the same people chose soon before or after.
///
/// Item-based collaborative filtering (Sarwar et al., WWW 2001; Linden, Smith & York, 2003) on ``CooccurrenceTable``,
/// which counts as events come: nothing is trained.
struct ItemCFChannel: RecallChannel {
    let name = "item_cf"

    /// Of the person's items, those with the largest weights.
    private static let seeds = 32

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        let seeds = request.taste.liked(Self.seeds)
        let scored = request.memory.state.withLock { state in
            state.partners(
                of: seeds.compactMap { place in
                    request.taste.items[place].number.map { (place, $0, request.taste.items[place].weight) }
                })
        }
        return request.best(quota, of: scored, new: true)
    }
}

extension MatchState {
    /// Items that go with weighted items: each with the sum of weight × similarity, and the seed that says most.
    func partners(
        of seeds: [(place: Int, item: ItemNumber, weight: Float)]
    ) -> [(id: PointID, score: Float, evidence: Evidence)] {
        var sums: [ItemNumber: (score: Float, best: Float, place: Int)] = [:]
        for (place, item, weight) in seeds {
            let count = events.actionCount(of: item)
            cooccurrence.forEachPartner(of: item) { partner, together in
                let similarity = CooccurrenceTable.similarity(
                    together: together, count, events.actionCount(of: partner))
                let score = weight * similarity
                var sum = sums[partner] ?? (0, -.infinity, place)
                sum.score += score
                if score > sum.best { (sum.best, sum.place) = (score, place) }
                sums[partner] = sum
            }
        }
        let sorted = sums.sorted { $0.key.rawValue < $1.key.rawValue }
        return sorted.compactMap { item, sum in
            items.name(of: item.rawValue).map { ($0, sum.score, .own(sum.place)) }
        }
    }
}
