extension CollectionCreate {
    init(_ parameters: Parameters) throws(IlkError) {
        let kind: CollectionKind = try parameters.optionalWord("kind") ?? .points
        self.init(
            name: try parameters.name("name"), kind: kind, vectors: try VectorField.fields(parameters),
            fields: try PayloadField.fields(parameters), text: try TextField.fields(parameters),
            model: try parameters.optionalName("model"))
        switch kind {
        case .points:
            guard !vectors.isEmpty || !text.isEmpty else {
                throw IlkError(
                    .invalidRequest,
                    "\(parameters.path) declares neither 'vectors' nor 'text'; send vectors such as {\"image\":{\"dimension\":784,\"metric\":\"l2\"}}"
                )
            }
            guard model == nil else {
                throw IlkError(
                    .invalidRequest,
                    "\(parameters.place("model")) is for knowledge bases; give the vector field its model: {\"text\":{\"model\":…}}"
                )
            }
        case .knowledge:
            guard vectors.isEmpty && text.isEmpty else {
                throw IlkError(
                    .invalidRequest,
                    "a knowledge base has vectors and text of ilk's choice; leave out 'vectors' and 'text', and name a 'model'"
                )
            }
        }
    }
}

extension VectorField {
    fileprivate static func fields(_ parameters: Parameters) throws(IlkError) -> [VectorField] {
        guard let vectors = parameters["vectors"] else { return [] }
        let place = parameters.place("vectors")
        guard vectors.isObject else {
            throw Parameters.mismatch(
                vectors, place, "an object such as {\"image\":{\"dimension\":784,\"metric\":\"l2\"}}")
        }
        try Parameters.refuseRepeatedKeys(vectors, place)
        var fields: [VectorField] = []
        try vectors.forEachMember { (name, element) throws(IlkError) in
            guard fields.count < Parameters.maximumVectors else {
                throw IlkError(
                    .invalidRequest,
                    "\(place) has more than \(Parameters.maximumVectors) fields; declare fewer, or use a second collection"
                )
            }
            let name = try Parameters.checkedName(name, "a field of \(place)")
            fields.append(try VectorField(name: name, element, at: "\(place).\(name)"))
        }
        guard !fields.isEmpty else {
            throw IlkError(.invalidRequest, "\(place) is empty; declare at least one vector field")
        }
        return fields
    }

    private init(name: String, _ element: JSONElement, at path: String) throws(IlkError) {
        let parameters = try Parameters(
            element, at: path, known: ["dimension", "metric", "storage", "hnsw", "model", "source"])
        let model = try parameters.optionalName("model")
        if model == nil {
            _ = try parameters.require("dimension")
            guard parameters["source"] == nil else {
                throw IlkError(
                    .invalidRequest, "\(parameters.place("source")) needs a 'model' beside it: which shall embed it?")
            }
        }
        self.init(
            name: name, dimension: try parameters.int("dimension", in: 1...Parameters.maximumDimension) ?? 0,
            metric: model == nil ? try parameters.word("metric") : try parameters.optionalWord("metric") ?? .cosine,
            storage: try parameters.optionalWord("storage") ?? .auto, model: model,
            source: try parameters.source() ?? [])
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

extension TextField {
    /// Text fields that a collection may declare.
    static let maximumPerCollection = 32

    /// An array of paths, or an object of weights by path.
    fileprivate static func fields(_ parameters: Parameters) throws(IlkError) -> [TextField] {
        guard let element = parameters["text"] else { return [] }
        let place = parameters.place("text")
        var fields: [TextField] = []
        func add(_ path: String, weight: Float) throws(IlkError) {
            guard !fields.contains(where: { $0.path == path }) else {
                throw IlkError(.invalidRequest, "\(place) names \(path.quoted) twice; name it once")
            }
            guard fields.count < maximumPerCollection else {
                throw IlkError(.invalidRequest, "\(place) has more than \(maximumPerCollection) fields; name fewer")
            }
            fields.append(TextField(path: try Parameters.checkedPath(path, "a field of \(place)"), weight: weight))
        }
        if element.isArray {
            try element.forEachElement { (index, element) throws(IlkError) in
                guard let path = element.string else {
                    throw Parameters.mismatch(element, "\(place)[\(index)]", "a path")
                }
                try add(path, weight: 1)
            }
        } else {
            guard element.isObject else {
                throw Parameters.mismatch(
                    element, place, "an array of paths, or weights by path such as {\"title\":2,\"brand\":1}")
            }
            try element.forEachMember { (path, weight) throws(IlkError) in
                try add(path, weight: try Parameters.weight(weight, "\(place).\(path)"))
            }
        }
        guard !fields.isEmpty else {
            throw IlkError(.invalidRequest, "\(place) is empty; leave it out, or name a path")
        }
        return fields
    }
}

extension ReembedRequest {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), field: try parameters.optionalName("field"),
            model: try parameters.name("model"),
            dimensions: try parameters.int("dimensions", in: 1...Parameters.maximumDimension),
            source: try parameters.source(), sample: try parameters.int("sample", in: 0...10_000) ?? 200)
    }
}

extension LexiconRequest {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"),
            words: try parameters.optionalStrings("words", atMost: 100_000),
            synonyms: try parameters.optionalStrings("synonyms", atMost: 100_000))
        guard words != nil || synonyms != nil else {
            throw IlkError(.invalidRequest, "\(parameters.path) lacks 'words' or 'synonyms': what shall change?")
        }
    }
}
