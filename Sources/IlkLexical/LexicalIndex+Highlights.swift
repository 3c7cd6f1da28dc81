import Synchronization

extension LexicalIndex {
    /// Where a text has what a query asks for, as ranges of its characters (Unicode scalars), ascending and apart.
    ///
    /// Words that more than half of the documents have are passed over, unless the query has no others: nobody looks for
    /// "the". So a range may be a whole word or a part of one, as "123" is of ABC-123.
    package func highlights(of text: String, for query: String) -> [Range<Int>] {
        marker(for: [WeightedText(query, weight: 1)]).ranges(in: text)
    }

    /// Marks what several texts ask for, in any number of others; see ``highlights(of:for:)``.
    package func marker(for query: [WeightedText]) -> WordMarker {
        let analyzer = analyzer
        let known = analyzer.queryTerms(query).prefix(Self.longestQuery).map(\.term)
        let wanted = state.withLock { state in
            let half = state.statistics.documents / 2
            guard half >= Self.fewDocuments / 2 else { return known }
            let rare = known.filter { state.vocabulary.frequency(of: $0) <= half }
            return rare.isEmpty ? known : rare
        }
        return WordMarker(analyzer: analyzer, wanted: Set(wanted))
    }

    /// Of fewer documents, a word may be in half of them by chance.
    private static let fewDocuments = 20

    /// Takes other synonyms from the next query on; documents stay as they are.
    package func replaceSynonyms(_ synonyms: Synonyms) {
        let old = analyzer
        guard old.synonyms != synonyms else { return }
        let new = Analyzer(options: old.options, dictionary: old.dictionary, synonyms: synonyms)
        analyzerNow.withLock { $0 = new }
    }
}

/// Finds the words of one query in texts.
package struct WordMarker: Sendable {
    fileprivate let analyzer: Analyzer
    fileprivate let wanted: Set<String>

    /// Ranges of a text's characters (Unicode scalars) that the query asks for, ascending and apart.
    package func ranges(in text: String) -> [Range<Int>] {
        wanted.isEmpty ? [] : analyzer.ranges(of: wanted, in: text)
    }
}

extension Analyzer {
    /// Where these terms are in a text, as ranges of its characters; what overlaps or touches is one range.
    func ranges(of terms: Set<String>, in text: String) -> [Range<Int>] {
        var tokens = TokenBuffer()
        analyze(text, for: .document, into: &tokens)
        let found = tokens.spans.filter { terms.contains(tokens.term($0)) }.map(\.characters)
        var ranges: [Range<Int>] = []
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = ranges.last, range.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }
}
