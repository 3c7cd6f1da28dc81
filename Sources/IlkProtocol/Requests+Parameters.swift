extension CollectionCreate {
    init(_ parameters: Parameters) throws(IlkError) {
        let place = parameters.place("vectors")
        let vectors = try parameters.require("vectors")
        guard vectors.isObject else {
            throw Parameters.mismatch(
                vectors, place, "an object such as {\"image\":{\"dimension\":784,\"metric\":\"l2\"}}")
        }
        try Parameters.refuseRepeatedKeys(vectors, place)
        var vectorFields: [VectorField] = []
        try vectors.forEachMember { (name, element) throws(IlkError) in
            guard vectorFields.count < Parameters.maximumVectors else {
                throw IlkError(
                    .invalidRequest,
                    "\(place) has more than \(Parameters.maximumVectors) fields; declare fewer, or use a second collection"
                )
            }
            let name = try Parameters.checkedName(name, "a field of \(place)")
            vectorFields.append(try VectorField(name: name, element, at: "\(place).\(name)"))
        }
        guard !vectorFields.isEmpty else {
            throw IlkError(.invalidRequest, "\(place) is empty; declare at least one vector field")
        }
        self.init(
            name: try parameters.name("name"), vectors: vectorFields, fields: try PayloadField.fields(parameters))
    }
}

extension VectorField {
    fileprivate init(name: String, _ element: JSONElement, at path: String) throws(IlkError) {
        let parameters = try Parameters(element, at: path, known: ["dimension", "metric", "hnsw"])
        _ = try parameters.require("dimension")
        let dimension = try parameters.int("dimension", in: 1...Parameters.maximumDimension) ?? 0
        self.init(name: name, dimension: dimension, metric: try parameters.word("metric"))
        guard let element = parameters["hnsw"] else { return }
        let hnsw = try Parameters(element, at: parameters.place("hnsw"), known: ["m", "ef_construction"])
        m = try hnsw.int("m", in: 2...128) ?? m
        efConstruction = try hnsw.int("ef_construction", in: m...4_096) ?? max(efConstruction, m)
    }
}

extension PayloadField {
    /// Payload fields that a collection may declare.
    static let maximumPerCollection = 1_024
    /// The longest path, in UTF-8 bytes.
    static let maximumPathLength = 256

    fileprivate static func fields(_ parameters: Parameters) throws(IlkError) -> [PayloadField] {
        guard let element = parameters["fields"] else { return [] }
        let place = parameters.place("fields")
        guard element.isObject else {
            throw Parameters.mismatch(element, place, "an object such as {\"price\":\"float\"}")
        }
        try Parameters.refuseRepeatedKeys(element, place)
        var fields: [PayloadField] = []
        try element.forEachMember { (path, kind) throws(IlkError) in
            guard fields.count < maximumPerCollection else {
                throw IlkError(
                    .invalidRequest,
                    "\(place) has more than \(maximumPerCollection) fields; declare those you filter by often")
            }
            let path = try Parameters.checkedPath(path, "a field of \(place)")
            fields.append(PayloadField(path: path, kind: try Parameters.word(kind, "\(place).\(path)")))
        }
        return fields
    }
}

extension PointsUpsert {
    init(_ parameters: Parameters) throws(IlkError) {
        let place = parameters.place("points")
        let element = try parameters.require("points")
        guard element.isArray else { throw Parameters.mismatch(element, place, "an array of points") }
        try Parameters.checkCount(element.count, place)
        var points: [UpsertPoint] = []
        points.reserveCapacity(element.count)
        try element.forEachElement { (index, element) throws(IlkError) in
            let point = try Parameters(element, at: "points", index: index, known: Parameters.pointFields)
            points.append(try UpsertPoint(point))
        }
        self.init(collection: try parameters.name("collection"), points: points)
    }
}

extension UpsertPoint {
    init(_ parameters: Parameters) throws(IlkError) {
        let id = try Parameters.id(try parameters.require("id"), parameters.place("id"))
        self.init(id: id, vectors: try parameters.pointVectors(), payload: try parameters.pointPayload())
    }
}

