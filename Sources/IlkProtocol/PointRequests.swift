/// A vector as it came: its floats, and whether as base64 of little-endian f32, so that a reply can use the same form.
public struct WireVector: Equatable, Sendable {
    /// The components, all finite.
    public var values: [Float]
    /// Whether it came as base64.
    public var isBase64: Bool

    /// Makes a vector.
    public init(_ values: [Float], isBase64: Bool = false) {
        self.values = values
        self.isBase64 = isBase64
    }
}

/// One point of `points.upsert`.
///
/// ```json
/// {"id":"sku-1","vectors":{"image":[0.5,1.25,-3]},"payload":{"price":9.5}}
/// {"id":7,"vector":"AACAPwAAIMA=","expires_at":1767225600}
/// ```
public struct UpsertPoint: Equatable, Sendable {
    /// The caller's name for it.
    public var id: PointID
    /// Vectors by field name, which is nil where the request said `"vector"`: the only field is meant.
    public var vectors: [(field: String?, vector: [Float])]
    /// The payload as JSON text of an object, minified, of at most ``maximumPayload`` bytes; nil means `{}`.
    public var payload: JSONText?
    /// Until when it is found.
    public var expiry: PointExpiry

    /// The longest payload, in bytes.
    public static let maximumPayload = 1 << 20

    /// Makes a point.
    public init(
        id: PointID, vectors: [(field: String?, vector: [Float])], payload: JSONText? = nil,
        expiry: PointExpiry = .never
    ) {
        self.id = id
        self.vectors = vectors
        self.payload = payload
        self.expiry = expiry
    }

    /// Whether both are the same, with the vectors in the same order and the payload in the same words.
    public static func == (a: Self, b: Self) -> Bool {
        a.id == b.id && a.payload == b.payload && a.expiry == b.expiry
            && a.vectors.elementsEqual(b.vectors) { $0.field == $1.field && $0.vector == $1.vector }
    }
}

/// A filter as it came; `IlkFilter` parses both forms to one AST.
public enum WireFilter: Equatable, Sendable {
    /// In the small language: `price < 30 and brand in ('a','b')`.
    case text(String)
    /// As a tree of objects.
    case tree(JSONValue)
}

/// Which members of the payload a reply carries: `with_payload`.
public enum PayloadSelection: Equatable, Sendable {
    /// None: `false`.
    case none
    /// The whole payload: `true`.
    case all
    /// What lies at these dotted paths.
    case paths([String])
}

/// The points that a request means: by id, or by filter.
public enum PointSelection: Equatable, Sendable {
    /// Those with these ids: `"ids":["sku-1",7]`.
    case ids([PointID])
    /// Those that pass: `"filter":"price > 30"`.
    case filter(WireFilter)
}

/// Parameters of `points.upsert`.
///
/// ```json
/// {"collection":"products","points":[{"id":"sku-1","vectors":{"image":[0.5,1.25,-3]},"payload":{"price":9.5}}]}
/// ```
public struct PointsUpsert: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// 1 to 100,000 points, applied in this order.
    public var points: [UpsertPoint]
    /// When the reply is sent; `searchable` if absent.
    public var wait: WriteWait
    /// The fingerprint of the model that made the vectors of fields that have a model.
    public var fingerprint: String?

    /// Makes the parameters.
    public init(
        collection: String, points: [UpsertPoint], wait: WriteWait = .searchable, fingerprint: String? = nil
    ) {
        self.collection = collection
        self.points = points
        self.wait = wait
        self.fingerprint = fingerprint
    }
}

/// Parameters of `points.patch`: a payload that is merged into the stored one (RFC 7396: null removes).
///
/// ```json
/// {"collection":"products","ids":["sku-1"],"payload":{"price":8.5,"brand":null}}
/// {"collection":"products","filter":"brand = 'acme'","payload":{"sale":true},"expires_at":1767225600}
/// ```
public struct PointsPatch: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// The points that change.
    public var selection: PointSelection
    /// An object of the members to set, and of those to remove.
    public var payload: JSONValue
    /// Until when the points are found from now on; as before if absent.
    public var expiry: PointExpiry?
    /// When the reply is sent; `searchable` if absent.
    public var wait: WriteWait
}

/// Parameters of `points.delete`.
///
/// ```json
/// {"collection":"products","ids":["sku-1",7]}
/// {"collection":"products","filter":"price > 30"}
/// ```
public struct PointsDelete: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// The points that go.
    public var selection: PointSelection
}

/// Parameters of `points.get`.
///
/// ```json
/// {"collection":"products","ids":["sku-1",7],"with_vectors":true,"with_payload":["price"]}
/// ```
public struct PointsGet: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// 1 to 100,000 ids.
    public var ids: [PointID]
    /// Whether the reply carries vectors.
    public var withVectors: Bool
    /// What the reply carries of the payload; all if absent.
    public var withPayload: PayloadSelection
}

/// Parameters of `points.count`.
///
/// ```json
/// {"collection":"products","filter":"price < 30"}
/// ```
public struct PointsCount: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// What counts; every point if absent.
    public var filter: WireFilter?
}

/// Parameters of `points.scroll`: points in the order of their insertion, a page at a time.
///
/// ```json
/// {"collection":"products","filter":"price < 30","limit":100,"cursor":"…"}
/// ```
public struct PointsScroll: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// What is listed; every point if absent.
    public var filter: WireFilter?
    /// Points a page, 1 to 10,000; 100 if absent.
    public var limit: Int
    /// `next_cursor` of the reply before; nil begins.
    public var cursor: String?
    /// Whether the reply carries vectors.
    public var withVectors: Bool
    /// What the reply carries of the payload; all if absent.
    public var withPayload: PayloadSelection

    /// Makes the parameters; that numbers are in their ranges is the parser's business.
    public init(
        collection: String, filter: WireFilter? = nil, limit: Int = 100, cursor: String? = nil,
        withVectors: Bool = false, withPayload: PayloadSelection = .all
    ) {
        self.collection = collection
        self.filter = filter
        self.limit = limit
        self.cursor = cursor
        self.withVectors = withVectors
        self.withPayload = withPayload
    }
}

/// Parameters of `points.facets`: the most frequent values of a field, with exact counts.
///
/// ```json
/// {"collection":"products","field":"brand","filter":"price < 30","limit":10}
/// ```
public struct PointsFacets: Equatable, Sendable {
    /// The collection's name.
    public var collection: String
    /// The dotted path of the field.
    public var field: String
    /// What counts; every point if absent.
    public var filter: WireFilter?
    /// Values, 1 to 10,000; 10 if absent.
    public var limit: Int

    /// Makes the parameters; that numbers are in their ranges is the parser's business.
    public init(collection: String, field: String, filter: WireFilter? = nil, limit: Int = 10) {
        self.collection = collection
        self.field = field
        self.filter = filter
        self.limit = limit
    }
}
