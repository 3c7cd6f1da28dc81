/// Where the sentences of a text are, in any script.
package enum Sentences {
    /// Sentences one after the other as ranges of UTF-8 bytes: together they are the whole text.
    ///
    /// A sentence keeps the white space after it. Breaks are ICU's for English, which know 。！？ and the closing quotes
    /// behind them, and do not end at "Mr." or "e.g."; besides, a full-width semicolon ends one, as Chinese uses it
    /// between independent clauses, and so does every line feed.
    package static func ranges(of text: String) -> [Range<Int>] {
        var text = text
        return text.withUTF8 { utf8 in unsafe ranges(of: utf8) }
    }

    private static func ranges(of utf8: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        func end(at place: Int) {
            var from = start
            // U+FF1B is EF BC 9B, which nothing else contains.
            while let semicolon = unsafe endOf((0xEF, 0xBC, 0x9B), in: utf8, from: from, to: place) {
                ranges.append(from..<semicolon)
                from = semicolon
            }
            if from < place { ranges.append(from..<place) }
            start = place
        }
        let done: Void? = BreakIterator.withIterator(.sentences) { iterator in
            unsafe iterator.breaks(utf8: utf8) { end(at: $0) }
        }
        if done == nil { end(at: utf8.count) }
        return ranges
    }

    /// The end of the first such character, unless it is the last thing in the range.
    private static func endOf(
        _ character: (UInt8, UInt8, UInt8), in utf8: UnsafeBufferPointer<UInt8>, from: Int, to end: Int
    ) -> Int? {
        var place = from
        while place + 3 < end {
            if unsafe utf8[place] == character.0, unsafe utf8[place + 1] == character.1,
                unsafe utf8[place + 2] == character.2
            {
                return place + 3
            }
            place += 1
        }
        return nil
    }
}

/// Where the words of a text are, in any script.
package enum Words {
    /// The ends of ICU's words, punctuation and white space, as UTF-8 byte offsets; the last is the text's length.
    ///
    /// Chinese, Japanese, Thai, Lao, Khmer and Burmese are broken by dictionary.
    package static func breaks(of text: String) -> [Int] {
        var text = text
        return text.withUTF8 { utf8 in
            var ends: [Int] = []
            let done: Void? = BreakIterator.withIterator(.words) { iterator in
                unsafe iterator.breaks(utf8: utf8) { ends.append($0) }
            }
            if done == nil, !utf8.isEmpty { ends = [utf8.count] }
            return ends
        }
    }
}
