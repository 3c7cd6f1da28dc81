/// Parameters of `match.ranker`: how it stands with what puts candidates in order, and which model that is.
///
/// ```json
/// {"collection":"products","use":"previous"}
/// ```
public struct MatchRanker: Equatable, Sendable {
    /// Which model is to answer.
    public enum Use: String, Sendable, CaseIterable {
        /// The one that was trained last.
        case newest
        /// The one before the live one.
        case previous
        /// None: merged scores order candidates.
        case off
    }

    /// The collection of the items.
    public var collection: String
    /// Which model is to answer from now on; nil only asks.
    public var use: Use?

    init(_ parameters: Parameters) throws(IlkError) {
        collection = try parameters.name("collection")
        use = try parameters.optionalWord("use")
    }
}

/// Parameters of `match.load`: a ranker that was learned elsewhere.
///
/// ```json
/// {"collection":"products","lightgbm":"tree\nversion=v4\n…","go_live":"if_better"}
/// ```
public struct MatchLoad: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// The text of a model of LightGBM, whose features are called as the ranker's are.
    public var lightGBM: String
    /// How many hours after an item was shown what is done with it is put down to that, over 0 to 720; 24 if absent.
    public var withinHours: Double
    /// When it answers; `if_better` if absent.
    public var goLive: MatchTrain.GoLive

    static let fields = ["collection", "lightgbm", "within_hours", "go_live"]

    init(_ parameters: Parameters) throws(IlkError) {
        collection = try parameters.name("collection")
        lightGBM = try parameters.string("lightgbm")
        withinHours = try parameters.hours("within_hours") ?? 24
        goLive = try parameters.optionalWord("go_live") ?? .ifBetter
    }
}

/// Parameters of `match.shown`: what answers showed and what was taken of it, a page at a time.
///
/// ```json
/// {"collection":"products","limit":100,"within_hours":24}
/// ```
public struct MatchShown: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// Answers a page, 1 to 1,000; 100 if absent.
    public var limit: Int
    /// `next_cursor` of the reply before; nil begins.
    public var cursor: String?
    /// How many hours after an item was shown what is done with it is put down to that, over 0 to 720; 24 if absent.
    public var withinHours: Double

    static let fields = ["collection", "limit", "cursor", "within_hours"]

    init(_ parameters: Parameters) throws(IlkError) {
        collection = try parameters.name("collection")
        limit = try parameters.int("limit", in: 1...1_000) ?? 100
        cursor = try parameters.cursor()
        withinHours = try parameters.hours("within_hours") ?? 24
    }
}
