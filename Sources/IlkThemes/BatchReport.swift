import IlkCollection
import IlkFilter
import IlkProtocol

/// What a batch of themes makes of a shop: how much of it they show, what they share, which are thin, what none reaches.
struct BatchReport {
    private let venues: [Venue]
    private let size: Int
    /// Points that pass the request's filter and quality.
    private let passing: Int
    /// How many venues each product is in.
    private let counts: [PointID: Int]
    private let unreached: (count: Int, examples: [PointID], values: JSONObject)

    /// Examples and pairs that are shown.
    private static let shown = 10
    /// Products in more venues than this are counted, but make no pairs: those would be all.
    private static let mostVenues = 1_000

    /// A report on venues that were filled by these rules.
    init(
        _ venues: [Venue], size: Int, rules: SelectionRules, in collection: VectorCollection
    ) throws(IlkError) {
        self.venues = venues
        self.size = size
        var counts: [PointID: Int] = [:]
        for venue in venues { for product in venue.products { counts[product, default: 0] += 1 } }
        self.counts = counts
        let schema = try collection.schema()
        let quality = try IndicatorReader(fields: schema.fields, name: "quality", allowsWeights: true)
            .rules(rules.quality)
        let base = try ResolvedRules(indicators: [], quality: quality, filter: rules.filter, in: collection)
        (passing, unreached) = try collection.withFields(passing: base.filter) { view throws(IlkError) in
            let left = view.matching.subtracting(view.ordinals(of: counts.keys))
            var values = JSONObject()
            for field in schema.fields where field.kind == .keyword {
                let facets = view.field(field.path)?.facets(within: left, limit: 5) ?? []
                guard facets.contains(where: { $0.count > 1 }) else { continue }
                values[field.path] = .array(
                    facets.map { .object(JSONObject([("value", $0.value), ("count", .int(Int64($0.count)))])) })
            }
            return (view.matching.count, (left.count, view.ids(of: left, limit: Self.shown), values))
        }
    }

    var json: JSONObject {
        let selected = venues.reduce(0) { $0 + $1.products.count }
        let reached = max(0, passing - unreached.count)
        var json = JSONObject([
            ("themes", .int(Int64(venues.count))), ("selected", .int(Int64(selected))),
            ("products", .int(Int64(counts.count))), ("passing", .int(Int64(passing))),
            ("coverage", .short(passing > 0 ? Double(reached) / Double(passing) : 0)), ("overlap", .object(overlap)),
            ("thin", .array(thin.map { .string($0.theme.id) })), ("weak", .array(weak.map { .string($0.theme.id) })),
            ("failed", .array(venues.filter { $0.problem != nil }.map { .string($0.theme.id) })),
            (
                "unreached",
                .object(
                    JSONObject([
                        ("count", .int(Int64(unreached.count))), ("examples", .array(unreached.examples.map(\.json))),
                        ("values", .object(unreached.values)),
                    ]))
            ),
        ])
        if venues.contains(where: { $0.floors != nil }) {
            json["floors"] = .int(Int64(venues.reduce(0) { $0 + ($1.floors?.count ?? 0) }))
            json["on_floors"] = .int(
                Int64(venues.reduce(0) { $0 + ($1.floors ?? []).reduce(0) { $0 + $1.products.count } }))
        }
        return json
    }

    /// Themes with fewer than half of the products that were asked for.
    private var thin: [Venue] { venues.filter { $0.problem == nil && $0.products.count * 2 < size } }

    /// Themes of which words and meaning have not one product in common: perhaps the shop has nothing for them.
    private var weak: [Venue] {
        venues.filter {
            $0.problem == nil && $0.agreed == 0 && $0.ways.contains(.lexical) && $0.ways.contains(.semantic)
        }
    }

    /// How much of their products themes share.
    private var overlap: JSONObject {
        var owners: [PointID: [Int]] = [:]
        for (place, venue) in venues.enumerated() {
            for product in venue.products { owners[product, default: []].append(place) }
        }
        struct Pair: Hashable {
            var first: Int
            var second: Int
        }
        var shared: [Pair: Int] = [:]
        for places in owners.values where (2...Self.mostVenues).contains(places.count) {
            for (index, first) in places.enumerated() {
                for second in places[(index + 1)...] { shared[Pair(first: first, second: second), default: 0] += 1 }
            }
        }
        func similarity(_ pair: Pair, _ count: Int) -> Double {
            let all = venues[pair.first].products.count + venues[pair.second].products.count - count
            return Double(count) / Double(max(1, all))
        }
        let pairs = shared.map { (pair: $0.key, count: $0.value, similarity: similarity($0.key, $0.value)) }
        let total = Double(venues.count) * Double(venues.count - 1) / 2
        let closest = pairs.sorted {
            $0.similarity != $1.similarity
                ? $0.similarity > $1.similarity
                : ($0.pair.first, $0.pair.second) < ($1.pair.first, $1.pair.second)
        }
        return JSONObject([
            ("mean_jaccard", .short(total > 0 ? pairs.reduce(0) { $0 + $1.similarity } / total : 0)),
            ("products_in_several", .int(Int64(counts.values.count { $0 > 1 }))),
            ("most_venues_of_a_product", .int(Int64(counts.values.max() ?? 0))),
            (
                "closest",
                .array(
                    closest.prefix(Self.shown).map { one in
                        .object(
                            JSONObject([
                                (
                                    "themes",
                                    .array([
                                        .string(venues[one.pair.first].theme.id),
                                        .string(venues[one.pair.second].theme.id),
                                    ])
                                ), ("shared", .int(Int64(one.count))), ("jaccard", .short(one.similarity)),
                            ]))
                    })
            ),
        ])
    }
}
