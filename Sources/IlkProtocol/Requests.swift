// The parameters of every method, as owned Swift values. Field names are the wire's in camel case;
// `RequestParser` reads them, and refuses a field that is not here by naming the nearest one that is.

/// Parameters of `collection.create`.
public struct CollectionCreate: Equatable, Sendable {
    public var name: String
    /// Vector fields in the order given; at least one.
    public var vectors: [VectorField]
    /// Declared payload fields, by dotted path.
    public var fields: [PayloadField]

    public init(name: String, vectors: [VectorField], fields: [PayloadField] = []) {
        self.name = name
        self.vectors = vectors
        self.fields = fields
    }
}

/// The name of a metric on the wire: `cosine`, `dot` or `l2`.
public enum MetricName: String, Sendable, CaseIterable {
    case cosine, dot, l2
}

/// One vector field of a collection.
public struct VectorField: Equatable, Sendable {
    public var name: String
    /// Components of a vector, 1 to 65,536.
    public var dimension: Int
    public var metric: MetricName
    /// Links a node keeps above level 0, `M` in Malkov & Yashunin; 2 to 128. Level 0 keeps twice as many.
    public var m: Int
    /// Width of the candidate list while building, `efConstruction`; `m` to 4,096.
    public var efConstruction: Int

    public init(name: String, dimension: Int, metric: MetricName, m: Int = 16, efConstruction: Int = 200) {
        self.name = name
        self.dimension = dimension
        self.metric = metric
        self.m = m
        self.efConstruction = efConstruction
    }
}

/// A declared payload field: its dotted path and type. An array in the payload gives the field several values.
public struct PayloadField: Equatable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case keyword, int, float, bool, datetime
    }
    public var path: String
    public var kind: Kind

    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }
}

/// A vector as it came: its floats, and whether as base64 of little-endian f32, so that a reply can use the same form.
public struct WireVector: Equatable, Sendable {
    public var values: [Float]
    public var isBase64: Bool

    public init(_ values: [Float], isBase64: Bool = false) {
        self.values = values
        self.isBase64 = isBase64
    }
}

/// One point of `points.upsert`.
public struct UpsertPoint: Equatable, Sendable {
    public var id: PointID
    /// Vectors by field name. The name is nil where the request said `"vector"`: the only field is meant.
    public var vectors: [(field: String?, vector: [Float])]
    /// The payload as JSON text of an object, minified; nil means `{}`.
    public var payload: JSONText?

    public init(id: PointID, vectors: [(field: String?, vector: [Float])], payload: JSONText? = nil) {
        self.id = id
        self.vectors = vectors
        self.payload = payload
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.id == b.id && a.payload == b.payload
            && a.vectors.elementsEqual(b.vectors) { $0.field == $1.field && $0.vector == $1.vector }
    }
}

/// JSON text that is known to be valid and minified: kept and copied as bytes, parsed only where it is looked into.
public struct JSONText: Equatable, Sendable {
    public let bytes: [UInt8]

    /// Takes text that the caller knows to be valid JSON.
    public init(validated bytes: [UInt8]) { self.bytes = bytes }
}

/// A filter as it came: in the small language, or as its JSON tree. `IlkFilter` parses both to one AST.
public enum WireFilter: Equatable, Sendable {
    case text(String)
    case tree(JSONValue)
}

/// Which members of the payload a reply carries.
public enum PayloadSelection: Equatable, Sendable {
    case none
    case all
    case paths([String])
}

/// Parameters of `points.upsert`.
public struct PointsUpsert: Equatable, Sendable {
    public var collection: String
    public var points: [UpsertPoint]

    public init(collection: String, points: [UpsertPoint]) {
        self.collection = collection
        self.points = points
    }
}

/// Parameters of `points.patch`: a payload that is merged into the stored one (RFC 7396: null removes).
/// On the wire: `{"collection":…,"ids":[…] or "filter":…,"payload":{…}}`.
public struct PointsPatch: Equatable, Sendable {
    public var collection: String
    public var selection: PointSelection
    public var payload: JSONValue
}

