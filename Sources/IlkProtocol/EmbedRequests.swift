/// Parameters of `embed`.
///
/// ```json
/// {"texts":["熊猫毛绒玩具","panda plush toy"],"model":"multilingual-e5-small","kind":"query","encoding":"base64"}
/// ```
public struct EmbedRequest: Equatable, Sendable {
    /// How a reply writes vectors.
    public enum Encoding: String, Sendable, CaseIterable {
        /// An array of numbers.
        case float
        /// Base64 of little-endian f32.
        case base64
    }
    /// 1 to ``maximumTexts`` texts, none of them empty.
    public var texts: [String]
    /// The model's name; the default one if absent.
    public var model: String?
    /// What the texts are for; `query` if absent.
    public var kind: EmbeddingKind
    /// Components to keep, where the model was trained for it; all if absent.
    public var dimensions: Int?
    /// What becomes of texts that are too long; `error` if absent.
    public var truncate: TruncationPolicy
    /// How the reply writes vectors; `float` if absent.
    public var encoding: Encoding

    /// Texts that one request may have.
    public static let maximumTexts = 4_096
    /// Bytes of UTF-8 that a text may have.
    public static let maximumText = 1 << 20

    /// Makes the parameters; that they are in their ranges is the parser's business.
    public init(
        texts: [String], model: String? = nil, kind: EmbeddingKind = .query, dimensions: Int? = nil,
        truncate: TruncationPolicy = .error, encoding: Encoding = .float
    ) {
        self.texts = texts
        self.model = model
        self.kind = kind
        self.dimensions = dimensions
        self.truncate = truncate
        self.encoding = encoding
    }
}

/// Parameters of `collection.reembed`: fills a vector field by another model, and cuts over when all is done.
///
/// ```json
/// {"collection":"products","field":"text","model":"use-multilingual-v3","sample":200}
/// ```
public struct ReembedRequest: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// The vector field; may be nil where the collection has one that a model fills.
    public var field: String?
    /// The model that shall fill it.
    public var model: String
    /// Components to keep; all if absent.
    public var dimensions: Int?
    /// The template that shall fill it; as before if absent.
    public var source: [SourcePart]?
    /// Points whose neighbors are compared under both models, 0 to 10,000; 200 if absent.
    public var sample: Int
}

/// Parameters of `collection.lexicon`: words that stay whole and words that mean the same, at once for new searches.
///
/// ```json
/// {"collection":"products","words":["毛绒"],"synonyms":["tv, television","手机 => 移动电话"]}
/// ```
public struct LexiconRequest: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// Words that stay whole; as before if absent.
    public var words: [String]?
    /// Lines of synonyms: `a, b` stand for each other, `a => b` finds b when a is asked for; as before if absent.
    public var synonyms: [String]?
}
