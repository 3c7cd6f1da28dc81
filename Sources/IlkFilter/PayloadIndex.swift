package import IlkProtocol
package import IlkVectors

/// The declared fields of a collection's payloads, and filters over them.
///
/// Not for several threads at once: the collection guards it.
package struct PayloadIndex: Sendable {
    private let fields: [PayloadField]
    private var indexes: [String: FieldIndex]

    package init(fields: [PayloadField]) {
        self.fields = fields
        indexes = Dictionary(fields.map { ($0.path, FieldIndex($0)) }) { first, _ in first }
    }

    /// Checks the declared fields of a payload, whole.
    ///
    /// - Throws: `invalid_request` naming the field, what it should be and what it is.
    package static func validate(_ payload: JSONValue, against fields: [PayloadField]) throws(IlkError) {
        for field in fields { try FieldIndex.validate(payload, field) }
    }

    /// Makes this the payload of an ordinal, in place of the one it had.
    ///
    /// - Throws: `invalid_request` where a declared field does not fit; then nothing is changed.
    package mutating func set(_ payload: JSONValue, at ordinal: Ordinal) throws(IlkError) {
        try Self.validate(payload, against: fields)
        for field in fields {
            indexes[field.path]?.remove(at: ordinal)
            indexes[field.path]?.add(payload, at: ordinal)
        }
    }

    package mutating func remove(at ordinal: Ordinal) {
        for field in fields { indexes[field.path]?.remove(at: ordinal) }
    }

    /// The ordinals of `live` that pass a filter: exact.
    ///
    /// - Parameter undeclared: gives the index of a path that is no declared field.
    package func evaluate(
        _ filter: FilterExpression, live: Bitmap, undeclared: (String) throws(IlkError) -> FieldIndex
    ) throws(IlkError) -> Bitmap {
        func index(_ path: String) throws(IlkError) -> FieldIndex {
            if let index = indexes[path] { return index }
            return try undeclared(path)
        }
        switch filter {
        case .and(let parts):
            var result = live
            for part in parts {
                result = result.intersection(try evaluate(part, live: live, undeclared: undeclared))
            }
            return result
        case .or(let parts):
            var result = Bitmap()
            for part in parts { result.formUnion(try evaluate(part, live: live, undeclared: undeclared)) }
            return result
        case .not(let part): return live.subtracting(try evaluate(part, live: live, undeclared: undeclared))
        case .member(let path, let values): return try index(path).members(values).intersection(live)
        case .range(let path, let lower, let upper): return try index(path).range(lower, upper).intersection(live)
        case .exists(let path): return try index(path).existing.intersection(live)
        case .isEmpty(let path): return live.subtracting(try index(path).nonEmpty)
        }
    }

    /// The most frequent values of a declared field among `ordinals`.
    ///
    /// - Throws: `not_found` with the fields there are.
    package func facets(
        field: String, within ordinals: Bitmap, limit: Int
    ) throws(IlkError) -> [(value: JSONValue, count: Int)] {
        guard let index = indexes[field] else {
            throw IlkError(.notFound, "no field '\(field)'\(NearestName.hint(for: field, among: fields.map(\.path)))")
        }
        return index.facets(within: ordinals, limit: limit)
    }

    package var memoryBytes: Int { indexes.values.reduce(0) { $0 + $1.memoryBytes } }
}
