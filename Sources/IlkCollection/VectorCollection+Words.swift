package import IlkLexical
package import IlkProtocol

/// What a payload says to searches by words, read with the words of one query in mind.
package struct PayloadWords: Sendable {
    /// The texts of the text fields that the payload has, by path.
    package var texts: [(path: String, text: String)]
    /// What of them the query asks for: each different piece once, in the order of the fields.
    package var matches: [String]
}

extension VectorCollection {
    /// The texts of payloads, and where they have the words of a query; nothing where there are no text fields.
    package func words(
        of payloads: [JSONValue], matching query: [WeightedText]
    ) throws(IlkError) -> [PayloadWords] {
        let content = try content()
        let marker = content.words?.marker(for: query)
        return payloads.map { payload in
            var found = PayloadWords(texts: [], matches: [])
            var known: Set<String> = []
            for (field, text) in zip(content.schema.text, content.reader.texts(of: payload).words) {
                guard let text else { continue }
                found.texts.append((field.path, text))
                let ranges = marker?.ranges(in: text) ?? []
                guard !ranges.isEmpty else { continue }
                let scalars = Array(text.unicodeScalars)
                for range in ranges {
                    let piece = String(String.UnicodeScalarView(scalars[range]))
                    if known.insert(piece.lowercased()).inserted { found.matches.append(piece) }
                }
            }
            return found
        }
    }

    /// The terms of a text with what the collection's words know of them; none where there are no text fields.
    package func terms(of text: String) throws(IlkError) -> [TermExplanation] {
        try content().words?.terms(of: text) ?? []
    }

    /// How many points have words, and may be found by them.
    package func wordedCount() throws(IlkError) -> Int { try content().words?.count ?? 0 }
}
