/// Parameters of `match.items`: the right items for a person.
///
/// ```json
/// {"collection":"products","user":"u1","k":20,"channels":{"content":200,"item_cf":100,"trending":50},
///  "filter":"stock > 0","exclude":["bought"],"max_per":{"brand":2},"mmr":0.3,"explain":true}
/// ```
public struct MatchItems: Equatable, Sendable {
    /// What items are left out for what the person did with them.
    public enum Exclusion: String, Sendable, CaseIterable {
        /// Anything but having been shown them.
        case seen
        /// Buying them.
        case bought
    }

    /// How candidates of several channels are put into one order.
    public enum Merge: String, Sendable, CaseIterable {
        /// By their ranks: reciprocal rank fusion.
        case ranks
        /// By their scores, of which each channel's largest counts 1.
        case scores
    }

    /// A factor for the scores of the items that pass a filter.
    public struct Boost: Equatable, Sendable {
        /// Which items.
        public var filter: WireFilter
        /// Over 1 lifts them, under 1 lowers them.
        public var factor: Float
    }

    /// An item that stands at a place whatever its score.
    public struct Pin: Equatable, Sendable {
        /// The item.
        public var id: PointID
        /// Its place in the reply, from 1.
        public var position: Int
    }

    /// Items of one value are kept apart.
    public struct Scatter: Equatable, Sendable {
        /// The payload field, declared as keyword.
        public var field: String
        /// In any so many items in a row no value comes twice.
        public var window: Int
    }

    /// Items that were shown often are left out for a while.
    public struct FrequencyCap: Equatable, Sendable {
        /// How many times an item may be shown to a person.
        public var impressions: Int
        /// Within how many hours.
        public var hours: Float
    }

    /// The collection of the items.
    public var collection: String
    /// For whom; nil where `vector` or `events` say what is wanted.
    public var user: PointID?
    /// A profile of the caller's own, in the vector field.
    public var vector: WireVector?
    /// What was just done, and is not in the log: it counts as the newest that the person did.
    public var events: [WireEvent]
    /// How many items, 1 to 1,000; 20 if absent.
    public var k: Int
    /// How many candidates each channel may bring, in order; ilk's own choice if absent.
    public var channels: [(name: String, quota: Int)]?
    /// How much each channel counts in the merge; 1 where it is not named.
    public var weights: [(name: String, weight: Float)]
    /// How candidates are put into one order; `scores` if absent.
    public var merge: Merge
    /// The vector field; may be nil where the collection has one.
    public var using: String?
    /// What may be an item; every point if absent.
    public var filter: WireFilter?
    /// What is left out.
    public var exclude: [Exclusion]
    /// At most so many items of one value, by payload field.
    public var maxPer: [(field: String, count: Int)]
    /// How much difference counts against score, 0 to 1: λ of maximal marginal relevance is 1 less this.
    public var mmr: Float?
    /// Keeps items of one value apart.
    public var scatter: Scatter?
    /// Leaves out what was shown often.
    public var frequencyCap: FrequencyCap?
    /// Lifts and lowers.
    public var boosts: [Boost]
    /// Fixed places.
    public var pins: [Pin]
    /// The share of places, 0 to 1, that are given by chance to candidates that would not have had one.
    public var explore: Float
    /// What the chance is drawn from; drawn itself if absent.
    public var seed: UInt64?
    /// What the channel `query` searches for.
    public var query: String?
    /// What the channel `custom` brings, best first.
    public var custom: [PointID]
    /// In what circumstances: kept with what is logged, and features of a ranker.
    public var context: [(name: String, value: JSONValue)]
    /// Variants that people are shared out among; the rest of the request is what all of them get.
    public var experiment: Experiment?
    /// Whether a ranker that is live puts the items in order; true if absent.
    public var usesRanker: Bool
    /// Whether what the answer shows is logged, and counts as impressions.
    public var log: Bool
    /// What the reply carries of the payload; all if absent.
    public var withPayload: PayloadSelection
    /// Whether the reply says how it came about.
    public var explain: Bool

    /// Whether a channel is asked, in any variant of an experiment.
    public func asks(_ channel: String) -> Bool {
        (channels ?? []).contains { $0.name == channel }
            || (experiment?.variants ?? []).contains { $0.request.asks(channel) }
    }

    /// The most items that an answer may have which is logged.
    public static let loggedItems = 100

    /// Whether both ask for the same.
    public static func == (a: Self, b: Self) -> Bool {
        func same(_ a: [(name: String, quota: Int)]?, _ b: [(name: String, quota: Int)]?) -> Bool {
            guard let a, let b else { return a == nil && b == nil }
            return a.elementsEqual(b) { $0 == $1 }
        }
        return a.collection == b.collection && a.user == b.user && a.vector == b.vector && a.events == b.events
            && a.k == b.k && same(a.channels, b.channels) && a.weights.elementsEqual(b.weights) { $0 == $1 }
            && a.merge == b.merge && a.using == b.using && a.filter == b.filter && a.exclude == b.exclude
            && a.maxPer.elementsEqual(b.maxPer) { $0 == $1 } && a.mmr == b.mmr && a.scatter == b.scatter
            && a.frequencyCap == b.frequencyCap && a.boosts == b.boosts && a.pins == b.pins && a.explore == b.explore
            && a.seed == b.seed && a.query == b.query && a.custom == b.custom && a.withPayload == b.withPayload
            && a.context.elementsEqual(b.context) { $0 == $1 } && a.experiment == b.experiment
            && a.usesRanker == b.usesRanker && a.log == b.log
            && a.explain == b.explain
    }
}

/// Parameters of `match.users`: the people to whom items, or whose likes, would appeal.
///
/// ```json
/// {"collection":"products","items":["sku-1","sku-2"],"k":1000,"exclude":["bought"]}
/// {"collection":"products","users":["u1","u2"],"k":1000}
/// ```
public struct MatchUsers: Equatable, Sendable {
    /// Whom it is for.
    public enum Seeds: Equatable, Sendable {
        /// People who would like these items.
        case items([PointID])
        /// People like these, who are left out themselves.
        case users([PointID])
        /// People who would like the products that are selected for a theme.
        case theme(String)
        /// People like those of a saved audience, who are left out themselves.
        case audience(String)
    }
    /// The collection of the items.
    public var collection: String
    /// What the audience is made from.
    public var seeds: Seeds
    /// How many people at most, 1 to 100,000; 100 if absent.
    public var k: Int
    /// Only what people did with items that pass counts; with all items if absent.
    public var filter: WireFilter?
    /// Only people of this saved audience; everybody if absent.
    public var among: String?
    /// Leaves out people who did this with a seed item.
    public var exclude: [MatchItems.Exclusion]
    /// The vector field; may be nil where the collection has one.
    public var using: String?
    /// Whether the reply says how it came about.
    public var explain: Bool
}

/// Parameters of `match.similar`: items like an item, or people like a person.
public struct MatchSimilar: Equatable, Sendable {
    /// What is to be similar to.
    public enum Seed: Equatable, Sendable {
        /// An item.
        case item(PointID)
        /// A person.
        case user(PointID)
    }
    /// The collection of the items.
    public var collection: String
    /// What is to be similar to.
    public var seed: Seed
    /// How many, 1 to 1,000; 10 if absent.
    public var k: Int
    /// What may be an item; every point if absent.
    public var filter: WireFilter?
    /// The vector field; may be nil where the collection has one.
    public var using: String?
    /// What the reply carries of the payload; all if absent.
    public var withPayload: PayloadSelection
}
