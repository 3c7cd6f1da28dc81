package import IlkProtocol

/// What a collection holds: its vector fields and its declared payload fields.
///
/// It never changes after creation.
package struct CollectionSchema: Sendable, Equatable {
    /// Vector fields, in the order of creation; at least one.
    package var vectors: [VectorField]
    /// Declared payload fields.
    package var fields: [PayloadField]

    package init(vectors: [VectorField], fields: [PayloadField] = []) {
        self.vectors = vectors
        self.fields = fields
    }

    /// The most vector fields a collection may have: a point's set of fields is one 64-bit word.
    package static let maximumVectorFields = 32

    /// Checks what the parser of requests cannot know.
    ///
    /// - Throws: `invalid_request` that says which name to change.
    package func validate() throws(IlkError) {
        guard !vectors.isEmpty else {
            throw IlkError(.invalidRequest, "a collection needs a vector field; add one to 'vectors'")
        }
        guard vectors.count <= Self.maximumVectorFields else {
            throw IlkError(
                .invalidRequest,
                "\(vectors.count) vector fields; \(Self.maximumVectorFields) at most: use a second collection")
        }
        if let repeated = firstRepeated(vectors.map(\.name)) ?? firstRepeated(fields.map(\.path)) {
            throw IlkError(.invalidRequest, "field '\(repeated)' is declared twice; give each field its own name")
        }
    }

    /// The place of the vector field that a request means: the named one, or the only one.
    ///
    /// - Throws: `not_found` with the names there are, or `invalid_request` where a name is needed.
    package func vectorField(named name: String?) throws(IlkError) -> Int {
        let known = vectors.map { "'\($0.name)'" }.joined(separator: ", ")
        guard let name else {
            guard vectors.count == 1 else {
                throw IlkError(.invalidRequest, "this collection has several vector fields; say which: \(known)")
            }
            return 0
        }
        guard let place = vectors.firstIndex(where: { $0.name == name }) else {
            throw IlkError(.notFound, "no vector field named '\(name)'; this collection has \(known)")
        }
        return place
    }

    private func firstRepeated(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}

extension CollectionSchema {
    /// The schema as `collection.describe` shows it and as it stands in SQLite.
    package var json: JSONValue {
        let vectors = vectors.map { field -> (String, JSONValue) in
            let hnsw = JSONObject([("m", .int(Int64(field.m))), ("ef_construction", .int(Int64(field.efConstruction)))])
            return (
                field.name,
                .object(
                    JSONObject([
                        ("dimension", .int(Int64(field.dimension))), ("metric", .string(field.metric.rawValue)),
                        ("hnsw", .object(hnsw)),
                    ]))
            )
        }
        let fields = fields.map { ($0.path, JSONValue.string($0.kind.rawValue)) }
        return .object(
            JSONObject([("vectors", .object(JSONObject(vectors))), ("fields", .object(JSONObject(fields)))]))
    }

    /// Reads back what ``json`` wrote; nil if it is something else.
    init?(json: JSONValue) {
        guard case .object(let root) = json, case .object(let vectors)? = root["vectors"],
            case .object(let fields)? = root["fields"]
        else { return nil }
        self.init(vectors: [], fields: [])
        for member in vectors.members {
            guard case .object(let field) = member.value, case .int(let dimension)? = field["dimension"],
                case .string(let metricName)? = field["metric"], let metric = MetricName(rawValue: metricName),
                case .object(let hnsw)? = field["hnsw"], case .int(let m)? = hnsw["m"],
                case .int(let efConstruction)? = hnsw["ef_construction"]
            else { return nil }
            self.vectors.append(
                VectorField(
                    name: member.key, dimension: Int(dimension), metric: metric, m: Int(m),
                    efConstruction: Int(efConstruction)))
        }
        for member in fields.members {
            guard case .string(let name) = member.value, let kind = PayloadField.Kind(rawValue: name) else {
                return nil
            }
            self.fields.append(PayloadField(path: member.key, kind: kind))
        }
    }
}
