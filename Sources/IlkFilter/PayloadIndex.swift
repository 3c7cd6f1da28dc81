package import IlkProtocol
package import IlkVectors

/// The declared fields of a collection's payloads, and filters over them.
///
/// Not for several threads at once: the collection guards it.
package struct PayloadIndex: Sendable {
    /// In the order of declaration; of a path declared twice the first.
    private(set) var indexes: [FieldIndex] = []
    /// Of each index its own.
    private var readers: [FieldReader] = []
    private var places: [String: Int] = [:]

    package init(fields: [PayloadField]) {
        for field in fields where places[field.path] == nil {
            places[field.path] = indexes.count
            readers.append(FieldReader(field))
            indexes.append(FieldIndex(FieldReader(field)))
        }
    }

    /// Checks the declared fields of a payload, whole.
    ///
    /// - Throws: `invalid_request` naming the field, what it should be and what it is.
    package static func validate(_ payload: JSONValue, against fields: [PayloadField]) throws(IlkError) {
        for field in fields { _ = try FieldReader(field).find(in: payload) }
    }

    /// Makes this the payload of an ordinal, in place of the one it had.
    ///
    /// - Throws: `invalid_request` where a declared field does not fit; then nothing is changed.
    package mutating func set(_ payload: JSONValue, at ordinal: Ordinal) throws(IlkError) {
        var found: [FoundValues] = []
        for reader in readers { found.append(try reader.find(in: payload)) }
        for place in indexes.indices { indexes[place].set(found[place], at: ordinal) }
    }

    package mutating func remove(at ordinal: Ordinal) {
        for place in indexes.indices { indexes[place].remove(at: ordinal) }
    }

    /// The ordinals of `live` that pass a filter: exact.
    ///
    /// Every literal is checked before anything is looked up, so that an error never depends on the data.
    ///
    /// `undeclared` gives the index of a path that is no declared field; it is asked once a path.
    ///
    /// - Throws: `invalid_filter` where a comparison does not fit its field; what `undeclared` throws.
    package func evaluate(
        _ filter: FilterExpression, live: Bitmap, undeclared: (String) throws(IlkError) -> FieldIndex
    ) throws(IlkError) -> Bitmap {
        var others: [String: FieldIndex] = [:]
        for path in filter.paths.sorted() where places[path] == nil { others[path] = try undeclared(path) }
        let plan = try FilterPlan(filter) { path in
            places[path].map { indexes[$0] } ?? others[path] ?? FieldIndex(path: path)
        }
        return plan.ordinals(within: live)
    }

    /// The most frequent values of a declared field among `ordinals`.
    ///
    /// - Throws: `not_found` with the nearest field.
    package func facets(
        field: String, within ordinals: Bitmap, limit: Int
    ) throws(IlkError) -> [(value: JSONValue, count: Int)] {
        guard let place = places[field] else {
            throw IlkError(
                .notFound,
                "no payload field '\(field.shortened)' is declared\(NearestName.hint(for: field, among: places.keys))")
        }
        return indexes[place].facets(within: ordinals, limit: limit)
    }

    /// The index of a declared field; nil where the path is none.
    package func field(_ path: String) -> FieldIndex? { places[path].map { indexes[$0] } }

    package var memoryBytes: Int { indexes.reduce(0) { $0 + $1.memoryBytes } }
}
