extension Analyzer {
    private typealias Characters = [FoldedText.Character]

    /// Adds the word at a place, with what is joined to it: model numbers, dates, names with hyphens and the like.
    ///
    /// - Returns: the place behind it.
    func addCompound(
        _ characters: [FoldedText.Character], from start: Int, _ table: CharacterTable, to tokens: inout TokenBuffer
    ) -> Int {
        var pieces: [Range<Int>] = []
        var joiners: [UInt32] = []
        var place = start
        while true {
            let first = place
            while place < characters.count, isWordPart(characters[place].kind) { place += 1 }
            pieces.append(first..<place)
            guard place + 1 < characters.count, isJoiner(characters, place) else { break }
            joiners.append(characters[place].scalar)
            place += 1
        }
        let end = place
        let position = tokens.words
        if pieces.count == 1 {
            addPiece(characters, pieces[0], position: position, table, to: &tokens)
            tokens.words += 1
            return end
        }
        let compound = Compound(characters, pieces: pieces, joiners: joiners)
        if compound.keepsWhole { write(characters, start..<end, position, table, &tokens) { _ in true } }
        if compound.isJoined {
            write(characters, start..<end, position, table, &tokens) { isWordPart(characters[$0].kind) }
        }
        guard compound.hasParts else {
            tokens.words += 1
            return end
        }
        for piece in compound.parts {
            addPiece(characters, piece, position: tokens.words, table, to: &tokens)
            tokens.words += 1
        }
        return end
    }

    func isWordPart(_ kind: CharacterTable.Kind) -> Bool {
        kind == .letter || kind == .digit || kind == .mark || kind == .droppedMark
    }

    /// Whether the character joins the one before, which is of a word, to the one behind.
    private func isJoiner(_ characters: Characters, _ place: Int) -> Bool {
        let next = characters[place + 1].kind
        guard next == .letter || next == .digit else { return false }
        switch characters[place].scalar {
        case 0x2D, 0x2F, 0x2E, 0x5F, 0x27, 0x26: return true  // - / . _ ' &
        case 0x2C: return next == .digit && characters[place - 1].kind == .digit  // 1,000
        default: return false
        }
    }

    /// Adds a word without joiners; where it has letters and digits, those too, and where it has accents, it with them.
    func addPiece(
        _ characters: [FoldedText.Character], _ range: Range<Int>, position: Int, _ table: CharacterTable,
        to tokens: inout TokenBuffer
    ) {
        let hasDigits = range.contains { characters[$0].kind == .digit }
        let hasLetters = range.contains { characters[$0].kind == .letter }
        let accents = options.foldsAccents && range.contains { hasAccent(characters[$0], table) }
        let weight = accents ? Self.foldedWeight : 1
        if !hasDigits, options.stemsPlurals, let stem = stem(characters, range, table) {
            for byte in stem { tokens.write(byte) }
            tokens.endTerm(position: position, characters: origin(characters, range), weight: weight)
        } else {
            write(characters, range, position, table, &tokens, weight: weight) { _ in true }
        }
        if accents {
            for place in range { tokens.write(scalar: characters[place].scalar) }
            tokens.endTerm(position: position, characters: origin(characters, range), weight: 1 - weight)
        }
        guard hasDigits, hasLetters else { return }
        var start = range.lowerBound
        for place in range.dropFirst() where (characters[place].kind == .digit) != (characters[start].kind == .digit) {
            write(characters, start..<place, position, table, &tokens) { _ in true }
            start = place
        }
        write(characters, start..<range.upperBound, position, table, &tokens) { _ in true }
    }

    /// What the form without accents counts in a query that has them; the form with them counts the rest.
    static let foldedWeight: Float = 0.5

    private func hasAccent(_ character: FoldedText.Character, _ table: CharacterTable) -> Bool {
        character.kind == .droppedMark || table.base(character.scalar) != character.scalar
    }

    /// The stem of a word that is ASCII without its accents; nil where it is not.
    private func stem(_ characters: Characters, _ range: Range<Int>, _ table: CharacterTable) -> [UInt8]? {
        var letters: [UInt8] = []
        for place in range where characters[place].kind != .droppedMark {
            let scalar = options.foldsAccents ? table.base(characters[place].scalar) : characters[place].scalar
            guard scalar < 0x80 else { return nil }
            letters.append(UInt8(scalar))
        }
        let (kept, addsY) = PluralStem.stem(letters.count) { letters[$0] }
        letters.removeSubrange(kept...)
        if addsY { letters.append(UInt8(ascii: "y")) }
        return letters
    }

    /// Adds one term of those characters of a range that `isKept`.
    private func write(
        _ characters: Characters, _ range: Range<Int>, _ position: Int, _ table: CharacterTable,
        _ tokens: inout TokenBuffer, weight: Float = 1, isKept: (Int) -> Bool
    ) {
        for place in range where isKept(place) {
            let character = characters[place]
            if character.kind == .droppedMark, options.foldsAccents || place == range.lowerBound { continue }
            tokens.write(scalar: options.foldsAccents ? table.base(character.scalar) : character.scalar)
        }
        tokens.endTerm(position: position, characters: origin(characters, range), weight: weight)
    }

    func origin(_ characters: [FoldedText.Character], _ range: Range<Int>) -> Range<Int> {
        Int(characters[range.lowerBound].start)..<Int(characters[range.upperBound - 1].end)
    }
}

/// Words joined by hyphens, points and the like, and which of their forms are terms.
private struct Compound {
    /// As it stands, with its joiners.
    var keepsWhole: Bool
    /// Without its joiners.
    var isJoined: Bool
    var hasParts: Bool
    var parts: [Range<Int>]

    init(_ characters: [FoldedText.Character], pieces: [Range<Int>], joiners: [UInt32]) {
        let hasDigits = pieces.contains { $0.contains { characters[$0].kind == .digit } }
        let hasLetters = pieces.contains { $0.contains { characters[$0].kind == .letter } }
        parts = pieces
        hasParts = true
        switch (hasLetters, hasDigits) {
        case (false, _):
            // 3.5 and 192.168.0.1 are no 3 and no 35; 1,000 is 1000; 2026-11-27 is all of its forms.
            let isNumber = joiners.allSatisfy { $0 == 0x2E }
            let isGrouped = joiners.allSatisfy { $0 == 0x2C } && pieces.dropFirst().allSatisfy { $0.count == 3 }
            keepsWhole = !isGrouped
            isJoined = isGrouped || joiners.allSatisfy { $0 == 0x2D }
            hasParts = !isNumber && !isGrouped
        case (true, true):
            keepsWhole = true
            isJoined = true
        case (true, false):
            let areInitials = pieces.allSatisfy { $0.count == 1 }
            let hasPoints = joiners.contains(0x2E)
            keepsWhole = hasPoints && !areInitials  // example.com
            isJoined = areInitials || joiners.allSatisfy { $0 == 0x2D || $0 == 0x26 || $0 == 0x5F || $0 == 0x27 }
            hasParts = !areInitials
            if joiners.last == 0x27, let last = pieces.last, Self.isClitic(characters, last) {
                parts.removeLast()
                if parts.count == 1 { isJoined = false }
            }
        }
    }

    /// The endings of English after an apostrophe, but for n't.
    private static func isClitic(_ characters: [FoldedText.Character], _ range: Range<Int>) -> Bool {
        let text = String(decoding: range.map { UInt8(truncatingIfNeeded: characters[$0].scalar) }, as: UTF8.self)
        return ["s", "re", "ve", "ll", "d", "m"].contains(text) && range.allSatisfy { characters[$0].scalar < 0x80 }
    }
}
