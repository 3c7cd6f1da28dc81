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
    /// A theme that the person likes.
    case theme(String)
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
    /// The same, to ask about one point after the other.
    let passing: OrdinalSet?
    /// Items that must not come.
    package let excluded: ItemSet
    /// Items that the person has used: what is new to the person is none of them.
    package let used: ItemSet
    /// What a search by the request's text found.
    package let found: [(id: PointID, score: Float)]
    /// What the caller brings itself.
    package let custom: [PointID]
    /// Themes that the person likes, most first.
    package let themes: [LikedTheme]
    let memory: EventWriter
    let leaders: LeaderBoard
    let places: ItemPlaces
    let models: TrainedModels

    init(
        items: ItemView, now: Double, user: PointID?, taste: Taste, vectors: TasteVectors, field: Int?,
        matching: Bitmap?, excluded: ItemSet, used: ItemSet, found: [(id: PointID, score: Float)], custom: [PointID],
        themes: [LikedTheme], memory: EventWriter, leaders: LeaderBoard, places: ItemPlaces, models: TrainedModels
    ) {
        self.items = items
        self.now = now
        self.user = user
        self.taste = taste
        self.vectors = vectors
        self.field = field
        self.matching = matching
        passing = matching.map { items.flat($0) }
        self.excluded = excluded
        self.used = used
        self.found = found
        self.custom = custom
        self.themes = themes
        self.memory = memory
        self.leaders = leaders
        self.places = places
        self.models = models
    }

    var moment: Moment { Moment(now) }

    /// Whether an item may come at all.
    package func admits(_ ordinal: Ordinal) -> Bool {
        !excluded.contains(ordinal) && passing?.contains(ordinal.rawValue) ?? true
    }

    /// Whether an item may come as something new to the person.
    package func admitsNew(_ ordinal: Ordinal) -> Bool { !used.contains(ordinal) && admits(ordinal) }

    /// The best of these items that are in the collection and may come as something new to the person.
    ///
    /// - Parameters:
    ///   - quota: how many at most.
    ///   - scores: by the items' numbers in the log.
    ///   - score: of a value; only what is over 0 may come.
    ///   - evidence: what speaks for one.
    /// - Returns: best first; equal ones by number.
    func best<Value>(
        _ quota: Int, of scores: ValuesByNumber<Value>, score: (Value) -> Float, evidence: (Value) -> Evidence
    ) -> [Recalled] {
        var heap = SmallestFirst(limit: quota)
        for (place, number) in scores.numbers.enumerated() {
            let score = score(scores.values[place])
            guard score > 0, Double(score) >= heap.bound, let ordinal = places.ordinal(of: ItemNumber(number)),
                admitsNew(ordinal)
            else { continue }
            heap.insert(Double(score), number)
        }
        return heap.ranked().compactMap { entry in
            guard let ordinal = places.ordinal(of: ItemNumber(entry.name)), let value = scores[entry.name] else {
                return nil
            }
            return Recalled(ordinal, score: Float(entry.value), evidence: evidence(value))
        }
    }

    /// The best of these items that may come.
    ///
    /// - Parameters:
    ///   - quota: how many at most.
    ///   - recalled: in any order; only what has a score over 0 may come.
    ///   - new: whether only what is new to the person may come.
    /// - Returns: best first; equal ones as they came.
    func best(_ quota: Int, of recalled: [Recalled], new: Bool) -> [Recalled] {
        let open = recalled.indices.filter { place in
            recalled[place].score > 0
                && (new ? admitsNew(recalled[place].ordinal) : admits(recalled[place].ordinal))
        }
        let sorted = open.sorted { a, b in
            recalled[a].score != recalled[b].score ? recalled[a].score > recalled[b].score : a < b
        }
        return sorted.prefix(quota).map { recalled[$0] }
    }

    /// Items by name with their scores, as far as they are in the collection; in the same order.
    func located(_ scored: [(id: PointID, score: Float)]) -> [Recalled] {
        zip(scored, items.ordinals(of: scored.map(\.id))).compactMap { entry, ordinal in
            ordinal.map { Recalled($0, score: entry.score) }
        }
    }
}

/// ilk's own channels.
enum Channels {
    static let all: [any RecallChannel] = [
        ContentChannel(), FactorChannel(), ItemCFChannel(kind: .itemCF), ItemCFChannel(kind: .swing),
        ItemCFChannel(kind: .ease), AgainChannel(), U2U2IChannel(), TagChannel(), PopularChannel(), TrendingChannel(),
        NewChannel(), ThemeChannel(), QueryChannel(), CustomChannel(),
    ]

    /// What a request gets that does not say: with the models that there are.
    static func standard(_ models: TrainedModels) -> [(name: String, quota: Int)] {
        let trained = [ModelKind.als, .swing, .ease].filter { models[$0] != nil }.map { ($0.rawValue, 100) }
        return [("content", 100)] + trained + [
            ("item_cf", 100), ("u2u2i", 50), ("tag", 50), ("popular", 50), ("trending", 20), ("new", 20),
        ]
    }
}
