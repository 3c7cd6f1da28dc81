package import IlkCollection
import IlkFilter
import IlkLexical
package import IlkProtocol

extension Merchandiser {
    /// The products of a theme, or of a text, best first, each with its ranks and why it is there.
    ///
    /// It blocks while the theme is embedded.
    ///
    /// - Throws: what is wrong with the request; what `refusing` says of the reply's length.
    package func select(
        _ request: ThemeSelect, refusing: @escaping ReplyLimit = { _ in nil }
    ) throws(IlkError) -> JSONObject {
        let theme = try theme(of: request.subject)
        let selector = try ProductSelector(request.rules, in: collection)
        let selection = try selector.select(for: theme, size: request.size)
        let products = try shown(selection, request.withPayload, refusing)
        var json = JSONObject([
            ("products", .array(products)), ("passing", .int(Int64(selection.passing))),
            ("by", .array(selection.ways.map { .string($0.rawValue) })),
            ("exhausted", .bool(selection.products.count < request.size)),
        ])
        let thresholds = selection.rules.json
        if !thresholds.members.isEmpty { json["indicators"] = .object(thresholds) }
        if request.explain {
            json["explain"] = .object(
                JSONObject([
                    (
                        "words",
                        .array(
                            selection.texts.map {
                                .object(
                                    JSONObject([("text", .string($0.text)), ("weight", .short(Double($0.weight)))]))
                            })
                    ),
                    ("embedded", .string(theme.textToEmbed)), ("expansion", .object(selection.expansion.json)),
                    ("filter", selection.rules.filter.map { .string("\($0)") } ?? .null),
                ]))
        }
        return json
    }

    /// The ids of a theme's products, best first.
    ///
    /// It blocks while the theme is embedded.
    ///
    /// - Throws: `not_found` for a theme that is not there, or that no product belongs to.
    package func products(ofTheme id: String, size: Int) throws(IlkError) -> [PointID] {
        let theme = try shelf.theme(id, in: collection)
        let selection = try ProductSelector(SelectionRules(), in: collection).select(for: theme, size: size)
        guard !selection.products.isEmpty else {
            throw IlkError(
                .notFound, "no product of '\(collection.name)' belongs to theme \(id.quoted); see theme.select")
        }
        return selection.products.map(\.id)
    }

    /// The theme that a request means.
    ///
    /// - Throws: `not_found` with the nearest id, `invalid_request` for a text that says nothing.
    func theme(of subject: ThemeSubject) throws(IlkError) -> WireTheme {
        switch subject {
        case .theme(let id): return try shelf.theme(id, in: collection)
        case .text(let text):
            guard text.contains(where: { !$0.isWhitespace }) else {
                throw IlkError(.invalidRequest, "'text' says nothing; say what products shall be for")
            }
            return WireTheme(text: text)
        }
    }

    private func shown(
        _ selection: Selection, _ payloads: PayloadSelection, _ refusing: @escaping ReplyLimit
    ) throws(IlkError) -> [JSONValue] {
        let ids = selection.products.map(\.id)
        guard !ids.isEmpty else { return [] }
        // Words are looked for in what the reply does not show, too.
        let stored = try collection.get(ids: ids, withVectors: false, withPayload: .all, refusing: refusing).points
        var parsed: [JSONValue] = []
        for point in stored { parsed.append(try point.payload?.parsed() ?? .object(JSONObject())) }
        let words = try collection.words(of: parsed, matching: selection.texts)
        var found: [PointID: (payload: JSONValue, words: [String])] = [:]
        for (place, point) in stored.enumerated() { found[point.id] = (parsed[place], words[place].matches) }
        // Whoever was deleted since it was found is left out.
        return selection.products.compactMap { product in
            found[product.id].map { shown(product, selection, $0.payload, $0.words, payloads) }
        }
    }

    private func shown(
        _ product: SelectedProduct, _ selection: Selection, _ payload: JSONValue, _ words: [String],
        _ payloads: PayloadSelection
    ) -> JSONValue {
        let ranks = SelectionWay.allCases.compactMap { way in
            product.ranks[way].map { (way.rawValue, JSONValue.int(Int64($0))) }
        }
        var json = JSONObject([
            ("id", product.id.json), ("score", .short(product.score)), ("by", .object(JSONObject(ranks))),
            ("reason", .string(reason(for: product, selection, words))),
        ])
        switch payloads {
        case .none: break
        case .all: json["payload"] = payload
        case .paths(let paths): json["payload"] = payload.selecting(paths)
        }
        return .object(json)
    }

    /// Why a product is there, for a person: its words, its meaning, its indicators.
    private func reason(for product: SelectedProduct, _ selection: Selection, _ words: [String]) -> String {
        var parts: [String] = []
        if product.ranks[.lexical] != nil, !words.isEmpty {
            parts.append("has " + words.prefix(4).map { "“\($0)”" }.joined(separator: ", "))
        }
        if let rank = product.ranks[.semantic], let meaning = product.meaning {
            parts.append("meaning \((Double(meaning) * 1_000).rounded() / 1_000) (place \(rank))")
        }
        for (threshold, value) in zip(selection.rules.indicators, product.values) {
            if let value { parts.append(threshold.reason(for: value)) }
        }
        return parts.isEmpty ? "passes" : parts.joined(separator: "; ")
    }
}

extension PointID {
    var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .number(let number): Int64(exactly: number).map { .int($0) } ?? .uint(number)
        }
    }
}
