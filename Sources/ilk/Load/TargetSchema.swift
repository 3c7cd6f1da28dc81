import IlkProtocol

/// What a load must know of its collection.
struct TargetSchema: Sendable {
    /// Vector fields, in order.
    var vectors: [VectorField]
    var fields: [PayloadField]
    /// Whether payloads have texts to embed or to index, so that points need no vectors.
    var hasTexts: Bool
    /// Whether models fill vector fields from texts.
    var hasModels: Bool
    var sequence: Int

    /// Reads what `collection.describe` answers.
    init(_ description: JSONValue) {
        vectors = (description["vectors"]?.members ?? []).compactMap { member in
            guard let dimension = member.value["dimension"]?.integer,
                let metric = member.value["metric"]?.string.flatMap({ MetricName(rawValue: $0) }),
                let m = member.value["hnsw"]?["m"]?.integer,
                let efConstruction = member.value["hnsw"]?["ef_construction"]?.integer
            else { return nil }
            let storage = member.value["storage"]?.string.flatMap { StorageName(rawValue: $0) }
            return VectorField(
                name: member.key, dimension: dimension, metric: metric, storage: storage ?? .auto, m: m,
                efConstruction: efConstruction,
                model: member.value["model"]?.string)
        }
        fields = (description["fields"]?.members ?? []).compactMap { member in
            member.value.string.flatMap { PayloadField.Kind(rawValue: $0) }.map {
                PayloadField(path: member.key, kind: $0)
            }
        }
        hasModels = (description["vectors"]?.members ?? []).contains { !($0.value["source"]?.elements ?? []).isEmpty }
        hasTexts = hasModels || !(description["text"]?.members ?? []).isEmpty
        sequence = description["sequence"]?.integer ?? 0
    }

    /// Where the collection is not what a load with `--create` asks for, a phrase each; what was not asked for may be
    /// anything.
    func differences(from options: LoadOptions) -> [String] {
        var found: [String] = []
        let asked = vectors.filter { options.vectorName == nil || $0.name == options.vectorName }
        if let name = options.vectorName, asked.isEmpty {
            found.append("it has no vector field '\(name)' but \(vectorNames)")
        }
        for field in asked {
            func compare<T: Equatable>(_ what: String, _ there: T, _ asked: T?) {
                if let asked, there != asked {
                    found.append("vector field '\(field.name)' has \(what) \(there) and not \(asked)")
                }
            }
            compare("metric", field.metric, options.metric)
            compare("storage", field.storage, options.schema.storage)
            compare("m", field.m, options.schema.m)
            compare("ef_construction", field.efConstruction, options.schema.efConstruction)
        }
        for asked in options.schema.field.map(\.field) {
            if let there = fields.first(where: { $0.path == asked.path }) {
                guard there.kind != asked.kind else { continue }
                found.append("field '\(asked.path)' is \(there.kind) and not \(asked.kind)")
            } else {
                found.append("it does not declare a field '\(asked.path)', which --field makes \(asked.kind)")
            }
        }
        return found
    }

    private var vectorNames: String { vectors.map { "'\($0.name)'" }.joined(separator: ", ") }

    /// Why a point with these vectors cannot be stored, as far as the schema tells; nil if nothing is wrong with it.
    func problem(with vectors: [(field: String?, vector: [Float])]) -> String? {
        for (name, vector) in vectors {
            let field = name.map { name in self.vectors.first { $0.name == name } } ?? self.vectors.first
            guard let field else {
                return "no vector field named '\(name ?? "")'; the collection has \(vectorNames)"
            }
            guard vector.count == field.dimension else {
                return "its vector has \(vector.count) components, field '\(field.name)' \(field.dimension)"
            }
        }
        return nil
    }
}
