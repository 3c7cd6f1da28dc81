import IlkProtocol

/// What a load must know of its collection.
struct TargetSchema: Sendable {
    /// Vector fields with their dimensions, in order.
    var vectors: [(name: String, dimension: Int)]
    var fields: [PayloadField]
    var sequence: Int

    /// Reads what `collection.describe` answers.
    init(_ description: JSONValue) {
        vectors = (description["vectors"]?.members ?? []).map { ($0.key, $0.value["dimension"]?.integer ?? 0) }
        fields = (description["fields"]?.members ?? []).compactMap { member in
            member.value.string.flatMap { PayloadField.Kind(rawValue: $0) }.map {
                PayloadField(path: member.key, kind: $0)
            }
        }
        sequence = description["sequence"]?.integer ?? 0
    }

    /// Why a point with these vectors cannot be stored, as far as the schema tells; nil if nothing is wrong with it.
    func problem(with vectors: [(field: String?, vector: [Float])]) -> String? {
        for (name, vector) in vectors {
            let field = name.map { name in self.vectors.first { $0.name == name } } ?? self.vectors.first
            guard let field else {
                let known = self.vectors.map { "'\($0.name)'" }.joined(separator: ", ")
                return "no vector field named '\(name ?? "")'; the collection has \(known)"
            }
            guard vector.count == field.dimension else {
                return "its vector has \(vector.count) components, field '\(field.name)' \(field.dimension)"
            }
        }
        return nil
    }
}
