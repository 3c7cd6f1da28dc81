import IlkANN
import IlkFilter
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// The points that a vector, another point or a text finds, and that pass a filter.
    ///
    /// k points come back whenever k live ones pass the filter and lie within the bounds; where fewer come, an exact scan
    /// has shown that there are no more.
    ///
    /// - Parameters:
    ///   - request: what is asked for.
    ///   - embedded: the vector of its text, of ``embedTexts(of:completion:)``.
    /// - Returns: the hits, best first.
    /// - Throws: what is wrong with the request, or `unavailable` while the collection is loading.
    package func search(_ request: SearchRequest, embedded: EmbeddedText? = nil) throws(IlkError) -> SearchReply {
        let writer = try writer()
        // A writer may replace points while they are being found: then the search runs again, at last between two writes.
        for _ in 0..<8 {
            if let reply = try writer.content.reply(to: request, embedded) { return reply }
            writer.content.epoch.settle(.rows)
        }
        let reply = try writer.between { () throws(IlkError) in try writer.content.reply(to: request, embedded) }
        guard let reply else { throw IlkError(.internal, "points changed though nothing was written; report this") }
        return reply
    }

    /// Whether a search is short enough to be answered on an event loop.
    package func isQuick(_ request: SearchRequest) -> Bool {
        guard !request.exact, request.filter == nil, request.maxDistance == nil, request.k <= 100 else { return false }
        guard (request.ef ?? 0) <= 512, request.recall == nil, !request.withVectors, request.words == nil,
            request.minScore == LegScores(),
            request.facets.isEmpty
        else { return false }
        if case .text = request.query { return false }
        guard let content = try? content(), let field = try? content.schema.vectorField(named: request.using) else {
            return true  // the refusal is quick
        }
        // While expired points are there, a search admits only the others.
        guard content.expiry.expired() == nil else { return false }
        let index = content.indexes[field]
        return index.pendingCount * index.dimension <= 400_000
    }
}

extension CollectionContent {
    /// What a search finds here; nil where a point found was replaced meanwhile.
    fileprivate func reply(to request: SearchRequest, _ embedded: EmbeddedText?) throws(IlkError) -> SearchReply? {
        let question = try SearchQuestion(request, schema)
        if let (field, _) = question.textToEmbed, let embedded,
            schema.fingerprints[schema.vectors[field].name] != embedded.fingerprint
        {
            throw IlkError(
                .unavailable, "the field was filled by another model meanwhile; send the search again",
                retryAfterMilliseconds: 1)
        }
        return try PointSearch(request, question, textVector: embedded?.vector, self).reply()
    }
}

extension CollectionContent {
    /// The stored vector of a point, and its ordinal.
    func vector(of id: PointID, field: Int) throws(IlkError) -> (Ordinal, [Float]) {
        let found: (Ordinal, [Float])? = try store.read("read point \(id)") { database in
            let records = Records(database: database)
            guard let row = try records.point(id), isFound(row) else {
                throw IlkError(.notFound, "no point with id \(id)")
            }
            return try records.vector(row.ordinal, field: field).map { (row.ordinal, $0) }
        }
        guard let found else {
            throw IlkError(
                .notFound, "point \(id) has no vector in field '\(schema.vectors[field].name)'; search by a vector")
        }
        return found
    }
}

extension CollectionSchema {
    /// Checks a vector against its field.
    ///
    /// - Throws: `dimension_mismatch`, or `invalid_request` for what no metric can measure.
    func check(_ vector: [Float], field: Int, what: @autoclosure () -> String) throws(IlkError) {
        let field = vectors[field]
        guard vector.count == field.dimension else {
            throw IlkError(
                .dimensionMismatch,
                "\(what()) has \(vector.count) components, field '\(field.name)' has \(field.dimension); embed it with the field's model"
            )
        }
        // One pass of a kernel; what is not finite in the vector is not finite in its square.
        let norm = Kernels.dot(vector.span, vector.span)
        if !norm.isFinite, let place = vector.firstIndex(where: { !$0.isFinite }) {
            throw IlkError(.invalidRequest, "\(what()) has \(vector[place]) at \(place); send finite numbers")
        }
        guard field.metric != .cosine || norm > 0 else {
            let remedy =
                vector.allSatisfy { $0 == 0 }
                ? "all zeros, which has no direction; leave it out, or use metric l2 or dot"
                : "too short: its squared length is 0 in 32 bits; scale it up"
            throw IlkError(.invalidRequest, "\(what()) is \(remedy)")
        }
        guard norm.isFinite else {
            throw IlkError(.invalidRequest, "\(what()) is too long: its squared length overflows; scale it down")
        }
    }
}
