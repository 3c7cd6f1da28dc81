/// Turns a text into the terms that are indexed and searched.
package struct Analyzer: Sendable {
    package init() {}

    /// Changes when the terms of some text change: an index of other terms must be made again.
    var fingerprint: UInt64 { 1 }

    /// The tokens of a text, in order.
    package func tokens(of text: String) -> [Token] {
        var buffer = TokenBuffer()
        analyze(text, into: &buffer)
        return buffer.spans.map { Token(term: buffer.term($0), position: $0.position, characters: $0.characters) }
    }

    func analyze(_ text: String, into tokens: inout TokenBuffer) {
        tokens.removeAll()
        var place = 0
        var start = 0
        for scalar in text.unicodeScalars {
            if scalar.properties.isAlphabetic || (48...57).contains(scalar.value) {
                for byte in String(scalar).lowercased().utf8 { tokens.write(byte) }
            } else {
                if place > start {
                    tokens.endTerm(position: tokens.words, characters: start..<place)
                    tokens.words += 1
                }
                start = place + 1
            }
            place += 1
        }
        if place > start {
            tokens.endTerm(position: tokens.words, characters: start..<place)
            tokens.words += 1
        }
    }

    func queryTerms(_ text: String) -> [QueryTerm] {
        var tokens = TokenBuffer()
        analyze(text, into: &tokens)
        var places: [String: Int] = [:]
        var terms: [QueryTerm] = []
        for span in tokens.spans {
            let term = tokens.term(span)
            if let place = places[term] {
                terms[place].weight += 1
            } else {
                places[term] = terms.count
                terms.append(QueryTerm(term: term, weight: 1, group: terms.count))
            }
        }
        return terms
    }
}

/// A term that a query asks for.
struct QueryTerm: Equatable {
    var term: String
    /// How often the query has it; less for a synonym.
    var weight: Float
    /// Terms of one group mean the same: they count as rare as the most common of them.
    var group: Int
}
