/// An experiment: people are shared out among variants, each of which sets parameters of `match.items`.
///
/// ```json
/// {"name":"feed-1","variants":[{"name":"plain","weight":9},{"name":"varied","weight":1,"set":{"mmr":0.3}}]}
/// ```
public struct Experiment: Equatable, Sendable {
    /// What some of the people get.
    public struct Variant: Equatable, Sendable {
        /// What it is called.
        public var name: String
        /// How many people get it, beside the weights of the others; over 0.
        public var weight: Float
        /// The request with what the variant sets.
        public var request: MatchItems
    }

    /// What it is called; who gets which variant depends on it.
    public var name: String
    /// Two at least.
    public var variants: [Variant]

    /// The parameters that a variant may set.
    static let settable = [
        "channels", "weights", "merge", "filter", "exclude", "max_per", "mmr", "scatter", "frequency_cap", "boosts",
        "pins", "explore", "ranker",
    ]
}

extension Parameters {
    /// The member `experiment` of `match.items`, whose other parameters these are.
    func experiment() throws(IlkError) -> Experiment? {
        guard let element = self["experiment"] else { return nil }
        let each = try Parameters(element, at: place("experiment"), known: ["name", "variants"])
        let list = try each.require("variants"), place = each.place("variants")
        guard list.isArray else { throw Self.mismatch(list, place, "an array of objects") }
        guard (2...20).contains(list.count) else {
            throw IlkError(.invalidRequest, "\(place) has \(list.count) entries; send 2 to 20")
        }
        var experiment = Experiment(name: try each.name("name"), variants: [])
        try list.forEachElement { (index, element) throws(IlkError) in
            let variant = try Parameters(element, at: place, index: index, known: ["name", "weight", "set"])
            let name = try variant.name("name")
            guard !experiment.variants.contains(where: { $0.name == name }) else {
                throw IlkError(.invalidRequest, "\(variant.place("name")) is '\(name)' again; give each its own")
            }
            let weight = try variant.float("weight") ?? 1
            guard weight > 0, weight <= 1e6 else {
                throw IlkError(.invalidRequest, "\(variant.place("weight")) is \(weight); choose over 0 to 1000000")
            }
            let set = try variant["set"].map { (element) throws(IlkError) in
                try Parameters(element, at: variant.place("set"), known: Experiment.settable)
            }
            do throws(IlkError) {
                let request = try MatchItems(
                    Parameters(self, overlaidWith: set, without: "experiment"))
                experiment.variants.append(Experiment.Variant(name: name, weight: weight, request: request))
            } catch {
                // What is wrong is told of the whole request that the variant makes.
                throw IlkError(error.code, "\(variant.place("set")): \(error.message)")
            }
        }
        return experiment
    }
}
