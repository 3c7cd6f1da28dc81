import Foundation
import IlkLexical
import IlkVectors

/// BM25F as its paper writes it, over every document in double precision: what the index is compared with.
struct NaiveIndex {
    let fields: [LexicalField]
    var parameters = BM25Parameters()
    var analyzer = Analyzer()
    /// For each document and field, how often it has each term, and how many words it is long.
    private(set) var documents: [UInt32: [(counts: [String: Int], length: Int)]] = [:]

    init(fields: [LexicalField], parameters: BM25Parameters = BM25Parameters(), analyzer: Analyzer = Analyzer()) {
        self.fields = fields
        self.parameters = parameters
        self.analyzer = analyzer
    }

    mutating func set(_ texts: [String?], at ordinal: UInt32) {
        documents[ordinal] = texts.map { text in
            let tokens = text.map { analyzer.tokens(of: $0) } ?? []
            let counts = tokens.reduce(into: [String: Int]()) { $0[$1.term, default: 0] += 1 }
            return (counts, Set(tokens.map(\.position)).count)
        }
    }

    mutating func remove(_ ordinal: UInt32) { documents[ordinal] = nil }

    /// Every document with a term of the query, best first.
    func search(_ query: [(term: String, weight: Double)], admitting: Set<UInt32>? = nil) -> [(UInt32, Double)] {
        let averages = fields.indices.map { field in
            let lengths = documents.values.map { $0[field].length }.filter { $0 > 0 }
            return lengths.isEmpty ? 1 : max(1, Double(lengths.reduce(0, +)) / Double(lengths.count))
        }
        let frequencies = query.map { term in
            documents.values.count { $0.contains { $0.counts[term.term] != nil } }
        }
        let (k1, b) = (Double(parameters.k1), Double(parameters.b))
        var scores: [(UInt32, Double)] = []
        for (ordinal, texts) in documents where admitting?.contains(ordinal) ?? true {
            var score: Double?
            for (term, frequency) in zip(query, frequencies) {
                var pseudo = 0.0
                for (field, text) in texts.enumerated() {
                    let count = Double(text.counts[term.term] ?? 0)
                    pseudo += Double(fields[field].weight) * count / (1 - b + b * Double(text.length) / averages[field])
                }
                guard pseudo > 0 else { continue }
                let rest = Double(documents.count - frequency)
                let idf = log(1 + (rest + 0.5) / (Double(frequency) + 0.5))
                score = (score ?? 0) + term.weight * idf * (k1 + 1) * pseudo / (pseudo + k1)
            }
            if let score { scores.append((ordinal, score)) }
        }
        return scores.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
    }
}
