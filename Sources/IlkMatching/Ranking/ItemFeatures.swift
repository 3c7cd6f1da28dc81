import Glibc
import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// What is known of candidates, by name: what a ranker goes by, and what is logged of what was shown.
///
/// Nothing in it is of the future, so what was logged may be learned from. A feature that is not there is 0.
///
///     score, channels           the merged score before boosts; how many channels brought the item
///     <channel>.score, .place   its score as a share of the channel's largest; 20 / (20 + rank)
///     like.<keyword field>      the share of what the person likes that has the item's value
///     number.<number field>     ± ln(1 + |number|)
///     distance.<number field>   how far that is from the median of what the person likes
///     is.<bool field>           1 for true
///     age.<datetime field>      ln(1 + days since then)
///     popular, trending         ln(1 + the decayed counts of the channels of these names)
///     used, shown               ln(1 + what was done with the item, how often it was shown), by everybody
///     own.weight, own.orders    what this person did with the item, and ln(1 + how often the person bought it)
///     own.recency               1 / (1 + days since something was done with it)
///     own.shown                 ln(1 + how often the person was shown it)
///     person.actions, .shown    ln(1 + what the person did, what the person was shown)
///     context.<name>            a number as it is, 1 for true; of a text 1 where the item's keyword field of that name has it
struct ItemFeatures: Sendable {
    private(set) var names: [String] = []
    /// Shape `[features, candidates]`.
    private var columns: [[Float]] = []
    let count: Int

    /// Features of candidates, in their order.
    ///
    /// - Parameters:
    ///   - candidates: as they were merged.
    ///   - recall: what the channels were asked.
    ///   - channels: their names.
    ///   - context: in what circumstances.
    init(
        of candidates: [MatchCandidate], _ recall: RecallRequest, channels: [String],
        context: [(name: String, value: JSONValue)]
    ) {
        count = candidates.count
        addChannels(candidates, channels)
        let ordinals = candidates.map(\.ordinal)
        addFields(ordinals, recall)
        addCounts(ordinals, recall)
        addOwn(ordinals, recall)
        addContext(context, ordinals, recall)
    }

    private mutating func add(_ name: String, _ column: [Float]) {
        names.append(name)
        columns.append(column)
    }

    // MARK: Asking

    /// The features of a candidate that a model asks for, in the model's order.
    ///
    /// - Parameter names: of the model's features.
    /// - Returns: places of columns; nil for what is not there, which is 0.
    func places(of names: [String]) -> [Int?] {
        let known = Dictionary(uniqueKeysWithValues: zip(self.names, columns.indices))
        return names.map { known[$0] }
    }

    /// The row of a candidate, of columns in any order.
    func row(_ candidate: Int, _ places: [Int?]) -> [Float] {
        places.map { $0.map { columns[$0][candidate] } ?? 0 }
    }

    /// All features of a candidate, in the order of ``names``.
    func row(_ candidate: Int) -> [Float] { columns.map { $0[candidate] } }

    // MARK: Making

    private mutating func addChannels(_ candidates: [MatchCandidate], _ channels: [String]) {
        add("score", candidates.map(\.merged))
        var counts = [Float](repeating: 0, count: count)
        var scores = [[Float]](repeating: counts, count: channels.count)
        var places = scores
        for (place, candidate) in candidates.enumerated() {
            for mention in candidate.mentions {
                counts[place] += 1
                scores[mention.channel][place] = mention.share
                places[mention.channel][place] = CandidateMerge.share(ofRank: mention.rank)
            }
        }
        add("channels", counts)
        for (channel, name) in channels.enumerated() {
            add("\(name).score", scores[channel])
            add("\(name).place", places[channel])
        }
    }

    private mutating func addFields(_ ordinals: [Ordinal], _ recall: RecallRequest) {
        let affinities = Affinities(recall.taste, recall.items)
        for field in recall.items.fields {
            var column = [Float](repeating: 0, count: count)
            switch field.kind {
            case .keyword:
                let liked = affinities.values.filter { $0.field == field.path }
                let shares = Dictionary(liked.map { ($0.value, $0.share) }) { first, _ in first }
                if !shares.isEmpty {
                    recall.items.forEachValue(of: field.path, at: ordinals) { place, value in
                        column[place] = max(column[place], shares[value] ?? 0)
                    }
                }
                add("like.\(field.path)", column)
            case .int, .float:
                var distances = column
                let median = affinities.bands.first { $0.field == field.path }.map { Self.compressed($0.median) }
                recall.items.forEachValue(of: field.path, at: ordinals) { place, value in
                    guard let number = value.number else { return }
                    column[place] = Self.compressed(number)
                    if let median { distances[place] = abs(column[place] - median) }
                }
                add("number.\(field.path)", column)
                add("distance.\(field.path)", distances)
            case .bool:
                recall.items.forEachValue(of: field.path, at: ordinals) { place, value in
                    if value == .bool(true) { column[place] = 1 }
                }
                add("is.\(field.path)", column)
            case .datetime:
                recall.items.forEachValue(of: field.path, at: ordinals) { place, value in
                    // Kept as microseconds since 1970.
                    guard let microseconds = value.number else { return }
                    column[place] = Self.compressed(max(0, (recall.now - microseconds / 1e6) / 86_400))
                }
                add("age.\(field.path)", column)
            }
        }
    }

