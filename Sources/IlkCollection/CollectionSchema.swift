package import IlkProtocol

/// What a collection holds: its vector fields, its declared payload fields, the texts whose words are searched.
///
/// It changes only where a vector field is filled by another model.
package struct CollectionSchema: Sendable, Equatable {
    /// Points, or the passages of documents.
    package var kind: CollectionKind
    /// Vector fields, in the order of creation.
    package var vectors: [VectorField]
    /// Declared payload fields.
    package var fields: [PayloadField]
    /// Payload fields whose words are searched.
    package var text: [TextField]
    /// For the name of each vector field with a model, the fingerprint of that model.
    package var fingerprints: [String: String]

    package init(
        kind: CollectionKind = .points, vectors: [VectorField], fields: [PayloadField] = [], text: [TextField] = [],
        fingerprints: [String: String] = [:]
    ) {
        self.kind = kind
        self.vectors = vectors
        self.fields = fields
        self.text = text
        self.fingerprints = fingerprints
    }

    /// The most vector fields a collection may have: a point's set of fields is one 64-bit word.
    package static let maximumVectorFields = 32

    /// Checks what the parser of requests cannot know.
    ///
    /// - Throws: `invalid_request` that says which name to change.
    package func validate() throws(IlkError) {
        guard !vectors.isEmpty || !text.isEmpty else {
            throw IlkError(.invalidRequest, "a collection needs a field to search; add one to 'vectors' or 'text'")
        }
        _ = try TextReader(self)
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
        guard !vectors.isEmpty else {
            throw IlkError(.invalidRequest, "this collection has no vector field; search it by 'text'")
        }
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
