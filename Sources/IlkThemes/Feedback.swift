import IlkCollection
import IlkFilter
import IlkLexical
import IlkProtocol
import IlkVectors
import Synchronization

/// Expands a theme that nobody expanded: by values of keyword fields that mean the same, and by what the products that
/// are found first have in common (pseudo-relevance feedback).
///
/// Words are weighted as in RM3 (Abdul-Jaleel et al., UMass at TREC 2004), the vector moves as in Rocchio (1971).
struct Feedback: Sendable {
    let collection: VectorCollection
    let schema: CollectionSchema

    /// Products whose words and vectors are fed back.
    private static let products = 10
    /// Words that are added.
    private static let words = 10
    /// What the most telling of them counts, beside 1 for a word of the title.
    private static let wordWeight: Float = 0.2
    /// How far the theme's vector moves towards the mean of the products'.
    private static let vectorShare: Float = 0.3
    /// Values that are added, and what the words of one count.
    private static let values = 3
    private static let valueWeight: Float = 0.3

    /// Expands a question in place: first by values, then by what `find` brings for it.
    func expand(
        _ question: inout LegQuestion, find: (LegQuestion) throws(IlkError) -> [PointID]
    ) throws(IlkError) -> Expansion {
        var expansion = Expansion()
        if let dense = question.dense {
            let known = try AttributeVectors.of(collection).nearest(
                to: dense.vector, field: dense.field, schema: schema, in: collection)
            expansion.values = Array(known.prefix(Self.values))
            if !question.texts.isEmpty {
                question.texts += expansion.values.map { WeightedText($0.value, weight: Self.valueWeight) }
            }
        }
        let first = try Array(find(question).prefix(Self.products))
        guard !first.isEmpty else { return expansion }
        let found = try collection.get(ids: first, withVectors: question.dense != nil, withPayload: .all)
        if !question.texts.isEmpty {
            expansion.words = try words(of: found.points, beside: question.texts)
            question.texts += expansion.words
        }
        if let dense = question.dense {
            question.dense?.vector.vector = moved(
                dense.vector.vector, towards: found.points, field: schema.vectors[dense.field].name)
        }
        return expansion
    }

    /// The words that tell the first products from others, most telling first.
    private func words(
        of products: [StoredPoint], beside query: [WeightedText]
    ) throws(IlkError) -> [WeightedText] {
        var payloads: [JSONValue] = []
        for product in products { payloads.append(try product.payload?.parsed() ?? .object(JSONObject())) }
        var known: Set<String> = []
        for text in query { for term in try collection.terms(of: text.text) { known.insert(term.term) } }
        let total = Double(max(1, try collection.wordedCount()))
        var scores: [String: (score: Double, having: Int)] = [:]
        for (rank, words) in try collection.words(of: payloads, matching: []).enumerated() {
            let terms = try collection.terms(of: words.texts.map(\.text).joined(separator: "\n"))
            let length = max(1, terms.reduce(0) { $0 + $1.weight })
            for term in terms where !known.contains(term.term) && Double(term.documentFrequency) < total / 10 {
                let share = Double(term.weight / length) * Double(term.idf) / Double(rank + 1).squareRoot()
                let old = scores[term.term] ?? (0, 0)
                scores[term.term] = (old.score + share, old.having + 1)
            }
        }
        // A word of one product alone says something of that product, not of the theme.
        let common = scores.filter { $0.value.having > 1 }.sorted {
            $0.value.score != $1.value.score ? $0.value.score > $1.value.score : $0.key < $1.key
        }
        guard let most = common.first?.value.score, most > 0 else { return [] }
        return common.prefix(Self.words).map {
            WeightedText($0.key, weight: Self.wordWeight * Float($0.value.score / most))
        }
    }

    private func moved(_ vector: [Float], towards products: [StoredPoint], field: String) -> [Float] {
        var sum = [Float](repeating: 0, count: vector.count)
        var count: Float = 0
        for product in products {
            guard let other = product.vectors.first(where: { $0.field == field })?.vector, other.count == vector.count
            else { continue }
            let norm = Kernels.dot(other.span, other.span).squareRoot()
            guard norm > 0 else { continue }
            count += 1
            for place in sum.indices { sum[place] += other[place] / norm }
        }
        let own = Kernels.dot(vector.span, vector.span).squareRoot()
        guard count > 0, own > 0 else { return vector }
        return vector.indices.map {
            (1 - Self.vectorShare) * vector[$0] / own + Self.vectorShare * sum[$0] / count
        }
    }
}

/// The vectors of the values that keyword fields have: made when first needed, kept while the collection is open.
final class AttributeVectors: CollectionCompanion {
    private struct State {
        var fingerprint: String?
        var vectors: [String: [Float]] = [:]
    }
    private let state = Mutex(State())

    /// Fields with more different values are numbers of a kind, not attributes.
    private static let mostValues = 2_000
    /// The most frequent values of a field that are looked at.
    private static let valuesPerField = 200
    /// What stands out from all values by so many standard deviations is near.
    private static let nearness: Float = 2.5
    /// Of fewer values none can stand out.
    private static let fewestValues = 16

    static func of(_ collection: VectorCollection) throws(IlkError) -> AttributeVectors {
        try collection.companion { AttributeVectors() }
    }

    /// The values that stand out by their nearness to a theme's vector, nearest first.
    func nearest(
        to theme: EmbeddedText, field: Int, schema: CollectionSchema, in collection: VectorCollection
    ) throws(IlkError) -> [Expansion.AttributeValue] {
        let values = try collection.withFields { view throws(IlkError) in
            schema.fields.filter { $0.kind == .keyword }.flatMap { declared -> [(path: String, value: String)] in
                guard let index = view.field(declared.path), index.termCount <= Self.mostValues else { return [] }
                return index.facets(within: view.matching, limit: Self.valuesPerField).compactMap { facet in
                    guard case .string(let text) = facet.value, text.contains(where: \.isLetter) else { return nil }
                    return (declared.path, text)
                }
            }
        }
        guard values.count >= Self.fewestValues else { return [] }
        let vectors = try vectors(of: values.map(\.value), like: theme, field: field, in: collection)
        let near = values.compactMap { value -> Expansion.AttributeValue? in
            guard let vector = vectors[value.value], vector.count == theme.vector.count else { return nil }
            return Expansion.AttributeValue(
                path: value.path, value: value.value, similarity: Kernels.dot(vector.span, theme.vector.span))
        }
        let count = Float(max(near.count, 1))
        let mean = near.reduce(0) { $0 + $1.similarity } / count
        let deviation = (near.reduce(0) { $0 + ($1.similarity - mean) * ($1.similarity - mean) } / count).squareRoot()
        guard deviation > 0 else { return [] }
        var seen: Set<String> = []
        return near.filter { $0.similarity > mean + Self.nearness * deviation }
            .sorted { ($0.similarity, $1.value) > ($1.similarity, $0.value) }
            .filter { seen.insert($0.value).inserted }
    }

    private func vectors(
        of values: [String], like theme: EmbeddedText, field: Int, in collection: VectorCollection
    ) throws(IlkError) -> [String: [Float]] {
        let missing = state.withLock { state in
            if state.fingerprint != theme.fingerprint { state = State(fingerprint: theme.fingerprint) }
            return Array(Set(values.filter { state.vectors[$0] == nil })).sorted()
        }
        let made = try collection.embed(missing, field: field, kind: .query)
        return state.withLock { state in
            for (value, vector) in zip(missing, made) where vector?.fingerprint == state.fingerprint {
                state.vectors[value] = vector?.vector
            }
            return state.vectors
        }
    }
}
