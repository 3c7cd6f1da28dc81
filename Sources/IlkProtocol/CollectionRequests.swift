/// Parameters of `collection.create`.
///
/// ```json
/// {"name":"products","vectors":{"image":{"dimension":784,"metric":"l2","hnsw":{"m":16,"ef_construction":200}}},
///  "fields":{"price":"float","brand":"keyword"}}
/// {"name":"shop","vectors":{"text":{"model":"multilingual-e5-small","source":"{title}. {brand}"}},"text":["title"]}
/// {"name":"kb","kind":"knowledge","model":"multilingual-e5-small"}
/// ```
public struct CollectionCreate: Equatable, Sendable {
    /// 1 to 64 of `A-Z a-z 0-9 _ -`, beginning with a letter or digit.
    public var name: String
    /// What it is for.
    public var kind: CollectionKind
    /// Vector fields in the order given, up to 32; none for a knowledge base, where they are ilk's to choose.
    public var vectors: [VectorField]
    /// Declared payload fields, by dotted path.
    public var fields: [PayloadField]
    /// Payload fields whose words are searched.
    public var text: [TextField]
    /// The model that a knowledge base is embedded by; the default one if nil.
    public var model: String?

    /// Makes the parameters; that names and numbers are in their ranges is the parser's business.
    public init(
        name: String, kind: CollectionKind = .points, vectors: [VectorField], fields: [PayloadField] = [],
        text: [TextField] = [], model: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.vectors = vectors
        self.fields = fields
        self.text = text
        self.model = model
    }
}

/// What a collection is for.
public enum CollectionKind: String, Sendable, CaseIterable {
    /// Points with vectors, payloads and texts.
    case points
    /// Documents, which ilk splits into passages.
    case knowledge
}

/// The name of a metric on the wire: `cosine`, `dot` or `l2`.
public enum MetricName: String, Sendable, CaseIterable {
    /// 1 − the cosine of the angle; vectors are normalised when they are stored.
    case cosine
    /// Minus the inner product.
    case dot
    /// The Euclidean distance, its root taken.
    case l2
}

/// What searches of a vector field read, on the wire: `f32`, `u8` or `auto`.
public enum StorageName: String, Sendable, CaseIterable {
    /// The vectors, 4 bytes a component.
    case f32
    /// Codes of one byte a component; the best are measured again with the vectors.
    case u8
    /// Codes where a trial on the collection's own vectors shows that they lose nothing, vectors where not.
    case auto
}

/// One vector field of a collection.
public struct VectorField: Equatable, Sendable {
    /// Of the same characters as a collection's name.
    public var name: String
    /// Components of a vector, 1 to 65,536; 0 where the model decides.
    public var dimension: Int
    /// What near means.
    public var metric: MetricName
    /// What searches read.
    public var storage: StorageName
    /// Links a node keeps above level 0, `M` in Malkov & Yashunin (2018); 2 to 128.
    ///
    /// Level 0 keeps twice as many.
    public var m: Int
    /// Width of the candidate list while building, `efConstruction`; `m` to 4,096.
    public var efConstruction: Int
    /// The model that fills the field; nil where the caller does.
    public var model: String?
    /// The texts that the model embeds for a point; empty where the caller brings the model's vectors.
    public var source: [SourcePart]

    /// Makes a field with the paper's parameters unless told otherwise.
    public init(
        name: String, dimension: Int, metric: MetricName, storage: StorageName = .auto, m: Int = 16,
        efConstruction: Int = 200, model: String? = nil, source: [SourcePart] = []
    ) {
        self.name = name
        self.dimension = dimension
        self.metric = metric
        self.storage = storage
        self.m = m
        self.efConstruction = efConstruction
        self.model = model
        self.source = source
    }
}

/// A declared payload field: its dotted path and type.
///
/// An array in the payload gives the field several values.
public struct PayloadField: Equatable, Sendable {
    /// The type of a field's values.
    public enum Kind: String, Sendable, CaseIterable {
        /// A string, compared as a whole.
        case keyword
        /// An integer of 64 bits.
        case int
        /// A number.
        case float
        /// `true` or `false`.
        case bool
        /// A string of RFC 3339, compared as a moment.
        case datetime
    }
    /// Where the values stand in the payload, such as `maker.country`; 1 to 256 bytes.
    public var path: String
    /// The type of its values.
    public var kind: Kind

    /// Makes a field.
    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }
}
