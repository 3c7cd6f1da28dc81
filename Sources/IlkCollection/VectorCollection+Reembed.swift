import IlkEmbedding
package import IlkProtocol

extension VectorCollection {
    /// Fills a vector field by another model while searches and writes go on with the old one, and then lets it take over
    /// between two writes.
    ///
    /// - Throws: `cancelled`; what was embedded is kept, and the same call goes on with it.
    package func reembed(
        _ request: ReembedRequest, progress: @escaping @Sendable (Progress) -> Bool
    ) throws(IlkError) -> ReembedReport {
        let writer = try writer()
        let schema = writer.content.schema
        guard let embedder = options.embedder else {
            throw IlkError(.unavailable, "texts cannot be embedded here: start the daemon for that", retryable: false)
        }
        let models = schema.vectors.indices.filter { schema.vectors[$0].model != nil }
        let field =
            request.field == nil && models.count == 1 ? models[0] : try schema.vectorField(named: request.field)
        var new = schema.vectors[field]
        let model = try embedder.model(named: request.model)
        new.model = model.name
        new.source = request.source ?? new.source
        guard !new.source.isEmpty else {
            throw IlkError(
                .invalidRequest,
                "field '\(new.name)' has no source that could be embedded; send \"source\":\"{title}\" with the request"
            )
        }
        new.dimension = try model.traits.checkedDimension(request.dimensions, of: model.name)
        guard new != schema.vectors[field] || schema.fingerprints[new.name] != model.fingerprint else {
            throw IlkError(
                .alreadyExists, "field '\(new.name)' is filled by \(model.fingerprint) from the same source already")
        }
        let work = try Reembedding(
            writer, field: field, to: new, model: model, embedder, linkThreads: options.linkThreads,
            progress: progress)
        return try work.run(sample: request.sample)
    }
}
