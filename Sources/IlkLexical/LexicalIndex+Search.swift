import Glibc
package import IlkVectors
import Synchronization

/// What a lexical search found and what it cost.
package struct LexicalOutcome: Sendable {
    /// Best first, at most k; among equals the lower ordinal.
    package var hits: [LexicalHit] = []
    /// Postings whose share was computed: those that pruning left.
    package var postings = 0
    /// Terms of the query that some document has.
    package var terms = 0
    /// About what a document would score that has every term of the query often, also those that no document has.
    package var largestScore: Float = 0
    package var microseconds = 0
}

/// A term of a query, as the index sees it.
package struct TermExplanation: Sendable, Equatable {
    package var term: String
    /// Live documents that have it.
    package var documentFrequency: Int
    /// How rare it is: ln(1 + (N − df + ½) ÷ (df + ½)).
    package var idf: Float
    /// How often the query has it; less for a synonym.
    package var weight: Float
}

extension LexicalIndex {
    /// Longer queries are cut to their first different terms.
    package static let longestQuery = 1_024

    /// The best documents for a query: those with at least one of its terms, by BM25.
    ///
    /// The answer is exact, whatever was pruned. With `admitted`, only its ordinals are found; with `minScore`, only
    /// documents that score as much. Without `prunes`, every document with a term is scored: to compare with.
    package func search(
        _ query: String, k: Int, admitting admitted: OrdinalSet? = nil, minScore: Float? = nil, prunes: Bool = true
    ) -> LexicalOutcome {
        search(terms: analyzer.queryTerms(query), k: k, admitted, minScore, prunes)
    }

    /// The best documents for several texts of different weight, by BM25; see ``search(_:k:admitting:minScore:prunes:)``.
    ///
    /// A term counts as the heaviest text that has it, times how often that one has it.
    package func search(_ texts: [WeightedText], k: Int, admitting admitted: OrdinalSet? = nil) -> LexicalOutcome {
        search(terms: analyzer.queryTerms(texts), k: k, admitted, nil, true)
    }

    private func search(
        terms: [QueryTerm], k: Int, _ admitted: OrdinalSet?, _ minScore: Float?, _ prunes: Bool
    ) -> LexicalOutcome {
        let start = ContinuousClock.now
        var outcome = LexicalOutcome()
        let plan = plan(terms)
        outcome.terms = plan.terms.count
        outcome.largestScore = plan.largestScore
        if k > 0, !plan.terms.isEmpty {
            let least = minScore.map { UInt32(clamping: Int(exactly: ($0 * plan.scale).rounded(.up)) ?? .max) } ?? 0
            var heap = HitHeap(k: k, least: least)
            let scratch = SearchScratch(termCount: plan.terms.count)
            // The largest first: what it finds prunes the others.
            for segment in plan.segments.sorted(by: { $0.documentCount > $1.documentCount }) {
                var search = SegmentSearch(
                    segment, terms: plan.terms, scorer: plan.scorer, scratch: scratch, admitted: admitted,
                    prunes: prunes)
                search.run(into: &heap)
                outcome.postings += search.scored
            }
            plan.searchTail(admitted, into: &heap)
            outcome.hits = heap.sorted.map {
                LexicalHit(ordinal: Ordinal($0.ordinal), score: Float($0.score) / plan.scale)
            }
        }
        let took = (ContinuousClock.now - start).components
        outcome.microseconds = Int(took.seconds) * 1_000_000 + Int(took.attoseconds / 1_000_000_000_000)
        return outcome
    }

    /// The terms of a query with what the index knows of them, also those that no document has.
    package func terms(of query: String) -> [TermExplanation] {
        explain(analyzer.queryTerms(query))
    }

    /// The terms of several texts of different weight, with what the index knows of them.
    package func terms(of texts: [WeightedText]) -> [TermExplanation] { explain(analyzer.queryTerms(texts)) }

    private func explain(_ terms: [QueryTerm]) -> [TermExplanation] {
        state.withLock { state in
            terms.prefix(Self.longestQuery).map { term in
                let frequency = state.vocabulary.frequency(of: term.term)
                return TermExplanation(
                    term: term.term, documentFrequency: frequency,
                    idf: Self.idf(frequency, of: state.statistics.documents), weight: term.weight)
            }
        }
    }

    static func idf(_ frequency: Int, of documents: Int) -> Float {
        Float(log(1 + (Double(documents - frequency) + 0.5) / (Double(frequency) + 0.5)))
    }

    /// What a search needs, of one moment.
    private func plan(_ terms: [QueryTerm]) -> SearchPlan {
        let terms = terms.prefix(Self.longestQuery)
        return state.withLock { state in
            let documents = state.statistics.documents
            var found: [(term: QueryTerm, number: UInt32, idf: Float)] = []
            var groups: [Int: Float] = [:]
            var largest: Float = 0
            for term in terms {
                let number = state.vocabulary.find(term.term)
                let frequency = number.map { state.vocabulary.frequency($0) } ?? 0
                let idf = Self.idf(frequency, of: documents)
                largest += idf * term.weight * (parameters.k1 + 1)
                guard let number, frequency > 0 else { continue }
                found.append((term, number, idf))
                groups[term.group] = min(groups[term.group] ?? .infinity, idf)
            }
            let weights = found.map {
                max(groups[$0.term.group] ?? $0.idf, 1e-6) * $0.term.weight * (parameters.k1 + 1)
            }
            // Whole numbers up to 2³⁰ for the sum of all that a document can get.
            let scale = exp2f(floorf(log2f(0x1p30 / max(weights.reduce(0, +), 1e-6))))
            return SearchPlan(
                terms: zip(found, weights).map { WeightedTerm(number: $0.number, weight: $1 * scale) }, scale: scale,
                largestScore: largest,
                scorer: Scorer(fields: fields, parameters: parameters, averages: state.statistics.averages),
                segments: state.segments, tail: state.tail, tailCount: state.tailCount)
        }
    }
}

/// What a search looks at, as it was when the search began.
private struct SearchPlan {
    var terms: [WeightedTerm]
    /// What scores were multiplied with to become whole numbers.
    var scale: Float
    var largestScore: Float
    var scorer: Scorer
    var segments: [Segment]
    var tail: Tail
    var tailCount: Int

    /// Scores every document of the tail.
    func searchTail(_ admitted: OrdinalSet?, into heap: inout HitHeap) {
        let sorted = terms.sorted { $0.number < $1.number }
        let fieldCount = scorer.fieldCount
        for document in 0..<tailCount where !tail.isRemoved(document) {
            let ordinal = unsafe tail.ordinals[document]
            if let admitted, !admitted.contains(ordinal) { continue }
            var score: UInt32 = 0
            let range = tail.termRange(of: document)
            var place = range.lowerBound
            let lengths = unsafe tail.lengths + document * fieldCount
            for term in sorted {
                var high = range.upperBound
                while place < high {
                    let middle = (place + high) / 2
                    if unsafe tail.terms[middle] < term.number { place = middle + 1 } else { high = middle }
                }
                guard place < range.upperBound else { break }
                if unsafe tail.terms[place] == term.number {
                    score += unsafe scorer.share(
                        weight: term.weight, frequencies: tail.frequencies + place * fieldCount, lengths: lengths)
                }
            }
            if score > 0 { heap.insert(HitHeap.Hit(score: score, ordinal: ordinal)) }
        }
    }
}
