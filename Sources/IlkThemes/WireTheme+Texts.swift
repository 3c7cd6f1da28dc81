import IlkLexical
package import IlkProtocol

extension WireTheme {
    /// The theme as it is kept, and as `theme.get` shows it; what is empty is left out.
    package var json: JSONObject {
        func array(_ words: [String]) -> JSONValue? { words.isEmpty ? nil : .array(words.map { .string($0) }) }
        var json = JSONObject([("id", .string(id)), ("title", .string(title))])
        json["description"] = description.map { .string($0) }
        json["industry"] = industry.map { .string($0) }
        json["season"] = season.map { .string($0) }
        if heat != 0 { json["heat"] = .double(heat) }
        json["hot_words"] = array(hotWords)
        json["expansions"] = array(expansions)
        if !indicators.members.isEmpty { json["indicators"] = .object(indicators) }
        return json
    }

    /// Reads back what ``json`` wrote.
    ///
    /// - Throws: `internal` where it is something else.
    init(kept value: JSONValue) throws(IlkError) {
        guard case .object(let object) = value, case .string(let id)? = object["id"],
            case .string(let title)? = object["title"]
        else { throw IlkError(.internal, "a theme cannot be read; upsert it again, or restore a snapshot") }
        func text(_ key: String) -> String? {
            if case .string(let text)? = object[key] { text } else { nil }
        }
        func words(_ key: String) -> [String] {
            guard case .array(let values)? = object[key] else { return [] }
            return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
        let heat: Double =
            switch object["heat"] {
            case .double(let heat)?: heat
            case .int(let heat)?: Double(heat)
            default: 0
            }
        var indicators = JSONObject()
        if case .object(let rules)? = object["indicators"] { indicators = rules }
        self.init(
            id: id, title: title, description: text("description"), industry: text("industry"),
            season: text("season"), heat: heat, hotWords: words("hot_words"), expansions: words("expansions"),
            indicators: indicators)
    }

    /// A theme that is only a text, for one request.
    init(text: String) { self.init(id: "", title: text) }

    /// What a model embeds of it: title, description, hot words, expansions.
    var textToEmbed: String {
        let parts = [title, description ?? "", hotWords.joined(separator: ", "), expansions.joined(separator: ", ")]
        return parts.filter { !$0.isEmpty }.joined(separator: ". ")
    }

    /// What its words are looked for by; the more somebody meant a word, the more it counts.
    var weightedTexts: [WeightedText] {
        [WeightedText(title, weight: 1)] + hotWords.map { WeightedText($0, weight: 0.8) }
            + expansions.map { WeightedText($0, weight: 0.5) }
            + (description.map { [WeightedText($0, weight: 0.2)] } ?? [])
    }

    /// The fields of the index that finds themes for an idea.
    static let lexicalFields = [
        LexicalField(name: "title", weight: 3), LexicalField(name: "hot_words", weight: 2),
        LexicalField(name: "expansions", weight: 1), LexicalField(name: "description", weight: 1),
        LexicalField(name: "industry", weight: 1), LexicalField(name: "season", weight: 1),
    ]

    /// Its texts, in the order of ``lexicalFields``.
    var lexicalTexts: [String?] {
        [
            title, hotWords.joined(separator: "\n"), expansions.joined(separator: "\n"), description, industry, season,
        ]
    }
}
