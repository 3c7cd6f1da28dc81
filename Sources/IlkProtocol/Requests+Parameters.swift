extension CollectionCreate {
    init(_ parameters: Parameters) throws(IlkError) {
        let place = parameters.place("vectors")
        let vectors = try parameters.require("vectors")
        guard vectors.isObject else {
            throw Parameters.mismatch(vectors, place, "an object such as {\"image\":{\"dimension\":784,\"metric\":\"l2\"}}")
        }
        var vectorFields: [VectorField] = []
        try vectors.forEachMember { (name, element) throws(IlkError) in
            vectorFields.append(try VectorField(name: name, element, at: "\(place).\(name.prefix(64))"))
        }
        guard !vectorFields.isEmpty else {
            throw IlkError(.invalidRequest, "\(place) is empty; declare at least one vector field")
        }
        var payloadFields: [PayloadField] = []
        if let fields = parameters["fields"] {
            let place = parameters.place("fields")
            guard fields.isObject else { throw Parameters.mismatch(fields, place, "an object such as {\"price\":\"float\"}") }
            try fields.forEachMember { (path, element) throws(IlkError) in
                payloadFields.append(try PayloadField(path: path, element, at: "\(place).\(path.prefix(64))"))
            }
        }
        self.init(name: try parameters.name("name"), vectors: vectorFields, fields: payloadFields)
    }
}

extension VectorField {
    init(name: String, _ element: JSONElement, at path: String) throws(IlkError) {
        let parameters = try Parameters(element, at: path, known: ["dimension", "metric", "hnsw"])
        guard let dimension = try parameters.int("dimension", in: 1...Parameters.maximumDimension) else {
            throw IlkError(.invalidRequest, "\(path) lacks 'dimension'")
        }
        let metricName = try parameters.string("metric")
        guard let metric = MetricName(rawValue: metricName) else {
            throw IlkError(.invalidRequest, "\(parameters.place("metric")) is '\(metricName)'; choose cosine, dot or l2")
        }
        self.init(name: try Parameters.checkedName(name, path), dimension: dimension, metric: metric)
        guard let element = parameters["hnsw"] else { return }
        let hnsw = try Parameters(element, at: parameters.place("hnsw"), known: ["m", "ef_construction"])
        m = try hnsw.int("m", in: 2...128) ?? m
        efConstruction = try hnsw.int("ef_construction", in: m...4_096) ?? max(efConstruction, m)
    }
}

extension PayloadField {
    init(path: String, _ element: JSONElement, at place: String) throws(IlkError) {
        let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
        guard let name = element.string, let kind = Kind(rawValue: name) else {
            throw IlkError(.invalidRequest, "\(place) is not a type of field; choose one of \(kinds)")
        }
        guard !path.isEmpty, path.utf8.count <= 256 else {
            throw IlkError(.invalidRequest, "\(place): a field's path has 1 to 256 bytes")
        }
        self.init(path: path, kind: kind)
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
            points.append(try UpsertPoint(element, at: "points[\(index)]"))
        }
        self.init(collection: try parameters.name("collection"), points: points)
    }
}

extension UpsertPoint {
    /// The longest payload, as text.
    static let maximumPayload = 1 << 20

    init(_ element: JSONElement, at path: String) throws(IlkError) {
        let parameters = try Parameters(element, at: path, known: ["id", "vector", "vectors", "payload"])
        let id = try Parameters.id(try parameters.require("id"), "\(path).id")
        var vectors: [(field: String?, vector: [Float])] = []
        switch (parameters["vector"], parameters["vectors"]) {
        case (.some, .some): throw IlkError(.invalidRequest, "\(path) has both 'vector' and 'vectors'; send one of them")
        case (nil, nil): throw IlkError(.invalidRequest, "\(path) lacks 'vectors' (or 'vector', where there is one field)")
        case (let vector?, nil):
            vectors = [(nil, try Parameters.vector(vector, "\(path).vector").values)]
        case (nil, let fields?):
            guard fields.isObject else { throw Parameters.mismatch(fields, "\(path).vectors", "an object of vectors by field") }
            try fields.forEachMember { (name, vector) throws(IlkError) in
                guard !vectors.contains(where: { $0.field == name }) else {
                    throw IlkError(.invalidRequest, "field '\(name)' stands twice in \(path).vectors; send it once")
                }
                vectors.append((name, try Parameters.vector(vector, "\(path).vectors.\(name)").values))
            }
        }
        var payload: JSONText?
        if let element = parameters["payload"] {
            guard element.isObject else { throw Parameters.mismatch(element, "\(path).payload", "an object") }
            let text = element.text
            guard text.bytes.count <= Self.maximumPayload else {
                throw IlkError(
                    .tooLarge, "\(path).payload has \(text.bytes.count) bytes; \(Self.maximumPayload) at most")
            }
            payload = text
        }
        self.init(id: id, vectors: vectors, payload: payload)
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
        guard payload.isObject else {
            throw Parameters.mismatch(payload, parameters.place("payload"), "an object of members to change")
        }
        self.init(
            collection: try parameters.name("collection"), selection: try PointSelection(parameters), payload: payload.value)
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
            cursor: try parameters.optionalString("cursor"), withVectors: try parameters.bool("with_vectors"),
            withPayload: try parameters.payloadSelection(default: .all))
    }
}

extension PointsFacets {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), field: try parameters.string("field"),
            filter: try parameters.filter(), limit: try parameters.int("limit", in: 1...10_000) ?? 10)
    }
}

extension SearchRequest {
    /// The fields of a search besides `collection`.
    static let fields = [
        "vector", "id", "using", "k", "ef", "filter", "exact", "with_payload", "with_vectors", "max_distance", "explain",
    ]

    init(_ parameters: Parameters, collection: String) throws(IlkError) {
        let query: Query
        switch (parameters["vector"], parameters["id"]) {
        case (.some, .some):
            throw IlkError(.invalidRequest, "\(parameters.path) has both 'vector' and 'id'; send one of them")
        case (nil, nil): throw IlkError(.invalidRequest, "\(parameters.path) lacks 'vector' (or 'id', for points like that one)")
        case (let vector?, nil): query = .vector(try Parameters.vector(vector, parameters.place("vector")))
        case (nil, let id?): query = .point(try Parameters.id(id, parameters.place("id")))
        }
        self.init(
            collection: collection, query: query, using: try parameters.optionalString("using"),
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
        guard (1...Self.maximumSearches).contains(element.count) else {
            throw IlkError(.tooLarge, "\(place) has \(element.count) searches; send 1 to \(Self.maximumSearches)")
        }
        var searches: [SearchRequest] = []
        searches.reserveCapacity(element.count)
        try element.forEachElement { (index, element) throws(IlkError) in
            let each = try Parameters(element, at: "searches[\(index)]", known: SearchRequest.fields)
            searches.append(try SearchRequest(each, collection: collection))
        }
        self.init(collection: collection, searches: searches)
    }
}

extension SnapshotRequest {
    init(_ parameters: Parameters, needsPath: Bool) throws(IlkError) {
        let path = needsPath ? try parameters.string("path") : try parameters.optionalString("path")
        if let path, !path.hasPrefix("/") || path.utf8.contains(0) {
            throw IlkError(.invalidRequest, "\(parameters.place("path")) is '\(path.prefix(80))'; send an absolute path")
        }
        self.init(collection: try parameters.name("collection"), path: path)
    }
}
