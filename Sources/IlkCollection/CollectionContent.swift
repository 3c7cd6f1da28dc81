import IlkANN
import IlkFilter
import IlkLexical
import IlkProtocol
import IlkVectors

/// A loaded collection: the truth and what is derived from it.
///
/// The parts change inside; the set of parts does not, until a field is filled by another model.
final class CollectionContent: Sendable {
    let folder: String
    let schema: CollectionSchema
    let seed: UInt64
    let store: RecordStore
    let directory: PointDirectory
    let filters: FilterTable
    /// When points expire.
    let expiry: ExpiryTable
    /// One for each vector field, in the schema's order.
    let indexes: [VectorIndex]
    /// The words of the text fields; nil where there are none.
    let words: LexicalIndex?
    /// What payloads say to models and to searches by words.
    let reader: TextReader
    let feed: EmbeddingFeed
    let epoch: WriteEpoch
    /// What recall searches get.
    let sampler: RecallSampler
    /// What is not as it should be.
    let issues: IssueBook

    init(
        folder: String, schema: CollectionSchema, seed: UInt64, store: RecordStore, directory: PointDirectory,
        filters: FilterTable, expiry: ExpiryTable, indexes: [VectorIndex], words: LexicalIndex?, reader: TextReader
    ) {
        self.folder = folder
        self.schema = schema
        self.seed = seed
        self.store = store
        self.directory = directory
        self.filters = filters
        self.expiry = expiry
        self.indexes = indexes
        self.words = words
        self.reader = reader
        feed = EmbeddingFeed()
        epoch = WriteEpoch()
        sampler = RecallSampler()
        issues = IssueBook()
    }

    /// The same collection with other parts: those of a field that another model has filled, or other words.
    init(
        _ other: CollectionContent, schema: CollectionSchema? = nil, reader: TextReader? = nil,
        indexes: [VectorIndex]? = nil, words: LexicalIndex? = nil
    ) {
        folder = other.folder
        self.schema = schema ?? other.schema
        seed = other.seed
        store = other.store
        directory = other.directory
        filters = other.filters
        expiry = other.expiry
        self.indexes = indexes ?? other.indexes
        self.words = words ?? other.words
        self.reader = reader ?? other.reader
        feed = other.feed
        epoch = other.epoch
        sampler = other.sampler
        issues = other.issues
    }

    /// Vectors that no graph holds yet.
    var pendingCount: Int { indexes.reduce(0) { $0 + $1.pendingCount } }

    func checkpointPath(field: Int) -> String { Self.checkpointPath(folder: folder, field: schema.vectors[field]) }

    static func databasePath(folder: String) -> String { folder + "/collection.sqlite" }

    static func checkpointPath(folder: String, field: VectorField) -> String { "\(folder)/\(field.name).hnsw" }

    static func wordsPath(folder: String) -> String { "\(folder)/words.bm25" }

    /// The index of a field without any vector.
    static func emptyIndex(of field: VectorField, seed: UInt64) throws(IlkError) -> VectorIndex {
        do throws(IndexError) {
            return try VectorIndex(
                dimension: field.dimension, metric: Metric(field.metric), parameters: HNSWParameters(field, seed: seed),
                storage: VectorStorage(field.storage))
        } catch {
            let code: ErrorCode = if case .parameter = error { .invalidRequest } else { .unavailable }
            throw IlkError(code, "vector field '\(field.name)': \(error)", retryable: false)
        }
    }

    /// What a filter must be looked up in: the payload fields in memory, or every payload where a path is not declared.
    func scope(of filter: FilterExpression) -> WriteEpoch.Scope { undeclaredPaths(filter).isEmpty ? .memory : .rows }

    /// Reads a filter, in either form.
    func expression(_ filter: WireFilter) throws(IlkError) -> FilterExpression {
        switch filter {
        case .text(let text): try FilterExpression.parse(text)
        case .tree(let tree): try FilterExpression.parse(tree: tree)
        }
    }
}

extension Metric {
    init(_ name: MetricName) {
        switch name {
        case .cosine: self = .cosine
        case .dot: self = .dot
        case .l2: self = .l2
        }
    }
}

extension VectorStorage {
    init(_ name: StorageName) {
        switch name {
        case .f32: self = .f32
        case .u8: self = .u8
        case .auto: self = .auto
        }
    }
}

extension HNSWParameters {
    init(_ field: VectorField, seed: UInt64) {
        self.init(m: field.m, efConstruction: field.efConstruction, seed: seed)
    }
}
