/// Parameters of `search`, and of each entry of `search.batch`.
///
/// ```json
/// {"collection":"products","vector":[0.5,1.25,-3],"k":10,"ef":64,"filter":"price < 30","with_payload":["title"]}
/// {"collection":"products","id":"sku-1","using":"image","exact":true,"explain":true}
/// {"collection":"shop","text":"panda plush toy","mode":"hybrid","weights":{"dense":1,"lexical":0.5},"highlight":true}
/// ```
public struct SearchRequest: Equatable, Sendable {
    /// What the hits shall be near to.
    public enum Query: Equatable, Sendable {
        /// This vector.
        case vector(WireVector)
        /// The vector of this point, which itself is left out of the hits.
        case point(PointID)
        /// This text, as the field's model sees it and by its words.
        case text(String)
    }
    /// The collection's name.
    public var collection: String
    /// What the hits shall be near to.
    public var query: Query
    /// The vector field; may be nil where the collection has one.
    public var using: String?
    /// How many hits, 1 to 10,000; 10 if absent.
    public var k: Int
    /// Width of the candidate list, `efSearch`, 1 to 100,000; ilk chooses if absent.
    public var ef: Int?
    /// The share of the true neighbors that searches shall find on average, 0.5 to 0.999, in place of `ef`.
    public var recall: Double?
    /// What may be a hit; every point if absent.
    public var filter: WireFilter?
    /// Whether to compare with every point instead of walking the graph.
    public var exact: Bool
    /// What the reply carries of the payload; nothing if absent.
    public var withPayload: PayloadSelection
    /// Whether the reply carries the hits' vectors.
    public var withVectors: Bool
    /// Hits farther away than this are left out.
    public var maxDistance: Float?
    /// Whether the reply says how it came about.
    public var explain: Bool
    /// By meaning, by words or by both; by both where the collection has both, if absent.
    public var mode: SearchMode?
    /// The words of a search whose query is a vector of the caller's.
    public var words: String?
    /// How much each leg counts.
    public var weights: LegWeights
    /// How the legs are put together.
    public var fusion: FusionMethod
    /// What each leg leaves out.
    public var minScore: LegScores
    /// Hits that each leg of a hybrid search brings, 1 to 10,000; 100 or 3 k if absent.
    public var depth: Int?
    /// Whether hits say where their texts match the words.
    public var highlight: Bool
    /// Fields whose most frequent values are counted among all that the legs found.
    public var facets: [String]
    /// The fingerprint of the model that made the query's vector, for a field that has a model.
    public var fingerprint: String?

    /// Makes the parameters; that numbers are in their ranges is the parser's business.
    public init(
        collection: String, query: Query, using: String? = nil, k: Int = 10, ef: Int? = nil, recall: Double? = nil,
        filter: WireFilter? = nil, exact: Bool = false, withPayload: PayloadSelection = .none,
        withVectors: Bool = false,
        maxDistance: Float? = nil, explain: Bool = false, mode: SearchMode? = nil, words: String? = nil,
        weights: LegWeights = LegWeights(), fusion: FusionMethod = .scores,
        minScore: LegScores = LegScores(), depth: Int? = nil,
        highlight: Bool = false, facets: [String] = [], fingerprint: String? = nil
    ) {
        self.collection = collection
        self.query = query
        self.using = using
        self.k = k
        self.ef = ef
        self.recall = recall
        self.filter = filter
        self.exact = exact
        self.withPayload = withPayload
        self.withVectors = withVectors
        self.maxDistance = maxDistance
        self.explain = explain
        self.mode = mode
        self.words = words
        self.weights = weights
        self.fusion = fusion
        self.minScore = minScore
        self.depth = depth
        self.highlight = highlight
        self.facets = facets
        self.fingerprint = fingerprint
    }
}

/// Parameters of `search.batch`: searches of one collection that one reply answers, in their order.
///
/// ```json
/// {"collection":"products","searches":[{"vector":[0.5,1.25,-3],"k":3},{"id":"sku-1"}]}
/// ```
public struct SearchBatch: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// 1 to 10,000 searches, each with `collection` filled in.
    public var searches: [SearchRequest]
}
