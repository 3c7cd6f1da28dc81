import CICU

/// A text in the form in which words are looked for: NFKC, case folded, each character with its origin.
struct FoldedText {
    struct Character {
        var scalar: UInt32
        var kind: CharacterTable.Kind
        /// The characters of the original text that it was made of, as Unicode scalars.
        var start: UInt32
        var end: UInt32
    }

    private(set) var characters: [Character] = []
    private var chunk: [UInt16] = []
    private var output: [UInt16] = []

    /// Folds UTF-8, whose first character has the number `offset`; returns how many characters there are.
    mutating func fold(_ utf8: UnsafeBufferPointer<UInt8>, offset: Int, _ table: CharacterTable) -> Int {
        characters.removeAll(keepingCapacity: true)
        var place = 0
        var number = offset
        // What joins the character before it is folded with it.
        var pending: UInt32?
        var pendingStart = offset
        func next() -> UInt32? {
            guard place < utf8.count else { return nil }
            return unsafe Self.scalar(utf8, at: &place)
        }
        while let scalar = next() {
            if table.joinsPrevious(scalar), pending != nil || !chunk.isEmpty {
                if let first = pending {
                    Self.append(first, to: &chunk)
                    pending = nil
                }
                Self.append(scalar, to: &chunk)
            } else {
                flush(pending, pendingStart..<number, table)
                pending = scalar
                pendingStart = number
            }
            number += 1
        }
        flush(pending, pendingStart..<number, table)
        return number - offset
    }

    private mutating func flush(_ single: UInt32?, _ origin: Range<Int>, _ table: CharacterTable) {
        if let single {
            if let folded = table.folded(single) { return add(folded, origin, table) }
            Self.append(single, to: &chunk)
        }
        guard !chunk.isEmpty else { return }
        var needed = 0
        repeat {
            if output.count < needed { output = Array(repeating: 0, count: needed * 2) }
            if output.isEmpty { output = Array(repeating: 0, count: 64) }
            needed = unsafe Int(ilk_nfkc_casefold(chunk, Int32(clamping: chunk.count), &output, Int32(output.count)))
        } while needed > output.count
        chunk.removeAll(keepingCapacity: true)
        var place = 0
        while place < needed {
            var scalar = UInt32(output[place])
            place += 1
            if scalar & 0xFC00 == 0xD800, place < needed {
                scalar = 0x10000 + (scalar & 0x3FF) << 10 + (UInt32(output[place]) & 0x3FF)
                place += 1
            }
            // A digit or an apostrophe may come out of a fold too.
            add(scalar < 0x10000 ? table.folded(scalar) ?? scalar : scalar, origin, table)
        }
    }

    private mutating func add(_ scalar: UInt32, _ origin: Range<Int>, _ table: CharacterTable) {
        characters.append(
            Character(
                scalar: scalar, kind: table.kind(of: scalar), start: UInt32(origin.lowerBound),
                end: UInt32(origin.upperBound)))
    }

    private static func append(_ scalar: UInt32, to units: inout [UInt16]) {
        if scalar < 0x10000 {
            units.append(UInt16(scalar))
        } else {
            units.append(UInt16(0xD800 + (scalar - 0x10000) >> 10))
            units.append(UInt16(0xDC00 + (scalar - 0x10000) & 0x3FF))
        }
    }

    /// The scalar at a place of valid UTF-8.
    @inline(__always)
    private static func scalar(_ utf8: UnsafeBufferPointer<UInt8>, at place: inout Int) -> UInt32 {
        let first = unsafe UInt32(utf8[place])
        place += 1
        guard first >= 0x80 else { return first }
        let more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3
        var scalar = first & (0x3F >> UInt32(more))
        for _ in 0..<more where place < utf8.count {
            unsafe scalar = scalar << 6 | UInt32(utf8[place]) & 0x3F
            place += 1
        }
        return scalar
    }
}
