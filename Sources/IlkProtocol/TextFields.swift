/// When a write is answered.
public enum WriteWait: String, Sendable, CaseIterable {
    /// When it is on the disk; vectors of its texts may follow, and `collection.describe` counts those that wait.
    case durable
    /// When the next search finds it, by its vectors too.
    case searchable
}

/// How a search by text looks for it.
public enum SearchMode: String, Sendable, CaseIterable {
    /// By meaning: the nearest vectors.
    case dense
    /// By words: BM25.
    case lexical
    /// By both, fused.
    case hybrid
}

/// How a hybrid search puts its two legs together.
public enum FusionMethod: String, Sendable, CaseIterable {
    /// By what each leg says of a hit, on a scale of its own from 0 to 1.
    case scores
    /// By the places at which each leg has it: weighted reciprocal ranks.
    case ranks
}

/// How much each leg of a hybrid search counts; 1 each if absent.
public struct LegWeights: Equatable, Sendable {
    /// Of the nearest vectors.
    public var dense: Float
    /// Of the words.
    public var lexical: Float

    /// Makes weights.
    public init(dense: Float = 1, lexical: Float = 1) {
        self.dense = dense
        self.lexical = lexical
    }
}

/// The least score that a hit of each leg must have; no bound where nil.
public struct LegScores: Equatable, Sendable {
    /// Of the nearest vectors, such as a cosine.
    public var dense: Float?
    /// Of the words: BM25.
    public var lexical: Float?

    /// Makes bounds.
    public init(dense: Float? = nil, lexical: Float? = nil) {
        self.dense = dense
        self.lexical = lexical
    }
}

/// A part of the text that fills a vector field: `{title}. {brand}`, with how much its vector counts.
public struct SourcePart: Equatable, Sendable {
    /// Text with dotted payload paths in braces.
    public var template: String
    /// How much its vector counts among the parts; 1 if absent.
    public var weight: Float

    /// Makes a part.
    public init(template: String, weight: Float = 1) {
        self.template = template
        self.weight = weight
    }
}

/// A payload field whose words are searched.
public struct TextField: Equatable, Sendable {
    /// Where the text stands in the payload.
    public var path: String
    /// How much its BM25 score counts; 1 if absent.
    public var weight: Float

    /// Makes a field.
    public init(path: String, weight: Float = 1) {
        self.path = path
        self.weight = weight
    }
}