extension PointSelection {
    init(_ parameters: Parameters) throws(IlkError) {
        switch (parameters["ids"], try parameters.filter()) {
        case (.some, .some):
            throw IlkError(.invalidRequest, "\(parameters.path) has both 'ids' and 'filter'; send one of them")
        case (nil, nil):
            throw IlkError(.invalidRequest, "\(parameters.path) lacks 'ids' or 'filter': which points are meant?")
        case (.some, nil): self = .ids(try parameters.ids("ids"))
        case (nil, let filter?): self = .filter(filter)
        }
    }
}

extension PointsPatch {
    init(_ parameters: Parameters) throws(IlkError) {
        let payload = try parameters.require("payload")
        _ = try parameters.payload(payload, "an object of members to change")
        self.init(
            collection: try parameters.name("collection"), selection: try PointSelection(parameters),
            payload: payload.value)
    }
}

extension PointsDelete {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(collection: try parameters.name("collection"), selection: try PointSelection(parameters))
    }
}

extension PointsGet {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), ids: try parameters.ids("ids"),
            withVectors: try parameters.bool("with_vectors"),
            withPayload: try parameters.payloadSelection(default: .all))
    }
}

extension PointsScroll {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), filter: try parameters.filter(),
            limit: try parameters.int("limit", in: 1...10_000) ?? 100,
            cursor: try parameters.cursor(), withVectors: try parameters.bool("with_vectors"),
            withPayload: try parameters.payloadSelection(default: .all))
    }
}

extension PointsFacets {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"),
            field: try Parameters.checkedPath(try parameters.string("field"), parameters.place("field")),
            filter: try parameters.filter(), limit: try parameters.int("limit", in: 1...10_000) ?? 10)
    }
}

extension SearchRequest {
    /// The fields of a search besides `collection`.
    static let fields = [
        "vector", "id", "using", "k", "ef", "filter", "exact", "with_payload", "with_vectors", "max_distance",
        "explain",
    ]

    /// The fields of `search`.
    static let fieldsWithCollection = ["collection"] + fields

    init(_ parameters: Parameters, collection: String) throws(IlkError) {
        let query: Query
        switch (parameters["vector"], parameters["id"]) {
        case (.some, .some):
            throw IlkError(.invalidRequest, "\(parameters.path) has both 'vector' and 'id'; send one of them")
        case (nil, nil):
            throw IlkError(.invalidRequest, "\(parameters.path) lacks 'vector' (or 'id', for points like that one)")
        case (let vector?, nil): query = .vector(try Parameters.vector(vector, parameters.place("vector")))
        case (nil, let id?): query = .point(try Parameters.id(id, parameters.place("id")))
        }
        self.init(
            collection: collection, query: query, using: try parameters.optionalName("using"),
            k: try parameters.int("k", in: 1...10_000) ?? 10, ef: try parameters.int("ef", in: 1...100_000),
            filter: try parameters.filter(), exact: try parameters.bool("exact"),
            withPayload: try parameters.payloadSelection(default: .none),
            withVectors: try parameters.bool("with_vectors"), maxDistance: try parameters.float("max_distance"),
            explain: try parameters.bool("explain"))
    }
}

extension SearchBatch {
    /// Searches that one batch may hold.
    static let maximumSearches = 10_000

    init(_ parameters: Parameters) throws(IlkError) {
        let collection = try parameters.name("collection")
        let place = parameters.place("searches")
        let element = try parameters.require("searches")
        guard element.isArray else { throw Parameters.mismatch(element, place, "an array of searches") }
        guard element.count > 0 else { throw IlkError(.invalidRequest, "\(place) is empty; send at least one search") }
        guard element.count <= Self.maximumSearches else {
            throw IlkError(.tooLarge, "\(place) has \(element.count) searches; send at most \(Self.maximumSearches)")
        }
        var searches: [SearchRequest] = []
        searches.reserveCapacity(element.count)
        try element.forEachElement { (index, element) throws(IlkError) in
            let each = try Parameters(element, at: "searches", index: index, known: SearchRequest.fields)
            searches.append(try SearchRequest(each, collection: collection))
        }
        self.init(collection: collection, searches: searches)
    }
}

extension SnapshotRequest {
    init(_ parameters: Parameters, needsPath: Bool) throws(IlkError) {
        let path = needsPath ? try parameters.string("path") : try parameters.optionalString("path")
        if let path, !path.hasPrefix("/") || path.utf8.contains(0) {
            throw IlkError(.invalidRequest, "\(parameters.place("path")) is \(path.quoted); send an absolute path")
        }
        self.init(collection: try parameters.name("collection"), path: path)
    }
}
