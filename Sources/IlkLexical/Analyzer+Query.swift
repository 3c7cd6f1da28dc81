/// A term that a query asks for.
struct QueryTerm: Equatable {
    var term: String
    /// How often the query has it; less for a synonym.
    var weight: Float
    /// Terms of one group mean the same: they count as rare as the most common of them.
    var group: Int
}

/// A text that is searched for, and how much its words count.
package struct WeightedText: Sendable, Equatable {
    package var text: String
    /// Over 0; 1 is what a query alone has.
    package var weight: Float

    package init(_ text: String, weight: Float) {
        self.text = text
        self.weight = weight
    }
}

extension Analyzer {
    /// What a synonym counts beside what was typed.
    static let synonymWeight: Float = 0.8
    /// Characters of a query that are looked at.
    package static let longestQuery = 1 << 15

    /// The terms of a query, each once, in the order of its words; synonyms after them.
    func queryTerms(_ text: String) -> [QueryTerm] {
        let text = Self.cut(text)
        var tokens = TokenBuffer()
        analyze(text, for: .query, into: &tokens)
        let matches = synonymTable.isEmpty ? [] : synonymMatches(in: text)
        let replaced = matches.filter(\.entry.replaces).map(\.characters)
        var places: [String: Int] = [:]
        var terms: [QueryTerm] = []
        for span in tokens.spans where !replaced.contains(where: { $0.contains(span.characters) }) {
            let term = tokens.term(span)
            if let place = places[term] {
                terms[place].weight += span.weight
            } else {
                places[term] = terms.count
                terms.append(QueryTerm(term: term, weight: span.weight, group: terms.count))
            }
        }
        for match in matches {
            // One word for one word is as common as the more common of the two; of longer ones each has its own rarity.
            let own = tokens.spans.filter { match.characters.contains($0.characters) }
            var group = own.count == 1 ? places[tokens.term(own[0])].map { terms[$0].group } : nil
            for alternative in match.entry.alternatives {
                for term in alternative where places[term] == nil {
                    places[term] = terms.count
                    let own = alternative.count == 1 ? group ?? terms.count : terms.count
                    if alternative.count == 1, match.entry.replaces { group = own }
                    terms.append(
                        QueryTerm(term: term, weight: match.entry.replaces ? 1 : Self.synonymWeight, group: own))
                }
            }
        }
        return terms
    }

    /// The terms of several texts, each once, with the weight of the heaviest text that has it.
    func queryTerms(_ texts: [WeightedText]) -> [QueryTerm] {
        var places: [String: Int] = [:]
        var terms: [QueryTerm] = []
        for text in texts {
            let groups = (terms.map(\.group).max() ?? -1) + 1
            for var term in queryTerms(text.text) {
                term.weight *= text.weight
                term.group += groups
                if let place = places[term.term] {
                    terms[place].weight = max(terms[place].weight, term.weight)
                } else {
                    places[term.term] = terms.count
                    terms.append(term)
                }
            }
        }
        return terms
    }

    /// The beginning of a text that is too long for a question.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > longestQuery else { return text }
        return String(text.unicodeScalars.prefix(longestQuery))
    }

    private struct SynonymMatch {
        var entry: SynonymTable.Entry
        var characters: Range<Int>
    }

    private func synonymMatches(in text: String) -> [SynonymMatch] {
        let units = synonymUnits(of: text)
        let words = units.map(\.word)
        return units.indices.flatMap { place in
            synonymTable.entries(at: place, of: words).map { entry in
                let last = units[place + entry.words.count - 1]
                return SynonymMatch(
                    entry: entry, characters: units[place].characters.lowerBound..<last.characters.upperBound)
            }
        }
    }

    /// A text as synonyms see it: words where a script has spaces, characters where it has none.
    private func synonymUnits(of text: String) -> [(word: String, characters: Range<Int>)] {
        let table = CharacterTable.shared
        var folded = FoldedText()
        var text = text
        text.withUTF8 { unsafe _ = folded.fold($0, offset: 0, table) }
        let characters = folded.characters
        var units: [(word: String, characters: Range<Int>)] = []
        var place = 0
        while place < characters.count {
            let start = place
            var tokens = TokenBuffer()
            switch characters[place].kind {
            case .letter, .digit:
                while place < characters.count, isWordPart(characters[place].kind) { place += 1 }
                addPiece(characters, start..<place, position: 0, table, to: &tokens)
            case .han, .kana, .hangul, .spaceless:
                place += 1
                tokens.write(scalar: table.simplified(characters[start].scalar))
                tokens.endTerm(position: 0, characters: 0..<1)
            case .other, .mark, .droppedMark:
                place += 1
            }
            // The first term of a piece is the whole of it.
            if let first = tokens.spans.first {
                units.append((tokens.term(first), origin(characters, start..<place)))
            }
        }
        return units
    }

    /// The table of the synonyms, whose phrases go through the same analysis as the queries that have them.
    func makeSynonymTable() -> SynonymTable {
        var made = SynonymTable()
        for rule in synonyms.rules {
            let alternatives = rule.alternatives.map { alternative in
                var tokens = TokenBuffer()
                analyze(alternative, for: .query, into: &tokens)
                return tokens.spans.map(tokens.term)
            }
            made.add(
                SynonymTable.Entry(
                    words: synonymUnits(of: rule.phrase).map(\.word), alternatives: alternatives,
                    replaces: rule.replaces))
        }
        return made
    }
}

extension Range<Int> {
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