/// The points that a request means: by id, or by filter.
public enum PointSelection: Equatable, Sendable {
    case ids([PointID])
    case filter(WireFilter)
}

/// Parameters of `points.delete`.
public struct PointsDelete: Equatable, Sendable {
    public var collection: String
    public var selection: PointSelection
}

/// Parameters of `points.get`.
public struct PointsGet: Equatable, Sendable {
    public var collection: String
    public var ids: [PointID]
    public var withVectors: Bool
    public var withPayload: PayloadSelection
}

/// Parameters of `points.count`.
public struct PointsCount: Equatable, Sendable {
    public var collection: String
    public var filter: WireFilter?
}

/// Parameters of `points.scroll`: points in the order of their insertion, `limit` (default 100) at a time.
public struct PointsScroll: Equatable, Sendable {
    public var collection: String
    public var filter: WireFilter?
    public var limit: Int
    /// `next_cursor` of the reply before; nil begins.
    public var cursor: String?
    public var withVectors: Bool
    public var withPayload: PayloadSelection
}

/// Parameters of `points.facets`: the most frequent values of a field, with exact counts.
public struct PointsFacets: Equatable, Sendable {
    public var collection: String
    public var field: String
    public var filter: WireFilter?
    public var limit: Int
}

/// Parameters of `search`, and of each entry of `search.batch`.
public struct SearchRequest: Equatable, Sendable {
    public enum Query: Equatable, Sendable {
        case vector(WireVector)
        /// Like this point, which itself is left out of the hits.
        case point(PointID)
    }
    public var collection: String
    public var query: Query
    /// The vector field; may be nil where the collection has one.
    public var using: String?
    /// How many hits, 1 to 10,000; 10 if absent.
    public var k: Int
    /// Width of the candidate list, `efSearch`; ilk chooses if absent.
    public var ef: Int?
    public var filter: WireFilter?
    public var exact: Bool
    /// Default `.none`.
    public var withPayload: PayloadSelection
    public var withVectors: Bool
    public var maxDistance: Float?
    public var explain: Bool

    public init(
        collection: String, query: Query, using: String? = nil, k: Int = 10, ef: Int? = nil, filter: WireFilter? = nil,
        exact: Bool = false, withPayload: PayloadSelection = .none, withVectors: Bool = false,
        maxDistance: Float? = nil, explain: Bool = false
    ) {
        self.collection = collection
        self.query = query
        self.using = using
        self.k = k
        self.ef = ef
        self.filter = filter
        self.exact = exact
        self.withPayload = withPayload
        self.withVectors = withVectors
        self.maxDistance = maxDistance
        self.explain = explain
    }
}

/// Parameters of `search.batch`.
public struct SearchBatch: Equatable, Sendable {
    public var collection: String
    /// Each with `collection` filled from the batch.
    public var searches: [SearchRequest]
}

/// Parameters of `snapshot.create` (`{"collection":…,"path"?:…}`) and `snapshot.restore` (`{"path":…,"collection":…}`).
public struct SnapshotRequest: Equatable, Sendable {
    public var collection: String
    /// A folder on the daemon's machine; nil lets `snapshot.create` choose one in the data folder.
    public var path: String?
}

/// A request, decoded: one case a method.
public enum Command: Equatable, Sendable {
    case ping
    case info
    case stats
    case collectionCreate(CollectionCreate)
    case collectionList
    case collectionDescribe(collection: String)
    case collectionDrop(collection: String)
    /// Rebuilds the graphs from SQLite as a job.
    case collectionRebuild(collection: String)
    case pointsUpsert(PointsUpsert)
    case pointsPatch(PointsPatch)
    case pointsDelete(PointsDelete)
    case pointsGet(PointsGet)
    case pointsCount(PointsCount)
    case pointsScroll(PointsScroll)
    case pointsFacets(PointsFacets)
    case search(SearchRequest)
    case searchBatch(SearchBatch)
    case snapshotCreate(SnapshotRequest)
    case snapshotRestore(SnapshotRequest)
    case jobList
    case jobGet(job: String)
    case jobCancel(job: String)
}
