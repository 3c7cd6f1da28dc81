package import IlkCollection
package import IlkFilter
package import IlkProtocol
package import IlkVectors
import Synchronization

/// A source of candidates: one question put to the collection on a person's behalf.
///
/// A channel is asked on the thread of the request, keeps no state of a request, and may be asked by several threads at
/// once.
package protocol RecallChannel: Sendable {
    /// Its name in `channels`.
    var name: String { get }

    /// Up to `quota` items, best first, all of which ``RecallRequest/admits(_:)``; each once.
    func recall(_ quota: Int, _ request: RecallRequest) throws(IlkError) -> [Recalled]
}

/// An item that a channel brings.
package struct Recalled: Sendable {
    package var ordinal: Ordinal
    /// Larger is better, and over 0; comparable with the same channel's only.
    package var score: Float
    /// What speaks for it.
    package var evidence: Evidence

    package init(_ ordinal: Ordinal, score: Float, evidence: Evidence = .none) {
        self.ordinal = ordinal
        self.score = score
        self.evidence = evidence
    }
}

/// What speaks for a candidate; a reason is made of it.
package enum Evidence: Sendable, Equatable {
    case none
    /// One of the person's own items: a place in ``Taste/items``.
    case own(Int)
    /// So many people who chose alike, of whom one shares this item of the person's: a place in ``Taste/items``.
    case people(count: Int, shared: Int)
    /// A value of a payload field, and its share of what the person likes.
    case value(field: String, value: FilterValue, share: Float)
}

/// What channels are asked: for whom, and what may come.
package struct RecallRequest: Sendable {
    package let items: ItemView
    package let now: Double
    /// Whom it is for; nil where the request only brings events or a vector.
    package let user: PointID?
    package let taste: Taste
    package let vectors: TasteVectors
    /// The vector field; nil where the collection has none.
    package let field: Int?
    /// The points that pass the filter; nil where there is no filter.
    package let matching: Bitmap?
    /// Items that must not come.
    package let excluded: Set<Ordinal>
    /// Items that the person has used: what is new to the person is none of them.
    package let used: Set<Ordinal>
    /// What a search by the request's text found.
    package let found: [(id: PointID, score: Float)]
    /// What the caller brings itself.
    package let custom: [PointID]
    let memory: EventWriter
    let leaders: LeaderBoard
    let models: TrainedModels

    var moment: Moment { Moment(now) }

    /// Whether an item may come at all.
    package func admits(_ ordinal: Ordinal) -> Bool {
        !excluded.contains(ordinal) && matching?.contains(ordinal.rawValue) ?? true
    }

    /// Whether an item may come as something new to the person.
    package func admitsNew(_ ordinal: Ordinal) -> Bool { !used.contains(ordinal) && admits(ordinal) }

    /// The best of these items that are in the collection and may come as something new to the person.
    ///
    /// Names are looked up for the best of them only, which is most of the cost.
    ///
    /// - Parameters:
    ///   - quota: how many at most.
    ///   - scores: scores over 0 by the items' numbers in the log, in any order.
    ///   - evidence: what speaks for one.
    /// - Returns: best first; equal ones by number.
    func best(
        _ quota: Int, of scores: some Collection<(item: ItemNumber, score: Float)>, evidence: (ItemNumber) -> Evidence
    ) -> [Recalled] {
        var limit = 2 * quota + 64
        while true {
            var heap = SmallestFirst(limit: limit)
            for (item, score) in scores where score > 0 { heap.insert(Double(score), item.rawValue) }
            let ranked = heap.ranked()
            let named = memory.state.withLock { state in
                ranked.compactMap { entry in
                    state.items.name(of: entry.name).map {
                        (id: $0, item: ItemNumber(entry.name), score: Float(entry.value))
                    }
                }
            }
            var recalled: [Recalled] = []
            for (entry, ordinal) in zip(named, items.ordinals(of: named.map(\.id))) where recalled.count < quota {
                guard let ordinal, admitsNew(ordinal) else { continue }
                recalled.append(Recalled(ordinal, score: entry.score, evidence: evidence(entry.item)))
            }
            if recalled.count == quota || limit >= scores.count { return recalled }
            limit = min(4 * limit, scores.count)
        }
    }

    /// The best of these items that are in the collection and may come.
    ///
    /// - Parameters:
    ///   - quota: how many at most.
    ///   - scored: ids, scores over 0 and evidence, in any order.
    ///   - new: whether only what is new to the person may come.
    /// - Returns: best first; equal ones as they came.
    func best(
        _ quota: Int, of scored: [(id: PointID, score: Float, evidence: Evidence)], new: Bool
    ) -> [Recalled] {
        let sorted = scored.enumerated().sorted { a, b in
            a.element.score != b.element.score ? a.element.score > b.element.score : a.offset < b.offset
        }
        var recalled: [Recalled] = []
        let ordinals = items.ordinals(of: sorted.map(\.element.id))
        for ((_, entry), ordinal) in zip(sorted, ordinals) where recalled.count < quota {
            guard let ordinal, entry.score > 0, new ? admitsNew(ordinal) : admits(ordinal) else { continue }
            recalled.append(Recalled(ordinal, score: entry.score, evidence: entry.evidence))
        }
        return recalled
    }
}

/// ilk's own channels.
enum Channels {
    static let all: [any RecallChannel] = [
        ContentChannel(), FactorChannel(), ItemCFChannel(kind: .itemCF), ItemCFChannel(kind: .swing),
        ItemCFChannel(kind: .ease), AgainChannel(), U2U2IChannel(), TagChannel(), PopularChannel(), TrendingChannel(),
        NewChannel(), QueryChannel(), CustomChannel(),
    ]

    /// What a request gets that does not say: with the models that there are.
    static func standard(_ models: TrainedModels) -> [(name: String, quota: Int)] {
        let trained = [ModelKind.als, .swing, .ease].filter { models[$0] != nil }.map { ($0.rawValue, 100) }
        return [("content", 100)] + trained + [
            ("item_cf", 100), ("u2u2i", 50), ("tag", 50), ("popular", 50), ("trending", 20), ("new", 20),
        ]
    }
}
