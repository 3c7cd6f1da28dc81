import IlkFilter
import IlkProtocol

/// What a collection reads out of payloads: the texts that models embed, and the words that are searched.
struct TextReader: Sendable {
    /// For each vector field its weighted templates; none where the caller brings the vectors.
    private let sources: [[(template: TextTemplate, weight: Float)]]
    private let words: [PayloadPath]

    init(_ schema: CollectionSchema) throws(IlkError) {
        var sources: [[(template: TextTemplate, weight: Float)]] = []
        for field in schema.vectors {
            var parts: [(template: TextTemplate, weight: Float)] = []
            for part in field.source { parts.append((try TextTemplate(part.template), part.weight)) }
            sources.append(parts)
        }
        self.sources = sources
        words = schema.text.map { PayloadPath($0.path) }
    }

    /// Whether payloads need not be read.
    var isIdle: Bool { words.isEmpty && sources.allSatisfy(\.isEmpty) }

    /// Whether the words of payloads are searched.
    var hasWords: Bool { !words.isEmpty }

    /// The texts of a payload; nil stands for `{}`.
    func texts(of payload: JSONValue?) -> PointTexts {
        let payload = payload ?? .object(JSONObject())
        return PointTexts(
            sources: sources.map { parts in
                parts.compactMap { part in
                    let text = part.template.text(of: payload)
                    return text.isEmpty ? nil : PointTexts.Part(text: text, weight: part.weight)
                }
            },
            words: words.map { path in
                let text = TextTemplate.text(at: path, in: payload)
                return text.isEmpty ? nil : text
            })
    }
}
