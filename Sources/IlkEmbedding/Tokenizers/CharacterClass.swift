/// What Hugging Face's `tokenizers` takes a character for, outside ASCII.
///
/// Its tables are of Unicode 8, so a character that came later, or has changed since, is taken for what it was then.
enum CharacterClass {
    private static func isKnown(_ scalar: Unicode.Scalar, in version: Int = 8) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major <= version
    }

    /// Control, format and private-use characters.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse: isKnown(scalar)
        default: false
        }
    }

    static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    /// Marks that take no room of their own, which are what BERT strips.
    static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark:
            switch scalar.value {
            case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
            default: isKnown(scalar)
            }
        case .spacingMark: scalar.value == 0x1734 || scalar.value == 0x1171E
        default: false
        }
    }

    /// Marks of any kind, which are what `StripAccents` removes, by tables of Unicode 9.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark:
            scalar.value != 0x111C9 && isKnown(scalar, in: 9)
        case .spacingMark, .enclosingMark: isKnown(scalar, in: 9)
        default: false
        }
    }

    static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            isKnown(scalar)
        case .otherSymbol: scalar.value == 0x166D
        case .nonspacingMark: scalar.value == 0x111C9
        default: false
        }
    }

    /// The ideographs that BERT sets apart; like the reference's, without U+2B820…U+2B91F.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B81F, 0x2B920...0x2CEAF,
            0xF900...0xFAFF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}
