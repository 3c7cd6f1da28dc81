import IlkCollection
package import IlkProtocol
import IlkVectors

// Merchants share a collection, not their brands: every question names a merchant, and sees that one's assets only.
// Neither counts, nor errors, nor their hints tell whether another merchant has something.
extension Merchandiser {
    /// Keeps assets, each in the place of its merchant's one with its id: all of them or none.
    ///
    /// - Throws: `dimension_mismatch` for a vector that is not of the field's length; then nothing is changed.
    package func upsertAssets(_ request: AssetUpsert) throws(IlkError) -> JSONObject {
        let schema = try collection.schema()
        let field = try? collection.modelField(named: nil)
        for (place, asset) in request.assets.enumerated() {
            guard let vector = asset.vector else { continue }
            guard let field = field ?? schema.vectors.indices.first else {
                throw IlkError(
                    .invalidRequest,
                    "assets[\(place)] has a vector, and the collection has no vector field to compare it in; create one"
                )
            }
            guard vector.count == schema.vectors[field].dimension else {
                throw IlkError(
                    .dimensionMismatch,
                    "assets[\(place)].vector has \(vector.count) components, field '\(schema.vectors[field].name)' has \(schema.vectors[field].dimension); embed it with the field's model"
                )
            }
            guard Kernels.dot(vector.span, vector.span) > 0 else {
                throw IlkError(
                    .invalidRequest, "assets[\(place)].vector has length 0 and so no style; send another one")
            }
        }
        try assetShelf().put(request.assets, in: collection)
        return JSONObject([("assets", .int(Int64(request.assets.count)))])
    }

    /// A merchant's assets that fit a theme or a text, best first; or all in the order of first insertion.
    ///
    /// It blocks while texts are embedded.
    package func assets(_ request: AssetMatch) throws(IlkError) -> JSONObject {
        let shelf = try assetShelf()
        let all = try shelf.assets(of: request.merchant, in: collection)
        let fitting = all.filter { entry in
            (request.kind == nil || entry.asset.kind == request.kind)
                && request.tags.allSatisfy { entry.asset.tags.contains($0) }
        }
        var scored: [(entry: AssetShelf.Entry, score: Double?)] = fitting.map { ($0, nil) }
        if let subject = request.subject {
            let theme = try theme(of: subject)
            guard let field = try collection.modelField(named: request.using) else {
                throw IlkError(
                    .invalidRequest,
                    "this collection has no vector field with a model that could embed a theme; leave 'theme' and 'text' out to list assets"
                )
            }
            let wanted = Visitor(
                interests: try collection.embed([theme.textToEmbed], field: field, kind: .passage).compactMap {
                    $0?.vector
                }, field: field)
            let vectors = try shelf.vectors(of: fitting, of: request.merchant, field: field, in: collection)
            scored = zip(fitting, vectors).compactMap { entry, vector in
                vector.flatMap { wanted.affinity(to: $0) }.map { (entry, $0) }
            }.sorted { a, b in
                a.score != b.score ? (a.score ?? -2) > (b.score ?? -2) : a.entry.number < b.entry.number
            }
        }
        return JSONObject([
            (
                "assets",
                .array(
                    scored.prefix(request.k).map { entry, score in
                        var json = entry.asset.shownJSON
                        json["score"] = score.map { .short($0) }
                        return .object(json)
                    })
            ), ("count", .int(Int64(fitting.count))),
        ])
    }

    /// Deletes a merchant's assets; ids that are not there are passed over.
    package func deleteAssets(_ request: AssetDelete) throws(IlkError) -> JSONObject {
        let count = try assetShelf().remove(request.ids, of: request.merchant, from: collection)
        return JSONObject([("deleted", .int(Int64(count)))])
    }

    private func assetShelf() throws(IlkError) -> AssetShelf { try collection.companion { AssetShelf() } }
}
