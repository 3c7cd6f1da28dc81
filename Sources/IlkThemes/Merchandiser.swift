package import IlkCollection
import IlkLexical
package import IlkProtocol
import IlkVectors

/// Themes of a collection of items: kept, found by an idea, filled with products, and set out on floors.
///
/// It has no state of its own: themes are rows of the collection's file, and what is in memory of them goes with the
/// collection.
package struct Merchandiser: Sendable {
    let collection: VectorCollection
    let shelf: ThemeShelf

    /// The themes of a collection of items.
    ///
    /// - Throws: `invalid_request` for a knowledge base, `unavailable` while the collection is loading.
    package init(collection: VectorCollection) throws(IlkError) {
        guard try collection.kind() == .points else {
            throw IlkError(
                .invalidRequest, "'\(collection.name)' is a knowledge base; themes belong to a collection of products")
        }
        let fresh = try ThemeShelf()
        self.collection = collection
        shelf = try collection.companion { fresh }
    }

    // MARK: Keeping themes

    /// Keeps themes, each in the place of one with its id; all of them or none.
    ///
    /// It blocks while they are embedded.
    ///
    /// - Returns: `{"themes": how many were sent, "total": how many there are}`.
    /// - Throws: what is wrong with a theme's indicators, with the theme's place; then nothing is changed.
    package func upsert(_ request: ThemeUpsert) throws(IlkError) -> JSONObject {
        let fields = try collection.schema().fields
        for (place, theme) in request.themes.enumerated() {
            _ = try IndicatorReader(fields: fields, name: "themes[\(place)].indicators").rules(theme.indicators)
        }
        let total = try shelf.put(request.themes, in: collection)
        // Made now, so that the first one who looks for a theme need not wait; without them themes are there all the same.
        if let field = try? collection.modelField(named: nil) {
            _ = try? shelf.vectors(field: field, in: collection)
        }
        return JSONObject([("themes", .int(Int64(request.themes.count))), ("total", .int(Int64(total)))])
    }

    /// Themes by id, and the ids that are not there.
    package func get(_ request: ThemeNames) throws(IlkError) -> JSONObject {
        let found = try shelf.themes(request.ids, in: collection)
        let missing = zip(request.ids, found).filter { $0.1 == nil }.map { JSONValue.string($0.0) }
        return JSONObject([
            ("themes", .array(found.compactMap { $0.map { .object($0.json) } })), ("missing", .array(missing)),
        ])
    }

    /// Deletes themes; ids that are not there are passed over.
    package func delete(_ request: ThemeNames) throws(IlkError) -> JSONObject {
        JSONObject([("deleted", .int(Int64(try shelf.remove(request.ids, from: collection))))])
    }

    /// Themes in the order of first insertion, a page at a time.
    package func list(_ request: ThemeList) throws(IlkError) -> JSONObject {
        var after: Int64 = 0
        if let cursor = request.cursor {
            guard let number = Int64(cursor), number >= 0 else {
                throw IlkError(
                    .invalidRequest,
                    "cursor \(cursor.quoted) is not one of ilk's; send 'next_cursor' of the page before")
            }
            after = number
        }
        let all = try shelf.all(in: collection)
        let matching = all.filter { request.industry == nil || $0.theme.industry == request.industry }
        let page = matching.filter { $0.number > after }.prefix(request.limit)
        let isLast = (page.last?.number ?? .max) >= (matching.last?.number ?? 0)
        return JSONObject([
            ("themes", .array(page.map { .object($0.theme.json) })),
            ("next_cursor", isLast ? .null : page.last.map { .string(String($0.number)) } ?? .null),
            ("count", .int(Int64(matching.count))),
        ])
    }

    // MARK: From an idea to themes

    /// How much heat may outweigh: themes whose scores are nearer than that come by heat.
    private static let heatShare = 0.02

    /// The themes that an idea is like, best first: by meaning and by words, heat deciding between equals.
    package func match(_ request: ThemeMatch) throws(IlkError) -> JSONObject {
        let themes = try shelf.all(in: collection)
        let admitted = Dictionary(
            uniqueKeysWithValues: themes.filter { request.industry == nil || $0.theme.industry == request.industry }
                .map { ($0.number, $0.theme) })
        if let industry = request.industry, admitted.isEmpty, !themes.isEmpty {
            let known = Set(themes.compactMap(\.theme.industry)).sorted()
            throw IlkError(
                .notFound,
                "no theme is of industry \(industry.quoted)\(NearestName.hint(for: industry, among: known)); known are \(known.prefix(10).joined(separator: ", "))"
            )
        }
        var meaning: [(item: Int64, score: Float)] = []
        if let field = try collection.modelField(named: request.using), !admitted.isEmpty,
            let idea = try collection.embed([request.idea], field: field, kind: .query)[0]
        {
            meaning = try shelf.vectors(field: field, in: collection).compactMap { number, vector in
                guard admitted[number] != nil, vector.count == idea.vector.count else { return nil }
                return (number, Kernels.dot(vector.span, idea.vector.span))
            }
            meaning.sort { ($0.score, $1.item) > ($1.score, $0.item) }
        }
        let (worded, largest) = shelf.worded(request.idea, k: themes.count)
        let words = worded.filter { admitted[$0.item] != nil }
        let fused = WayFusion().fuse([
            WayFusion.Way(hits: meaning, scale: .meaning(ScoreBackground(of: meaning.map(\.score)))),
            WayFusion.Way(hits: words, scale: .words(largest: largest)),
        ])
        let greatest = admitted.values.map(\.heat).max() ?? 0
        func rank(_ one: WayFusion<Int64>.Fused) -> Double {
            let heat = greatest > 0 ? max(0, admitted[one.item]?.heat ?? 0) / greatest : 0
            return one.score + Self.heatShare * heat
        }
        let best = fused.sorted { (rank($0), $1.item) > (rank($1), $0.item) }.prefix(request.k)
        return JSONObject([
            (
                "themes",
                .array(
                    best.compactMap { one in
                        guard let theme = admitted[one.item] else { return nil }
                        var json = JSONObject([
                            ("id", .string(theme.id)), ("title", .string(theme.title)),
                            ("score", .short(rank(one))), ("heat", .double(theme.heat)),
                        ])
                        json["industry"] = theme.industry.map { .string($0) }
                        json["by"] = .object(one.ranks(named: ["semantic", "lexical"]))
                        return .object(json)
                    })
            )
        ])
    }
}
