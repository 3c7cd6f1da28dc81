/// Parameters of `match.train`: models are learned from the log, as a job.
///
/// ```json
/// {"collection":"products","models":["als","item_cf"]}
/// ```
public struct MatchTrain: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// When a ranker that was learned answers.
    public enum GoLive: String, Sendable, CaseIterable {
        /// Where its log loss on what was held out is less than that of the merged score and of the live ranker.
        case ifBetter = "if_better"
        /// Whatever was measured.
        case always
        /// Not before `match.ranker` says so.
        case never
    }

    /// Which models: `als`, `item_cf`, `swing`, `ease`, `ranker`; each once.
    public var models: [String]
    /// People who must have chosen an item, 1 to 1,000; 3 if absent.
    public var minimumUsers: Int
    /// Factors of ALS, 8 to 256; 64 if absent.
    public var factors: Int
    /// Iterations of ALS, 1 to 100; 15 if absent.
    public var iterations: Int
    /// Neighbors that an item keeps, 1 to 1,000; 100 if absent.
    public var neighbors: Int
    /// Items that EASE solves for, those with the most people, 1 to 20,000; 5,000 if absent: its time grows with the third
    /// power, its memory with the second.
    public var easeItems: Int
    /// How many hours after an item was shown what is done with it is put down to that, over 0 to 720; 24 if absent.
    public var withinHours: Double
    /// When a ranker answers; `if_better` if absent.
    public var goLive: GoLive

    static let fields = [
        "collection", "models", "min_people", "factors", "iterations", "neighbors", "ease_items", "within_hours",
        "go_live",
    ]

    init(_ parameters: Parameters) throws(IlkError) {
        let element = try parameters.require("models")
        let place = parameters.place("models")
        let expected = "an array of models, such as [\"als\",\"item_cf\"]"
        guard element.isArray else { throw Parameters.mismatch(element, place, expected) }
        var models: [String] = []
        try element.forEachElement { (index, element) throws(IlkError) in
            guard let name = element.string else { throw Parameters.mismatch(element, "\(place)[\(index)]", "a name") }
            guard !models.contains(name), models.count < 16 else {
                throw IlkError(.invalidRequest, "\(place) has \(name.quoted) again; name each once")
            }
            models.append(name)
        }
        guard !models.isEmpty else { throw IlkError(.invalidRequest, "\(place) is empty; send \(expected)") }
        collection = try parameters.name("collection")
        self.models = models
        minimumUsers = try parameters.int("min_people", in: 1...1_000) ?? 3
        factors = try parameters.int("factors", in: 8...256) ?? 64
        iterations = try parameters.int("iterations", in: 1...100) ?? 15
        neighbors = try parameters.int("neighbors", in: 1...1_000) ?? 100
        easeItems = try parameters.int("ease_items", in: 1...20_000) ?? 5_000
        withinHours = try parameters.hours("within_hours") ?? 24
        goLive = try parameters.optionalWord("go_live") ?? .ifBetter
    }
}

extension Parameters {
    /// How long after a showing something is put down to it.
    func hours(_ name: String) throws(IlkError) -> Double? {
        guard let hours = try finite(name) else { return nil }
        guard hours > 0, hours <= 720 else {
            throw IlkError(.invalidRequest, "\(place(name)) is \(hours); choose over 0 to 720")
        }
        return hours
    }
}

/// Parameters of `match.activate`: a kept model answers again.
///
/// ```json
/// {"collection":"products","model":"als","generation":1}
/// ```
public struct MatchActivate: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// Which kind of model.
    public var model: String
    /// Which of those that `match.models` lists.
    public var generation: Int64

    init(_ parameters: Parameters) throws(IlkError) {
        collection = try parameters.name("collection")
        model = try parameters.name("model")
        guard let generation = try parameters.int("generation", in: 1...Int.max) else {
            throw IlkError(.invalidRequest, "\(parameters.path) lacks 'generation'; match.models lists those there are")
        }
        self.generation = Int64(generation)
    }
}
