import IlkProtocol

/// What becomes of characters before pieces are looked for: full-width letters become plain ones, `e` and a combining
/// accent one letter, control characters nothing.
///
/// The rules are those of SentencePiece's `precompiled_charsmap`, searched on UTF-8 for the longest that begins at a
/// place; text that no rule covers stays. Rules for single code points may come from a table beside it, and then the
/// charsmap's own are not asked: it gives the rules for sequences only.
struct CharacterMap: Sendable {
    /// The charsmap's double array, as darts-clone lays it out.
    private var units: [UInt32] = []
    /// UTF-8 of all replacements: the charsmap's each end with a NUL, those of the table are known by their length.
    private(set) var replacements: [UInt8] = [0]
    private var table: CodePointTable?
    /// Where the charsmap's replacements end, with a NUL, and the table's begin.
    private var tableStart = 1
    /// Bit n: no rule begins with ASCII n alone or followed by ASCII, so between ASCII it stays.
    private var plain: (low: UInt64, high: UInt64) = (.max, .max)

    /// A charsmap whose longest replacement is longer is damaged: NFKC's longest has 33 bytes.
    private static let longestReplacement = 1_024

    /// Changes nothing.
    init() {}

    /// Reads a charsmap: the size of its trie in bytes, the trie, and the replacements.
    ///
    /// - Throws: `invalid_request` where it is damaged.
    init(charsmap: RawSpan) throws(IlkError) {
        let trieBytes = Int(try charsmap.number(at: 0, as: UInt32.self, of: "the character map"))
        guard trieBytes > 0, trieBytes % 4 == 0, trieBytes <= charsmap.byteCount - 4 else {
            throw .brokenTokenizer("its character map gives its trie \(trieBytes) of \(charsmap.byteCount) bytes")
        }
        units.reserveCapacity(trieBytes / 4)
        for unit in 0..<trieBytes / 4 {
            units.append(try charsmap.number(at: 4 + 4 * unit, as: UInt32.self, of: "the character map"))
        }
        let start = 4 + trieBytes
        // A NUL more than there should be, so that even a damaged map's last replacement ends.
        replacements = try charsmap.bytes(at: start, count: charsmap.byteCount - start, of: "the character map") + [0]
        tableStart = replacements.count
        let longest = replacements.split(separator: 0).lazy.map(\.count).max() ?? 0
        guard longest <= Self.longestReplacement else {
            throw .brokenTokenizer("its character map replaces one character by \(longest) bytes")
        }
        findPlain()
    }

    /// Takes the rules for single code points from a table; the charsmap keeps those for sequences.
    mutating func replaceSingleRules(by rules: [(codePoint: UInt32, replacement: [UInt8])]) throws(IlkError) {
        var table = CodePointTable()
        for rule in rules {
            guard rule.codePoint <= 0x10FFFF, rule.replacement.count <= CodePointTable.largestCount,
                replacements.count <= CodePointTable.largestStart
            else {
                throw .brokenTokenizer("its character table has a rule for code point \(rule.codePoint) that is none")
            }
            table.set(rule.codePoint, start: replacements.count, count: rule.replacement.count)
            replacements += rule.replacement
        }
        self.table = table
        findPlain()
    }

    private mutating func findPlain() {
        plain = (0, 0)
        for character in UInt8(0)..<128 {
            guard table?[UInt32(character)] == nil, !beginsRule(character) else { continue }
            if character < 64 { plain.low |= 1 << UInt64(character) } else { plain.high |= 1 << UInt64(character - 64) }
        }
    }

    /// Whether the charsmap has a rule for an ASCII character alone, or may have one for it and more ASCII.
    private func beginsRule(_ character: UInt8) -> Bool {
        guard let root = units.first else { return false }
        let place = Self.offset(root) ^ Int(character)
        guard place < units.count, units[place] & 0x8000_00FF == UInt32(character) else { return false }
        guard units[place] >> 8 & 1 == 0 else { return true }
        let base = place ^ Self.offset(units[place])
        return (0..<128).contains { base ^ $0 < units.count && units[base ^ $0] & 0x8000_00FF == UInt32($0) }
    }

    /// Whether an ASCII character stays when ASCII follows.
    @inline(__always)
    func isPlain(_ character: UInt8) -> Bool {
        (character < 64 ? plain.low >> UInt64(character) : plain.high >> UInt64(character & 63)) & 1 != 0
    }

    /// A rule that covers `length` bytes of the text, and where its replacement lies in ``replacements``.
    struct Rule: Equatable {
        var length: Int
        var replacement: Range<Int>
    }

    /// The longest rule for the text at a place.
    func rule(in text: borrowing Span<UInt8>, at start: Int) -> Rule? {
        let first = min(UTF8Bytes.length(lead: text[start]), text.count - start)
        var found: (length: Int, value: Int)?
        let units = units.span
        if units.count > 0 {
            var place = Self.offset(units[0])
            var next = start
            while next < text.count {
                let byte = text[next]
                place ^= Int(byte)
                guard place < units.count else { break }
                let unit = units[place]
                guard unit & 0x8000_00FF == UInt32(byte) else { break }
                next += 1
                place ^= Self.offset(unit)
                guard unit >> 8 & 1 != 0, place < units.count, table == nil || next - start > first else { continue }
                found = (next - start, Int(units[place] & 0x7FFF_FFFF))
            }
        }
        if let found, found.value < tableStart {
            var end = found.value
            while replacements[end] != 0 { end += 1 }
            return Rule(length: found.length, replacement: found.value..<end)
        }
        guard let table else { return nil }
        let codePoint = UTF8Bytes.codePoint(in: text, at: start, length: first)
        return table[codePoint].map { Rule(length: first, replacement: $0) }
    }

    /// A whole text with its rules applied.
    func applied(to text: borrowing Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var place = 0
        while place < text.count {
            if let rule = rule(in: text, at: place) {
                output += replacements[rule.replacement]
                place += rule.length
            } else {
                let end = min(place + UTF8Bytes.length(lead: text[place]), text.count)
                for byte in place..<end { output.append(text[byte]) }
                place = end
            }
        }
        return output
    }

    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 1 << 9) >> 6)) }
}
