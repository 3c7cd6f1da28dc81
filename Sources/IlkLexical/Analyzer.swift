/// Turns a text into the terms that are indexed and searched: one analysis for texts of any language, also mixed.
///
/// - Characters are folded by ICU (NFKC with case folding), and Han to the simplified form. Latin, Greek and Arabic
///   letters lose their accents on both sides.
/// - Chinese, Japanese, Thai, Lao, Khmer and Burmese are cut into words by ICU's dictionaries. Beside its words, Chinese
///   has every pair of neighbouring characters, since dictionaries miss words, and documents every single character,
///   since a query may ask for one.
/// - Model numbers, dates and the like stay whole beside their parts: "ABC-123" is abc-123, abc123, abc and 123.
/// - English plurals and possessives lose their s. No word is left out: BM25 gives "the" next to nothing.
package struct Analyzer: Sendable {
    /// Changes when the terms of some text change.
    static let version = 1

    package let options: AnalyzerOptions
    package let dictionary: WordList
    package let synonyms: Synonyms
    private(set) var synonymTable: SynonymTable

    package init(
        options: AnalyzerOptions = AnalyzerOptions(), dictionary: WordList = WordList(), synonyms: Synonyms = Synonyms()
    ) {
        self.options = options
        self.dictionary = dictionary
        self.synonyms = synonyms
        synonymTable = SynonymTable()
        synonymTable = makeSynonymTable()
    }

    /// Two analyzers of the same fingerprint make the same terms of every document: synonyms do not count.
    package var fingerprint: UInt64 { options.fingerprint ^ dictionary.checksum }

    enum Purpose {
        case document
        case query
    }

    /// Does what the first text would else wait for, some 50 ms: character tables, ICU's dictionaries.
    package static func prepare() { _ = Analyzer().tokens(of: "熊猫 panda") }

    /// The tokens of a document, in order.
    package func tokens(of text: String) -> [Token] {
        var buffer = TokenBuffer()
        analyze(text, for: .document, into: &buffer)
        return buffer.spans.map { Token(term: buffer.term($0), position: $0.position, characters: $0.characters) }
    }

    func analyze(_ text: String, for purpose: Purpose, into tokens: inout TokenBuffer) {
        tokens.removeAll()
        var text = text
        text.withUTF8 { utf8 in
            if dictionary.hasLetters {
                // Its words may go over white space.
                unsafe _ = analyzeSpan(utf8, offset: 0, purpose, &tokens)
            } else {
                unsafe analyzeSpans(utf8, purpose, &tokens)
            }
        }
    }

    // MARK: Spans between white space

    private func analyzeSpans(_ utf8: UnsafeBufferPointer<UInt8>, _ purpose: Purpose, _ tokens: inout TokenBuffer) {
        var place = 0
        // How many scalars there are before `place`.
        var number = 0
        while place < utf8.count {
            if unsafe utf8[place] <= 0x20 {
                place += 1
                number += 1
                continue
            }
            let start = place
            // All bytes of the span or-ed: is it ASCII?
            var union: UInt8 = 0
            // Its first and last letter, and whether there are only letters between.
            var first = -1
            var last = -1
            var isSimple = true
            while place < utf8.count {
                let byte = unsafe utf8[place]
                guard byte > 0x20 else { break }
                union |= byte
                if ASCII.isLetter(byte) {
                    if first < 0 { first = place }
                    if last >= 0 && last != place - 1 { isSimple = false }
                    last = place
                } else if ASCII.isDigit(byte) {
                    isSimple = false
                }
                place += 1
            }
            if union < 0x80, isSimple {
                if first >= 0 {
                    let origin = (number + first - start)..<(number + last + 1 - start)
                    unsafe addWord(UnsafeBufferPointer(rebasing: utf8[first...last]), origin, &tokens)
                }
                number += place - start
            } else {
                let span = unsafe UnsafeBufferPointer(rebasing: utf8[start..<place])
                number += unsafe analyzeSpan(span, offset: number, purpose, &tokens)
            }
        }
    }

    /// Adds a word of ASCII letters.
    @inline(__always)
    private func addWord(_ letters: UnsafeBufferPointer<UInt8>, _ origin: Range<Int>, _ tokens: inout TokenBuffer) {
        var kept = letters.count
        var addsY = false
        if options.stemsPlurals { (kept, addsY) = PluralStem.stem(letters.count) { unsafe letters[$0] | 0x20 } }
        for place in 0..<kept { unsafe tokens.write(letters[place] | 0x20) }
        if addsY { tokens.write(UInt8(ascii: "y")) }
        tokens.endTerm(position: tokens.words, characters: origin)
        tokens.words += 1
    }

    /// Analyzes any text, whose first character has the number `offset`; returns how many characters there are.
    private func analyzeSpan(
        _ utf8: UnsafeBufferPointer<UInt8>, offset: Int, _ purpose: Purpose, _ tokens: inout TokenBuffer
    ) -> Int {
        let table = CharacterTable.shared
        var text = FoldedText()
        swap(&text, &tokens.folded)
        defer { swap(&text, &tokens.folded) }
        let count = unsafe text.fold(utf8, offset: offset, table)
        let characters = text.characters
        let words = dictionary.isEmpty ? [] : Set(dictionary.addMatches(in: characters, table, to: &tokens))
        var place = 0
        while place < characters.count {
            switch characters[place].kind {
            case .other, .mark, .droppedMark:
                place += 1
            case .letter, .digit:
                place = addCompound(characters, from: place, table, to: &tokens)
            case .han, .kana:
                place = addIdeographs(characters, from: place, purpose, words: words, table, to: &tokens)
            case .hangul:
                place = addHangul(characters, from: place, to: &tokens)
            case .spaceless:
                place = addSpaceless(characters, from: place, to: &tokens)
            }
        }
        return count
    }
}

/// Questions about bytes below 128.
enum ASCII {
    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
