import IlkLexical
import IlkProtocol

/// A user's own words, and words that mean the same; kept in `meta` beside the schema.
struct Lexicon: Sendable, Equatable {
    /// Words that stay whole.
    var words: [String] = []
    /// Lines of synonyms.
    var synonyms: [String] = []

    /// - Throws: `invalid_request` with the number of the line that is no synonym.
    func analyzer() throws(IlkError) -> Analyzer {
        Analyzer(
            dictionary: WordList(words), synonyms: try Synonyms(text: synonyms.joined(separator: "\n")))
    }

    var json: JSONValue {
        func array(_ strings: [String]) -> JSONValue { .array(strings.map { .string($0) }) }
        return .object(JSONObject([("words", array(words)), ("synonyms", array(synonyms))]))
    }

    init() {}

    /// Reads back what ``json`` wrote; what is something else is left out.
    init(json: JSONValue) {
        guard case .object(let root) = json else { return }
        func strings(_ key: String) -> [String] {
            guard case .array(let values)? = root[key] else { return [] }
            return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
        words = strings("words")
        synonyms = strings("synonyms")
    }
}
