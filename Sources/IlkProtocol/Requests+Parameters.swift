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
        self.init(
            collection: try parameters.name("collection"), points: points,
            wait: try parameters.optionalWord("wait") ?? .searchable,
            fingerprint: try parameters.optionalString("fingerprint"))
    }
}

extension UpsertPoint {
    init(_ parameters: Parameters) throws(IlkError) {
        let id = try Parameters.id(try parameters.require("id"), parameters.place("id"))
        self.init(
            id: id, vectors: try parameters.pointVectors(), payload: try parameters.pointPayload(),
            expiry: try parameters.expiry() ?? .never)
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
        let payload = parameters["payload"]
        if let payload { _ = try parameters.payload(payload, "an object of members to change") }
        let expiry = try parameters.expiry()
        guard payload != nil || expiry != nil else {
            throw IlkError(.invalidRequest, "\(parameters.path) lacks 'payload' or 'expires_at': what is to change?")
        }
        self.init(
            collection: try parameters.name("collection"), selection: try PointSelection(parameters),
            payload: payload?.value ?? .object(JSONObject()), expiry: expiry,
            wait: try parameters.optionalWord("wait") ?? .searchable)
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
        "vector", "id", "text", "using", "k", "ef", "recall", "filter", "exact", "with_payload", "with_vectors",
        "max_distance",
        "explain", "mode", "weights", "fusion", "min_score", "depth", "highlight", "facets", "fingerprint",
    ]

    /// The fields of `search`.
    static let fieldsWithCollection = ["collection"] + fields

    init(_ parameters: Parameters, collection: String) throws(IlkError) {
        let query: Query
        let text = try parameters.text("text")
        switch (parameters["vector"], parameters["id"], text) {
        case (.some, .some, _):
            throw IlkError(.invalidRequest, "\(parameters.path) has both 'vector' and 'id'; send one of them")
        case (nil, .some, .some):
            throw IlkError(.invalidRequest, "\(parameters.path) has both 'id' and 'text'; send one of them")
        case (nil, nil, nil):
            throw IlkError(
                .invalidRequest, "\(parameters.path) lacks 'vector' (or 'text', or 'id' for points like that one)")
        case (let vector?, nil, _): query = .vector(try Parameters.vector(vector, parameters.place("vector")))
        case (nil, let id?, nil): query = .point(try Parameters.id(id, parameters.place("id")))
        case (nil, nil, let text?): query = .text(text)
        }
        let recall = try parameters.recall()
        self.init(
            collection: collection, query: query, using: try parameters.optionalName("using"),
            k: try parameters.int("k", in: 1...10_000) ?? 10, ef: try parameters.int("ef", in: 1...100_000),
            recall: recall, filter: try parameters.filter(), exact: try parameters.bool("exact"),
            withPayload: try parameters.payloadSelection(default: .none),
            withVectors: try parameters.bool("with_vectors"), maxDistance: try parameters.float("max_distance"),
            explain: try parameters.bool("explain"), mode: try parameters.optionalWord("mode"),
            words: parameters["vector"] == nil ? nil : text, weights: try LegWeights(parameters),
            fusion: try parameters.optionalWord("fusion") ?? .scores, minScore: try LegScores(parameters),
            depth: try parameters.int("depth", in: 1...10_000),
            highlight: try parameters.bool("highlight"),
            facets: try parameters.optionalStrings("facets", atMost: 16) ?? [],
            fingerprint: try parameters.optionalString("fingerprint"))
    }
}

extension Parameters {
    /// The recall that is asked for: instead of a width, and of an exact search, whose recall is 1.
    fileprivate func recall() throws(IlkError) -> Double? {
        guard let value = try float("recall") else { return nil }
        guard value >= 0.5, value <= 0.9991 else {
            throw IlkError(
                .invalidRequest,
                "\(place("recall")) is \(value); give 0.5 to 0.999, or 'exact' where every neighbor must be found")
        }
        guard self["ef"] == nil else {
            throw IlkError(
                .invalidRequest, "\(path) has both 'ef' and 'recall'; send one of them: a recall chooses the ef")
        }
        guard try !bool("exact") else {
            throw IlkError(.invalidRequest, "\(path) has both 'exact' and 'recall'; an exact search finds all")
        }
        return (Double(value) * 1e6).rounded() / 1e6
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
