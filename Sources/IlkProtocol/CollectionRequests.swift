/// Parameters of `collection.create`.
///
/// ```json
/// {"name":"products","vectors":{"image":{"dimension":784,"metric":"l2","hnsw":{"m":16,"ef_construction":200}}},
///  "fields":{"price":"float","brand":"keyword"}}
/// ```
public struct CollectionCreate: Equatable, Sendable {
    /// 1 to 64 of `A-Z a-z 0-9 _ -`, beginning with a letter or digit.
    public var name: String
    /// Vector fields in the order given; 1 to 32.
    public var vectors: [VectorField]
    /// Declared payload fields, by dotted path.
    public var fields: [PayloadField]

    /// Makes the parameters; that names and numbers are in their ranges is the parser's business.
    public init(name: String, vectors: [VectorField], fields: [PayloadField] = []) {
        self.name = name
        self.vectors = vectors
        self.fields = fields
    }
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

/// One vector field of a collection.
public struct VectorField: Equatable, Sendable {
    /// Of the same characters as a collection's name.
    public var name: String
    /// Components of a vector, 1 to 65,536.
    public var dimension: Int
    /// What near means.
    public var metric: MetricName
    /// Links a node keeps above level 0, `M` in Malkov & Yashunin (2018); 2 to 128.
    ///
    /// Level 0 keeps twice as many.
    public var m: Int
    /// Width of the candidate list while building, `efConstruction`; `m` to 4,096.
    public var efConstruction: Int

    /// Makes a field with the paper's parameters unless told otherwise.
    public init(name: String, dimension: Int, metric: MetricName, m: Int = 16, efConstruction: Int = 200) {
        self.name = name
        self.dimension = dimension
        self.metric = metric
        self.m = m
        self.efConstruction = efConstruction
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
