import IlkCollection
import IlkLexical
import IlkProtocol
import IlkVectors
import Synchronization

/// The themes of one collection, in memory: the truth is in the collection's file, and is read when first asked for.
///
/// A theme's number is its key there: the order of first insertion, never used again.
final class ThemeShelf: CollectionCompanion {
    /// What themes are kept as.
    static let kind = "theme"

    private struct State {
        var isLoaded = false
        var themes: [Int64: WireTheme] = [:]
        var numbers: [String: Int64] = [:]
        /// By number; of the model that made them.
        var vectors: [Int64: [Float]] = [:]
        var fingerprint: String?
    }

    private let state = Mutex(State())
    /// Held from before a write to the file until memory has it, so that both change in one order.
    private let writing = Mutex(())
    private let words: LexicalIndex

    init() throws(IlkError) { words = try LexicalIndex(fields: WireTheme.lexicalFields) }

    // MARK: Reading

    /// All themes by number, in the order of first insertion.
    func all(in collection: VectorCollection) throws(IlkError) -> [(number: Int64, theme: WireTheme)] {
        try load(from: collection)
        return state.withLock { state in state.themes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }

    /// Themes by id, in the order asked for; nil where there is none.
    func themes(_ ids: [String], in collection: VectorCollection) throws(IlkError) -> [WireTheme?] {
        try load(from: collection)
        return state.withLock { state in ids.map { state.numbers[$0].flatMap { state.themes[$0] } } }
    }

    /// The theme of an id.
    ///
    /// - Throws: `not_found` with the nearest id.
    func theme(_ id: String, in collection: VectorCollection) throws(IlkError) -> WireTheme {
        if let theme = try themes([id], in: collection)[0] { return theme }
        let known = state.withLock { Array($0.numbers.keys) }
        let hint = NearestName.hint(for: id, among: known)
        let next =
            known.isEmpty ? "; there are none, make one with theme.upsert" : hint.isEmpty ? "; see theme.list" : hint
        throw IlkError(.notFound, "no theme \(id.quoted) in '\(collection.name)'\(next)")
    }

    private func load(from collection: VectorCollection) throws(IlkError) {
        guard !state.withLock({ $0.isLoaded }) else { return }
        try writing.withLock { _ throws(IlkError) in
            guard !state.withLock({ $0.isLoaded }) else { return }
            var loaded: [(Int64, WireTheme)] = []
            for value in try collection.kept(Self.kind) {
                loaded.append((value.key, try WireTheme(kept: try value.value.parsed())))
            }
            put(loaded)
            state.withLock { $0.isLoaded = true }
        }
    }

    // MARK: Writing

    /// Keeps themes, each in the place of one with its id.
    ///
    /// - Returns: how many there are now.
    func put(_ themes: [WireTheme], in collection: VectorCollection) throws(IlkError) -> Int {
        try load(from: collection)
        return try writing.withLock { _ throws(IlkError) in
            let numbers = try collection.keep(Self.kind, themes.map { ($0.id, JSONText(.object($0.json))) })
            put(Array(zip(numbers, themes)))
            return state.withLock { $0.themes.count }
        }
    }

    private func put(_ themes: [(Int64, WireTheme)]) {
        for (number, theme) in themes {
            let ordinal = Ordinal(UInt32(truncatingIfNeeded: number))
            words.remove(ordinal)
            words.set(theme.lexicalTexts, at: ordinal)
        }
        state.withLock { state in
            for (number, theme) in themes {
                if state.themes[number]?.textToEmbed != theme.textToEmbed { state.vectors[number] = nil }
                state.themes[number] = theme
                state.numbers[theme.id] = number
            }
        }
    }

    /// Takes themes away; how many there were.
    func remove(_ ids: [String], from collection: VectorCollection) throws(IlkError) -> Int {
        try load(from: collection)
        return try writing.withLock { _ throws(IlkError) in
            let count = try collection.discard(Self.kind, ids)
            let gone = state.withLock { state in
                ids.compactMap { id in
                    state.numbers.removeValue(forKey: id).map { number in
                        state.themes[number] = nil
                        state.vectors[number] = nil
                        return number
                    }
                }
            }
            for number in gone { words.remove(Ordinal(UInt32(truncatingIfNeeded: number))) }
            return count
        }
    }

    // MARK: Finding

    /// The numbers of themes that have words of a text, best first, with their BM25; and what would be the most.
    func worded(_ text: String, k: Int) -> (hits: [(item: Int64, score: Float)], largest: Float) {
        let found = words.search(text, k: k)
        return (found.hits.map { (item: Int64($0.ordinal.rawValue), score: $0.score) }, found.largestScore)
    }

    /// The vectors of all themes, those that are missing made now; none where the collection has no model.
    func vectors(field: Int, in collection: VectorCollection) throws(IlkError) -> [Int64: [Float]] {
        let fingerprint = try collection.fingerprint(ofField: field)
        let missing = state.withLock { state in
            if state.fingerprint != fingerprint {
                state.vectors = [:]
                state.fingerprint = fingerprint
            }
            return state.themes.filter { state.vectors[$0.key] == nil }
        }
        guard !missing.isEmpty else { return state.withLock { $0.vectors } }
        let numbers = missing.keys.sorted()
        let texts = numbers.map { missing[$0]?.textToEmbed ?? "" }
        let made = try collection.embed(texts, field: field, kind: .passage)
        return state.withLock { state in
            for (place, number) in numbers.enumerated() {
                guard let vector = made[place], vector.fingerprint == state.fingerprint,
                    state.themes[number]?.textToEmbed == texts[place]
                else { continue }
                state.vectors[number] = vector.vector
            }
            return state.vectors
        }
    }
}
