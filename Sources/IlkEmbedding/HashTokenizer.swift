/// The tokens of the built-in model: the letters and digits of a text, made alike, as code points.
///
/// Half-width and full-width forms, upper and lower case are one, Latin accents that stand apart are left out, and
/// whatever is neither letter, mark nor number is a space. So a token of this model is a character.
struct HashTokenizer: Tokenizer {
    let prefix: [Int32] = []
    let suffix: [Int32] = []
    let vocabularySize = 0x110000

    static let space: Int32 = 0x20

    func ids(of text: String) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(text.utf8.count)
        func append(_ scalar: Unicode.Scalar) {
            if Self.isKept(scalar) {
                ids.append(Int32(scalar.value))
            } else if let last = ids.last, last != Self.space {
                ids.append(Self.space)
            }
        }
        for scalar in text.unicodeScalars {
            let value = scalar.value
            if value < 0x80 {
                append((65...90).contains(value) ? Unicode.Scalar(UInt8(value) + 32) : scalar)
            } else if (0x300...0x36F).contains(value) {
                continue
            } else if (0xFF01...0xFF5E).contains(value), let narrow = Unicode.Scalar(value - 0xFEE0) {
                for lower in narrow.properties.lowercaseMapping.unicodeScalars { append(lower) }
            } else {
                for lower in scalar.properties.lowercaseMapping.unicodeScalars { append(lower) }
            }
        }
        if ids.last == Self.space { ids.removeLast() }
        return ids
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x80 { return (97...122).contains(scalar.value) || (48...57).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .decimalNumber, .letterNumber, .otherNumber, .otherSymbol:
            return true
        default: return false
        }
    }
}