    /// `± ln(1 + |x|)`: prices and counts differ by factors.
    private static func compressed(_ number: Double) -> Float { Float(copysign(log1p(abs(number)), number)) }

    private mutating func addCounts(_ ordinals: [Ordinal], _ recall: RecallRequest) {
        let numbers = ordinals.map { recall.places.number(of: $0) }
        func column(_ value: (MatchState, ItemNumber) -> Float) -> [Float] {
            recall.memory.state.withLock { state in numbers.map { $0.map { log1p(value(state, $0)) } ?? 0 } }
        }
        add("popular", column { state, item in state.popular.count(of: item, at: recall.moment) })
        add("trending", column { state, item in state.trending.count(of: item, at: recall.moment) })
        add("used", column { state, item in Float(state.events.actionCount(of: item)) })
        add("shown", column { state, item in Float(state.events.impressionCount(of: item)) })
    }

    private mutating func addOwn(_ ordinals: [Ordinal], _ recall: RecallRequest) {
        let taste = recall.taste
        var own = ValuesByNumber<Int>(capacity: taste.items.count)
        for (place, item) in taste.items.enumerated() {
            if let ordinal = item.ordinal { _ = own.place(of: ordinal.rawValue, orInsert: place) }
        }
        let items = ordinals.map { own[$0.rawValue].map { taste.items[$0] } }
        add("own.weight", items.map { $0?.weight ?? 0 })
        add("own.orders", items.map { log1p(Float($0?.orders ?? 0)) })
        add("own.recency", items.map { $0.map { 1 / (1 + $0.last.days(until: recall.moment)) } ?? 0 })
        var shown = ValuesByNumber<Int>()
        if let user = recall.user {
            let exposures = recall.memory.state.withLock { $0.exposures(of: user, since: Moment(UInt32(0))) }
            for (item, count) in exposures {
                guard let ordinal = recall.places.ordinal(of: item) else { continue }
                _ = shown.place(of: ordinal.rawValue, orInsert: count)
            }
        }
        add("own.shown", ordinals.map { log1p(Float(shown[$0.rawValue] ?? 0)) })
        add("person.actions", [Float](repeating: log1p(Float(taste.actionCount)), count: count))
        add("person.shown", [Float](repeating: log1p(Float(taste.impressionCount)), count: count))
    }

    private mutating func addContext(
        _ context: [(name: String, value: JSONValue)], _ ordinals: [Ordinal], _ recall: RecallRequest
    ) {
        for (name, value) in context {
            var column = [Float](repeating: 0, count: count)
            switch FilterValue(value) {
            case .number?:
                let number = FilterValue(value)?.number ?? 0
                column = [Float](repeating: Float(max(-1e9, min(1e9, number))), count: count)
            case .bool(let flag)?: column = [Float](repeating: flag ? 1 : 0, count: count)
            case .string(let text)?:
                // Of a text that no field has there is no order of items to be learned, and it is only logged.
                guard recall.items.fields.contains(where: { $0.path == name && $0.kind == .keyword }) else { continue }
                recall.items.forEachValue(of: name, at: ordinals) { place, other in
                    if other == .string(text) { column[place] = 1 }
                }
            case nil: continue
            }
            add("context.\(name)", column)
        }
    }

    // MARK: Names

    /// Where the item stood, as `ln` of the place from 1: known of what was shown, and 0, the first place, for what is ranked.
    ///
    /// People look at first places whatever stands there. A model that knows the place does not put that down to the item.
    static let position = "position"

    /// Every feature that a collection of these fields has, but for those of a context, which the caller names.
    static func known(_ fields: [PayloadField]) -> [String] {
        let ofFields = fields.flatMap { field in
            switch field.kind {
            case .keyword: ["like.\(field.path)"]
            case .int, .float: ["number.\(field.path)", "distance.\(field.path)"]
            case .bool: ["is.\(field.path)"]
            case .datetime: ["age.\(field.path)"]
            }
        }
        return ["score", "channels"] + Channels.all.flatMap { ["\($0.name).score", "\($0.name).place"] } + ofFields
            + [
                "popular", "trending", "used", "shown", "own.weight", "own.orders", "own.recency", "own.shown",
                "person.actions", "person.shown", position,
            ]
    }
}
