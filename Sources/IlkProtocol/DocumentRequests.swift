/// One document of `document.upsert`.
///
/// ```json
/// {"id":"d1","title":"Returns","text":"# Returns\nWithin 14 days …","format":"markdown","metadata":{"lang":"en"},"context":"Policy of shop A"}
/// ```
public struct WireDocument: Equatable, Sendable {
    /// How a document's text is written.
    public enum Format: String, Sendable, CaseIterable {
        /// As it is; blank lines part paragraphs.
        case plain
        /// Markdown.
        case markdown
        /// HTML, of which the text is taken.
        case html
    }
    /// The caller's name for it: a string.
    public var id: String
    /// What it is called; indexed with every passage.
    public var title: String?
    /// The text, of at most ``maximumText`` bytes.
    public var text: String
    /// How the text is written; `plain` if absent.
    public var format: Format
    /// Filters look into it; an object as minified text, `{}` if nil.
    public var metadata: JSONText?
    /// Text that is embedded and indexed with every passage, and never returned.
    public var context: String?

    /// The longest text, in bytes.
    public static let maximumText = 16 << 20
    /// The longest context, in bytes.
    public static let maximumContext = 4 << 10
    /// The longest title, in bytes.
    public static let maximumTitle = 2 << 10

    /// Makes a document.
    public init(
        id: String, title: String? = nil, text: String, format: Format = .plain, metadata: JSONText? = nil,
        context: String? = nil
    ) {
        self.id = id
        self.title = title
        self.text = text
        self.format = format
        self.metadata = metadata
        self.context = context
    }
}

/// Parameters of `document.upsert`.
public struct DocumentUpsert: Equatable, Sendable {
    /// The knowledge base's name.
    public var collection: String
    /// 1 to 10,000 documents.
    public var documents: [WireDocument]
    /// When the reply is sent; `searchable` if absent.
    public var wait: WriteWait

    /// Makes the parameters.
    public init(collection: String, documents: [WireDocument], wait: WriteWait = .searchable) {
        self.collection = collection
        self.documents = documents
        self.wait = wait
    }
}

/// Parameters of `document.get`.
///
/// ```json
/// {"collection":"kb","ids":["d1"],"with_text":true,"with_passages":true}
/// ```
public struct DocumentGet: Equatable, Sendable {
    /// The knowledge base's name.
    public var collection: String
    /// 1 to 10,000 ids.
    public var ids: [String]
    /// Whether the reply carries the text that offsets count in; true if absent.
    public var withText: Bool
    /// Whether the reply carries the passages.
    public var withPassages: Bool
}

/// Parameters of `document.delete`.
public struct DocumentDelete: Equatable, Sendable {
    /// The knowledge base's name.
    public var collection: String
    /// 1 to 10,000 ids; those that are not there are passed over.
    public var ids: [String]
}

/// Parameters of `document.list`: documents in the order of their first insertion, a page at a time.
public struct DocumentList: Equatable, Sendable {
    /// The knowledge base's name.
    public var collection: String
    /// Documents a page, 1 to 10,000; 100 if absent.
    public var limit: Int
    /// `next_cursor` of the reply before; nil begins.
    public var cursor: String?
}

/// Parameters of `retrieve`: cited passages for a question.
///
/// ```json
/// {"collection":"kb","query":"How long may I return goods?","k":5,"mode":"hybrid","token_budget":2000,"per_document":2,"window":1}
/// ```
public struct RetrieveRequest: Equatable, Sendable {
    /// The knowledge base's name.
    public var collection: String
    /// The question.
    public var query: String
    /// Passages at most, 1 to 100; 5 if absent.
    public var k: Int
    /// By meaning, by words or by both; both if absent.
    public var mode: SearchMode
    /// What may be found: a filter over the documents' metadata, `document` and `title`.
    public var filter: WireFilter?
    /// Tokens that the passages have together at most, by the model's own tokenizer; no limit if absent.
    public var tokenBudget: Int?
    /// Passages of one document at most; no limit if absent.
    public var perDocument: Int?
    /// Neighbors that each passage is widened by on either side, 0 to 10; 0 if absent.
    public var window: Int
    /// How much each leg counts.
    public var weights: LegWeights
    /// What each leg leaves out.
    public var minScore: LegScores
    /// Whether the reply says how it came about.
    public var explain: Bool

    /// Makes the parameters; that numbers are in their ranges is the parser's business.
    public init(
        collection: String, query: String, k: Int = 5, mode: SearchMode = .hybrid, filter: WireFilter? = nil,
        tokenBudget: Int? = nil, perDocument: Int? = nil, window: Int = 0, weights: LegWeights = LegWeights(),
        minScore: LegScores = LegScores(), explain: Bool = false
    ) {
        self.collection = collection
        self.query = query
        self.k = k
        self.mode = mode
        self.filter = filter
        self.tokenBudget = tokenBudget
        self.perDocument = perDocument
        self.window = window
        self.weights = weights
        self.minScore = minScore
        self.explain = explain
    }
}
