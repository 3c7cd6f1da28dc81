package import IlkProtocol

extension CollectionSchema {
    /// The schema as `collection.describe` shows it and as it stands in SQLite.
    package var json: JSONValue {
        var root = JSONObject([("kind", .string(kind.rawValue))])
        root["vectors"] = .object(JSONObject(vectors.map { ($0.name, .object(json(of: $0))) }))
        root["fields"] = .object(JSONObject(fields.map { ($0.path, .string($0.kind.rawValue)) }))
        root["text"] = .object(JSONObject(text.map { ($0.path, .double(Double($0.weight))) }))
        return .object(root)
    }

    private func json(of field: VectorField) -> JSONObject {
        let hnsw = JSONObject([("m", .int(Int64(field.m))), ("ef_construction", .int(Int64(field.efConstruction)))])
        var json = JSONObject([
            ("dimension", .int(Int64(field.dimension))), ("metric", .string(field.metric.rawValue)),
            ("storage", .string(field.storage.rawValue)), ("hnsw", .object(hnsw)),
        ])
        guard let model = field.model else { return json }
        json["model"] = .string(model)
        json["fingerprint"] = fingerprints[field.name].map { .string($0) }
        json["source"] = .array(
            field.source.map { part in
                .object(
                    JSONObject([("template", .string(part.template)), ("weight", .double(Double(part.weight)))]))
            })
        return json
    }

    /// Reads back what ``json`` wrote; nil if it is something else.
    init?(json: JSONValue) {
        guard case .object(let root) = json, case .object(let vectors)? = root["vectors"],
            case .object(let fields)? = root["fields"]
        else { return nil }
        self.init(vectors: [], fields: [])
        if let kind = root["kind"] {
            guard case .string(let name) = kind, let kind = CollectionKind(rawValue: name) else { return nil }
            self.kind = kind
        }
        for member in vectors.members {
            guard case .object(let json) = member.value, let field = VectorField(name: member.key, json) else {
                return nil
            }
            self.vectors.append(field)
            if case .string(let fingerprint)? = json["fingerprint"] { fingerprints[field.name] = fingerprint }
        }
        for member in fields.members {
            guard case .string(let name) = member.value, let kind = PayloadField.Kind(rawValue: name) else {
                return nil
            }
            self.fields.append(PayloadField(path: member.key, kind: kind))
        }
        if case .object(let text)? = root["text"] {
            for member in text.members {
                guard let weight = member.value.float else { return nil }
                self.text.append(TextField(path: member.key, weight: weight))
            }
        }
    }
}

extension VectorField {
    fileprivate init?(name: String, _ json: JSONObject) {
        guard case .int(let dimension)? = json["dimension"],
            case .string(let metricName)? = json["metric"], let metric = MetricName(rawValue: metricName),
            case .object(let hnsw)? = json["hnsw"], case .int(let m)? = hnsw["m"],
            case .int(let efConstruction)? = hnsw["ef_construction"]
        else { return nil }
        self.init(
            name: name, dimension: Int(dimension), metric: metric, m: Int(m), efConstruction: Int(efConstruction))
        // A collection of a time before codes has none written down, and takes them like a new one.
        if let value = json["storage"] {
            guard case .string(let name) = value, let storage = StorageName(rawValue: name) else { return nil }
            self.storage = storage
        }
        if case .string(let model)? = json["model"] { self.model = model }
        guard case .array(let parts)? = json["source"] else { return }
        for part in parts {
            guard case .object(let part) = part, case .string(let template)? = part["template"],
                let weight = part["weight"]?.float
            else { return nil }
            source.append(SourcePart(template: template, weight: weight))
        }
    }
}

extension JSONValue {
    /// Any number.
    fileprivate var float: Float? {
        switch self {
        case .int(let value): Float(value)
        case .double(let value): Float(value)
        default: nil
        }
    }
}
