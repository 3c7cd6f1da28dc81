import Foundation
import IlkANN
package import IlkProtocol

extension VectorCollection {
    /// Writes checkpoints of every graph now.
    package func checkpoint() throws(IlkError) {
        let writer = try writer()
        let problem = try writer.perform { state in
            writer.checkpoint(&state)
            return state.checkpointProblem
        }
        if let problem { throw IlkError(.unavailable, "could not write the checkpoint: \(problem)") }
    }

    /// Builds every graph anew from the stored vectors; searches are exact meanwhile, and writes go on.
    ///
    /// Where `progress` returns false it stops; the collection stays exact until this is called again, which goes on.
    ///
    /// - Throws: `cancelled`, or `unavailable` where the collection has no writer.
    package func rebuild(progress: @escaping @Sendable (Progress) -> Bool) throws(IlkError) {
        let writer = try writer()
        let content = writer.content
        if state == .ready {
            setState(.degraded(reason: "the graph is being rebuilt; searches are exact until then"))
            try writer.perform { state in
                for index in content.indexes { index.dropGraph() }
                state.isDegraded = true
            }
        }
        writer.setLinkingPaused(false)
        let total = content.indexes.reduce(0) { $0 + $1.count }
        while content.pendingCount > 0 || state != .ready {
            guard (try? self.writer()) === writer else {
                throw IlkError(.cancelled, "collection '\(name)' was dropped or replaced; there is nothing to rebuild")
            }
            guard progress(Progress(phase: "link", done: max(0, total - content.pendingCount), total: total)) else {
                writer.setLinkingPaused(true)
                setState(
                    .degraded(
                        reason: "the rebuild was cancelled and searches are exact; collection.rebuild goes on with it"))
                throw IlkError(.cancelled, "the rebuild was cancelled; collection.rebuild goes on with it")
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        _ = progress(Progress(phase: "checkpoint", done: total, total: total))
        try checkpoint()
    }
}

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
                "field '\(new.name)' has no source that could be embedded; send \"source\":\"{title}\" with the request")
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
