import CICU

/// Scripts whose words are not parted by spaces.
extension Analyzer {
    /// Adds the words, pairs and single characters of a run of Han and kana; returns the place behind it.
    ///
    /// `words` are where the user's own words are, which are added already.
    func addIdeographs(
        _ characters: [FoldedText.Character], from start: Int, _ purpose: Purpose, words: Set<Range<Int>>,
        _ table: CharacterTable, to tokens: inout TokenBuffer
    ) -> Int {
        var end = start
        var hasKana = false
        while end < characters.count {
            let kind = characters[end].kind
            guard kind == .han || kind == .kana else { break }
            if kind == .kana { hasKana = true }
            end += 1
        }
        func form(_ place: Int) -> UInt32 { table.simplified(characters[place].scalar) }
        func add(_ range: Range<Int>, _ position: Int) {
            guard !words.contains(range) else { return }
            // A query that has the user's word asks for it, and not for the characters that it is cut to.
            if purpose == .query, range.count == 1, words.contains(where: { $0.contains(range.lowerBound) }) { return }
            for place in range { tokens.write(scalar: form(place)) }
            tokens.endTerm(position: position, characters: origin(characters, range))
        }
        // Where each word ends. With kana it is Japanese, whose words the dictionary has in their own form.
        var wordStart = start
        let ends = wordEnds(start..<end) { hasKana ? characters[$0].scalar : form($0) }
        for wordEnd in ends {
            let position = tokens.words
            let word = wordStart..<wordEnd
            add(word, position)
            for place in word where characters[place].kind == .han {
                if purpose == .document, word.count > 1 { add(place..<place + 1, position) }
                let pair = place..<place + 2
                if pair.upperBound <= end, characters[place + 1].kind == .han, pair != word { add(pair, position) }
            }
            tokens.words += 1
            wordStart = wordEnd
        }
        return end
    }

    /// Adds a Korean word, and its pairs of syllables: particles hide the stem in it.
    func addHangul(_ characters: [FoldedText.Character], from start: Int, to tokens: inout TokenBuffer) -> Int {
        var end = start
        while end < characters.count, characters[end].kind == .hangul { end += 1 }
        func add(_ range: Range<Int>) {
            for place in range { tokens.write(scalar: characters[place].scalar) }
            tokens.endTerm(position: tokens.words, characters: origin(characters, range))
        }
        add(start..<end)
        if end - start > 2 {
            for place in start..<end - 1 { add(place..<place + 2) }
        }
        tokens.words += 1
        return end
    }

    /// Adds the words of a run of Thai, Lao, Khmer or Burmese.
    func addSpaceless(_ characters: [FoldedText.Character], from start: Int, to tokens: inout TokenBuffer) -> Int {
        var end = start
        while end < characters.count, characters[end].kind == .spaceless || characters[end].kind == .mark { end += 1 }
        var wordStart = start
        for wordEnd in wordEnds(start..<end, scalar: { characters[$0].scalar }) {
            for place in wordStart..<wordEnd { tokens.write(scalar: characters[place].scalar) }
            tokens.endTerm(position: tokens.words, characters: origin(characters, wordStart..<wordEnd))
            tokens.words += 1
            wordStart = wordEnd
        }
        return end
    }

    /// Where the words of a range end by ICU's dictionaries.
    private func wordEnds(_ range: Range<Int>, scalar: (Int) -> UInt32) -> [Int] {
        guard range.count > 1 else { return [range.upperBound] }
        var units: [UInt16] = []
        // The place of the character that a unit belongs to; one more for the end.
        var places: [Int] = []
        for place in range {
            let scalar = scalar(place)
            if scalar < 0x10000 {
                units.append(UInt16(scalar))
            } else {
                units.append(UInt16(0xD800 + (scalar - 0x10000) >> 10))
                units.append(UInt16(0xDC00 + (scalar - 0x10000) & 0x3FF))
                places.append(place)
            }
            places.append(place)
        }
        places.append(range.upperBound)
        var ends: [Int] = []
        let done: Void? = BreakIterator.withIterator(.words) { iterator in
            unsafe units.withUnsafeBufferPointer { units in
                unsafe iterator.breaks(utf16: units) { if ends.last != places[$0] { ends.append(places[$0]) } }
            }
        }
        return done == nil ? [range.upperBound] : ends
    }
}
