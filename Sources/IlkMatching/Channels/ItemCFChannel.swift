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
        let sums = request.memory.state.withLock { state in
            state.partners(of: seeds, table, countsToo: kind == .itemCF)
        }
        return request.best(quota, of: sums, score: \.score) { .own($0.place) }
    }
}

/// How well an item goes with others: the sum of weight × similarity, and the seed that says most of it.
struct PartnerScore: Sendable {
    var score: Float = 0
    fileprivate var best = -Float.infinity
    /// Where that seed stands.
    var place: Int

    fileprivate mutating func add(_ part: Float, _ seed: Int) {
        score += part
        if part > best { (best, place) = (part, seed) }
    }
}

extension MatchState {
    /// Items that go with weighted items: each with the sum of weight × similarity, and the seed that says most.
    ///
    /// - Parameters:
    ///   - seeds: items, and where they stand.
    ///   - table: what was learned of them.
    ///   - countsToo: whether those that the table does not know are looked up in the counts.
    /// - Returns: by item; the seeds among them, if they go with one another.
    func partners(
        of seeds: [(place: Int, item: ItemNumber, weight: Float)], _ table: NeighborTable? = nil,
        countsToo: Bool = true
    ) -> ValuesByNumber<PartnerScore> {
        var sums = ValuesByNumber<PartnerScore>(capacity: 32 * seeds.count)
        func add(_ part: Float, _ partner: ItemNumber, _ place: Int) {
            let entry = sums.place(of: partner.rawValue, orInsert: PartnerScore(place: place))
            sums.values[entry].add(part, place)
        }
        for (place, item, weight) in seeds {
            if let table, table.contains(item) {
                table.forEachNeighbor(of: item) { add(weight * $1, $0, place) }
            } else if countsToo {
                let count = events.actionCount(of: item)
                cooccurrence.forEachPartner(of: item) { partner, together in
                    let similarity = CooccurrenceTable.similarity(
                        together: together, count, events.actionCount(of: partner))
                    add(weight * similarity, partner, place)
                }
            }
        }
        return sums
    }
}
