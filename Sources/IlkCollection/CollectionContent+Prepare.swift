import IlkFilter
import IlkProtocol

extension CollectionContent {
    /// Checks a point against the schema, and reads its texts, before it waits for the writer.
    func prepare(_ point: UpsertPoint, place: Int, fingerprint: String?) throws(IlkError) -> PreparedPoint {
        do throws(IlkError) {
            return try prepared(point, fingerprint: fingerprint)
        } catch {
            throw IlkError(error.code, "points[\(place)] (id \(point.id)): \(error.message)")
        }
    }

    private func prepared(_ point: UpsertPoint, fingerprint: String?) throws(IlkError) -> PreparedPoint {
        var vectors = [[Float]?](repeating: nil, count: schema.vectors.count)
        for (name, vector) in point.vectors {
            let field = try schema.vectorField(named: name)
            try schema.check(vector, field: field, what: "its vector")
            try schema.check(fingerprint: fingerprint, field: field, what: "its vector")
            vectors[field] = vector
        }
        let payload = reader.isIdle && filters.ignoresPayloads ? nil : try point.payload?.parsed()
        if let payload, !filters.ignoresPayloads { try filters.validate(payload) }
        let prepared = PreparedPoint(
            id: point.id, vectors: vectors, payload: point.payload, expiry: point.expiry,
            texts: reader.texts(of: payload))
        // A collection that reads texts may have points about which there is nothing to say yet.
        guard prepared.fields != 0 || !reader.isIdle else {
            throw IlkError(.invalidRequest, "it has no vector; give it at least one")
        }
        return prepared
    }
}

extension CollectionSchema {
    /// Checks that a caller's vector was made by the field's model.
    ///
    /// - Throws: `model_mismatch` that names the model to use.
    func check(fingerprint: String?, field: Int, what: String) throws(IlkError) {
        let field = vectors[field]
        guard let model = field.model, let own = fingerprints[field.name], own != fingerprint else { return }
        let remedy = "embed it with model '\(model)' and send the reply's \"fingerprint\", or send text"
        guard let fingerprint else {
            throw IlkError(
                .modelMismatch,
                "\(what) comes without the fingerprint of its model, and field '\(field.name)' has \(own); \(remedy)")
        }
        throw IlkError(
            .modelMismatch,
            "\(what) was made by \(fingerprint.quoted), and field '\(field.name)' has \(own); \(remedy)")
    }
}
