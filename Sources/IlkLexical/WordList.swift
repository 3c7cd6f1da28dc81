import IlkVectors

/// Words of a user's own that are terms as they stand: brands, materials, "c++", and Chinese words that ICU splits.
///
/// Where a document has one, it gets the word beside its other terms. Where a query has one, the single characters that
/// the word would otherwise be cut to are not asked for.
package struct WordList: Sendable, Equatable {
    /// The words, folded, by their first character; long ones first.
    private var words: [UInt32: [[UInt32]]] = [:]
    /// Whether a word has letters or digits, so that it may go over white space or joiners.
    private(set) var hasLetters = false
    /// The checksum of all words; 0 where there are none.
    private(set) var checksum: UInt64 = 0

    /// No words.
    package init() {}

    /// These words; case, width, accents and the traditional form do not matter, nor does the order.
    package init(_ words: some Sequence<String>) {
        let table = CharacterTable.shared
        var folded = Set<[UInt32]>()
        var text = FoldedText()
        for var word in words {
            word.withUTF8 { unsafe _ = text.fold($0, offset: 0, table) }
            let characters = text.characters.drop { Self.isSpace($0.scalar) }
            let form = characters.filter { $0.kind != .droppedMark }.map { Self.form($0, table) }
            let trimmed = form.reversed().drop(while: Self.isSpace).reversed()
            // One character is a term anyhow, or no word.
            guard trimmed.count > 1, characters.contains(where: { $0.kind != .other }) else { continue }
            folded.insert(Array(trimmed))
            if characters.contains(where: { $0.kind == .letter || $0.kind == .digit }) { hasLetters = true }
        }
        guard !folded.isEmpty else { return }
        var bytes: [UInt8] = []
        for word in folded.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            self.words[word[0], default: []].append(word)
            for scalar in word + [0] { for shift in [24, 16, 8, 0] { bytes.append(UInt8(scalar >> shift & 0xFF)) } }
        }
        for first in self.words.keys { self.words[first]?.sort { $0.count > $1.count } }
        checksum = unsafe bytes.withUnsafeBytes { unsafe Checksum.xxh3($0) } | 1
    }

    /// The words of a file: one a line; empty lines and those that begin with # are passed over.
    package init(text: String) {
        self.init(WordList.lines(of: text))
    }

    var isEmpty: Bool { words.isEmpty }

    /// Adds the words that are in a text, and returns where they are, ascending.
    func addMatches(
        in characters: [FoldedText.Character], _ table: CharacterTable, to tokens: inout TokenBuffer
    ) -> [Range<Int>] {
        var matches: [Range<Int>] = []
        for place in characters.indices {
            guard let candidates = words[Self.form(characters[place], table)],
                place == 0 || !Self.isInsideWord(characters, place)
            else { continue }
            for word in candidates {
                guard let end = Self.end(of: word, in: characters, from: place, table) else { continue }
                for scalar in word { tokens.write(scalar: scalar) }
                tokens.endTerm(
                    position: tokens.words,
                    characters: Int(characters[place].start)..<Int(characters[end - 1].end))
                matches.append(place..<end)
            }
        }
        return matches
    }

    /// The place behind a word that begins at a place; nil where it does not.
    private static func end(
        of word: [UInt32], in characters: [FoldedText.Character], from start: Int, _ table: CharacterTable
    ) -> Int? {
        var place = start
        for scalar in word {
            while place > start, place < characters.count, characters[place].kind == .droppedMark { place += 1 }
            guard place < characters.count else { return nil }
            if isSpace(scalar) {
                guard isSpace(characters[place].scalar) else { return nil }
                while place < characters.count, isSpace(characters[place].scalar) { place += 1 }
            } else {
                guard form(characters[place], table) == scalar else { return nil }
                place += 1
            }
        }
        return place < characters.count && isInsideWord(characters, place) ? nil : place
    }

    /// Whether a letter or digit stands on both sides of the border before a place.
    private static func isInsideWord(_ characters: [FoldedText.Character], _ place: Int) -> Bool {
        func isLetter(_ kind: CharacterTable.Kind) -> Bool { kind == .letter || kind == .digit }
        return isLetter(characters[place].kind) && isLetter(characters[place - 1].kind)
    }

    private static func form(_ character: FoldedText.Character, _ table: CharacterTable) -> UInt32 {
        isSpace(character.scalar) ? 0x20 : table.simplified(table.base(character.scalar))
    }

    private static func isSpace(_ scalar: UInt32) -> Bool { scalar == 0x20 || (0x09...0x0D).contains(scalar) }

    /// The lines of a file that say something.
    static func lines(of text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { line in
            String(line.drop { $0.isWhitespace })
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}
