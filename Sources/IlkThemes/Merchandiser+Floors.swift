package import IlkCollection
import IlkFilter
package import IlkProtocol
import IlkVectors

extension Merchandiser {
    /// Products set out on floors: those of a theme, or those that the request names.
    ///
    /// It blocks while a theme is embedded.
    ///
    /// - Returns: `{"floors":[{"title","by","products"}],"by","products": how many are on them,"missing": ids not there}`.
    package func floors(
        _ request: ThemeFloors, refusing: @escaping ReplyLimit = { _ in nil }
    ) throws(IlkError) -> JSONObject {
        let fields = try collection.schema().fields
        _ = try FloorBuilder.paths(for: request.plan, fields)
        let products: [SelectedProduct]
        var field = try? collection.modelField(named: request.rules.using)
        switch request.source {
        case .subject(let subject):
            let selector = try ProductSelector(request.rules, in: collection)
            // Enough to choose from, so that limits leave floors full.
            let pool = min(1_000, max(60, request.plan.floors * request.plan.size * 2))
            let selection = try selector.select(for: theme(of: subject), size: pool)
            products = selection.products
            field = selection.field ?? field
        case .products(let ids):
            guard request.rules == SelectionRules() else {
                throw IlkError(
                    .invalidRequest,
                    "'products' are set out as they are; leave out indicators, quality, filter, using and expand")
            }
            var seen: Set<PointID> = []
            products = ids.filter { seen.insert($0).inserted }.enumerated().map { place, id in
                SelectedProduct(id: id, score: 1 - Double(place) / Double(ids.count))
            }
        }
        let stand = try stand(products, request.plan, field: field, refusing)
        let (by, floors) = FloorBuilder(rules: request.plan, fields: fields, candidates: stand.candidates).floors()
        let shown = floors.map { floor in
            JSONValue.object(
                JSONObject([
                    ("title", .string(floor.title)), ("by", .object(floor.by)),
                    (
                        "products",
                        .array(
                            floor.products.map {
                                self.shown(stand.candidates[$0], stand.payloads[$0], request.withPayload)
                            })
                    ),
                ]))
        }
        let known = Set(stand.candidates.map(\.id))
        return JSONObject([
            ("floors", .array(shown)), ("by", .string(by)),
            ("products", .int(Int64(floors.reduce(0) { $0 + $1.products.count }))),
            ("missing", .array(products.filter { !known.contains($0.id) }.map(\.id.json))),
        ])
    }

    private func shown(
        _ candidate: FloorCandidate, _ payload: JSONValue, _ payloads: PayloadSelection
    ) -> JSONValue {
        var json = JSONObject([("id", candidate.id.json), ("score", .short(candidate.score))])
        switch payloads {
        case .none: break
        case .all: json["payload"] = payload
        case .paths(let paths): json["payload"] = payload.selecting(paths)
        }
        return .object(json)
    }

    /// What floors are built of: candidates with their values, vectors and titles, and their payloads.
    func stand(
        _ products: [SelectedProduct], _ plan: FloorRules, field: Int?, _ refusing: @escaping ReplyLimit
    ) throws(IlkError) -> (candidates: [FloorCandidate], payloads: [JSONValue]) {
        let schema = try collection.schema()
        let paths = try FloorBuilder.paths(for: plan, schema.fields)
        let needsVectors = plan.by == "cluster" || plan.by == "auto" || plan.by == "attribute"
        let ids = products.map(\.id)
        let values = try collection.withFields { view throws(IlkError) in
            paths.map { view.values(at: $0, of: ids) }
        }
        let stored = try collection.get(
            ids: ids, withVectors: needsVectors && field != nil, withPayload: .all, refusing: refusing
        ).points
        var found: [PointID: StoredPoint] = [:]
        for point in stored { found[point.id] = point }
        var candidates: [FloorCandidate] = []
        var payloads: [JSONValue] = []
        for (place, product) in products.enumerated() {
            guard let point = found[product.id] else { continue }
            var candidate = FloorCandidate(id: product.id, score: product.score)
            for (number, path) in paths.enumerated() { candidate.values[path] = values[number][place] }
            if let field, let vector = point.vectors.first(where: { $0.field == schema.vectors[field].name })?.vector {
                let norm = Kernels.dot(vector.span, vector.span).squareRoot()
                if norm > 0 { candidate.vector = vector.map { $0 / norm } }
            }
            candidates.append(candidate)
            payloads.append(try point.payload?.parsed() ?? .object(JSONObject()))
        }
        for (place, words) in try collection.words(of: payloads, matching: []).enumerated() {
            candidates[place].title = words.texts.first?.text ?? ""
        }
        return (candidates, payloads)
    }
}
