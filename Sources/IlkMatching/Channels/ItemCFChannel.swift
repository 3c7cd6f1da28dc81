import IlkCollection
import IlkProtocol
import IlkVectors
import Synchronization

/// What goes with the person's items: chosen by the same people.
///
/// `item_cf` asks the counts that are kept as events come, and for the items that it knows the trained model of that name;
/// `swing` and `ease` ask theirs alone. The score is the sum of weight × similarity over the person's items.
struct ItemCFChannel: RecallChannel {
    let kind: ModelKind
    var name: String { kind.rawValue }

    /// Items of a person that are asked about.
    private static let seedLimit = 48

    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled] {
        let table = request.models.neighbors(kind)
        guard kind == .itemCF || table != nil else { throw TrainedModels.missing(kind) }
        let seeds = request.taste.liked(Self.seedLimit).compactMap { place in
            request.taste.items[place].number.map {
                (place: place, item: $0, weight: request.taste.items[place].weight)
            }
        }
        let scored = request.memory.state.withLock { state in
            state.partners(of: seeds, table, countsToo: kind == .itemCF)
        }
        return request.best(quota, of: scored, new: true)
    }
}

extension MatchState {
    /// Items that go with weighted items: each with the sum of weight × similarity, and the seed that says most.
    ///
    /// - Parameters:
    ///   - seeds: items, and where they stand.
    ///   - table: what was learned of them.
    ///   - countsToo: whether those that the table does not know are looked up in the counts.
    /// - Returns: by number.
    func partners(
        of seeds: [(place: Int, item: ItemNumber, weight: Float)], _ table: NeighborTable? = nil,
        countsToo: Bool = true
    ) -> [(id: PointID, score: Float, evidence: Evidence)] {
        var sums: [ItemNumber: (score: Float, best: Float, place: Int)] = [:]
        func add(_ partner: ItemNumber, _ score: Float, _ place: Int) {
            var sum = sums[partner] ?? (0, -.infinity, place)
            sum.score += score
            if score > sum.best { (sum.best, sum.place) = (score, place) }
            sums[partner] = sum
        }
        for (place, item, weight) in seeds {
            if let table, table.contains(item) {
                table.forEachNeighbor(of: item) { add($0, weight * $1, place) }
            } else if countsToo {
                let count = events.actionCount(of: item)
                cooccurrence.forEachPartner(of: item) { partner, together in
                    let similarity = CooccurrenceTable.similarity(
                        together: together, count, events.actionCount(of: partner))
                    add(partner, weight * similarity, place)
                }
            }
        }
        let sorted = sums.sorted { $0.key.rawValue < $1.key.rawValue }
        return sorted.compactMap { item, sum in
            items.name(of: item.rawValue).map { ($0, sum.score, .own(sum.place)) }
        }
    }
}
