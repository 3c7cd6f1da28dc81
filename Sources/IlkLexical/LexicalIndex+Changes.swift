package import IlkVectors
import Synchronization

extension LexicalIndex {
    /// Adds the texts of a document, one a field and nil where it has none; the next search finds it.
    ///
    /// - Precondition: the ordinal has no document, and there is a text or nil for every field.
    package func set(_ texts: [String?], at ordinal: Ordinal) {
        precondition(texts.count == fields.count, "\(texts.count) texts for \(fields.count) fields")
        let analyzer = analyzer
        writing.withLock { writing in
            precondition(writing.locations[ordinal.rawValue] == nil, "ordinal \(ordinal.rawValue) has a document")
            add(texts, at: ordinal, analyzer, &writing)
        }
    }

    private func add(_ texts: [String?], at ordinal: Ordinal, _ analyzer: Analyzer, _ writing: inout Writing) {
        var lengths: [UInt32] = []
        // The number of the term in the high bits, the field in the lowest 8.
        var occurrences: [UInt64] = []
        for (field, text) in texts.enumerated() {
            guard let text else {
                lengths.append(0)
                continue
            }
            analyzer.analyze(text, for: .document, into: &writing.tokens)
            lengths.append(UInt32(clamping: writing.tokens.words))
            state.withLock { [tokens = writing.tokens] state in
                for span in tokens.spans {
                    let number = unsafe tokens.withTerm(span) { unsafe state.vocabulary.intern($0) }
                    if let number { occurrences.append(UInt64(number) << 8 | UInt64(field)) }
                }
            }
        }
        occurrences.sort()
        var terms: [UInt32] = []
        var frequencies: [UInt32] = []
        for occurrence in occurrences {
            let term = UInt32(occurrence >> 8)
            if terms.last != term {
                terms.append(term)
                frequencies.append(contentsOf: repeatElement(0, count: fields.count))
            }
            frequencies[frequencies.count - fields.count + Int(occurrence & 255)] += 1
        }
        let place = placeInTail(terms: terms.count, &writing)
        state.withLock { state in
            unsafe lengths.withUnsafeBufferPointer { lengths in
                guard let lengths = lengths.baseAddress else { return }
                unsafe terms.withUnsafeBufferPointer { terms in
                    unsafe frequencies.withUnsafeBufferPointer { frequencies in
                        unsafe state.tail.append(
                            after: place, ordinal: ordinal.rawValue, lengths: lengths, terms: terms,
                            frequencies: frequencies)
                    }
                }
                unsafe state.statistics.count(lengths, 1)
            }
            state.tailCount = place + 1
            for term in terms { state.vocabulary.count(term, 1) }
            state.live[ordinal.rawValue] = ()
        }
        writing.locations[ordinal.rawValue] = Location(segment: nil, document: place)
    }

    /// Where the next document of the tail goes; makes a segment of a tail that has no room for it.
    private func placeInTail(terms: Int, _ writing: inout Writing) -> Int {
        let (tail, count) = state.withLock { ($0.tail, $0.tailCount) }
        if tail.hasRoom(documents: count, terms: terms) { return count }
        seal(termCapacity: max(Self.tailTerms, terms), &writing)
        return 0
    }

    /// Takes a document out of every later answer; none is there is fine.
    package func remove(_ ordinal: Ordinal) {
        writing.withLock { writing in
            guard let location = writing.locations[ordinal.rawValue] else { return }
            writing.locations[ordinal.rawValue] = nil
            state.withLock { state in
                if let segment = location.segment {
                    segment.forEachTerm(of: location.document) { state.vocabulary.count($0, -1) }
                    unsafe state.statistics.count(segment.lengths(of: location.document), -1)
                    segment.remove(location.document)
                } else {
                    let tail = state.tail
                    for place in tail.termRange(of: location.document) {
                        unsafe state.vocabulary.count(tail.terms[place], -1)
                    }
                    unsafe state.statistics.count(tail.lengths + location.document * fields.count, -1)
                    tail.remove(location.document)
                }
                state.live[ordinal.rawValue] = nil
            }
        }
    }
}
