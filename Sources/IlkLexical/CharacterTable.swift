import CICU

/// What the analyzer asks about a character, for the 65,536 of the basic plane in tables.
///
/// Asked one by one, ICU takes about as long for a character as all the rest of the analysis.
@safe final class CharacterTable: Sendable {
    /// What a character is to a word.
    enum Kind: UInt8, Sendable {
        /// Neither letter nor digit: words end here.
        case other
        case letter
        case digit
        /// A mark that belongs to the letter before.
        case mark
        /// A mark of a script that is written and searched without them.
        case droppedMark
        case han
        case kana
        case hangul
        /// Thai, Lao, Khmer, Burmese.
        case spaceless
    }

    /// Made when the first text needs it, in some 50 ms.
    static let shared = CharacterTable()

    // SAFETY: filled in init, only read afterwards, never freed.
    private nonisolated(unsafe) let kinds: UnsafeMutablePointer<Kind>
    /// The folded form of each character, 0 where it is not one character.
    private nonisolated(unsafe) let folded: UnsafeMutablePointer<UInt16>
    private nonisolated(unsafe) let joins: UnsafeMutablePointer<Bool>
    private nonisolated(unsafe) let bases: UnsafeMutablePointer<UInt16>
    private nonisolated(unsafe) let simplified: UnsafeMutablePointer<UInt16>

    private static let size = 0x1_0000
    private static let han: ClosedRange<UInt32> = 0x4E00...0x9FFF
    private static let hangulSyllables: ClosedRange<UInt32> = 0xAC00...0xD7A3

    private init() {
        unsafe kinds = .allocate(capacity: Self.size)
        unsafe folded = .allocate(capacity: Self.size)
        unsafe joins = .allocate(capacity: Self.size)
        unsafe bases = .allocate(capacity: Self.size)
        unsafe simplified = .allocate(capacity: Self.size)
        for place in 0..<Self.size {
            let scalar = UInt32(place)
            let isPlain = Self.han.contains(scalar) || Self.hangulSyllables.contains(scalar)
            unsafe kinds[place] = Self.kind(of: scalar)
            unsafe folded[place] = isPlain ? UInt16(scalar) : Self.fold(UInt16(scalar))
            unsafe joins[place] = isPlain ? false : !ilk_fold_boundary_before(scalar)
            unsafe bases[place] = isPlain ? UInt16(scalar) : UInt16(Self.base(of: scalar))
            unsafe simplified[place] = UInt16(scalar)
        }
        unsafe _ = ilk_simplify(simplified + Int(Self.han.lowerBound), Int32(Self.han.count))
    }

    func kind(of scalar: UInt32) -> Kind {
        unsafe scalar < UInt32(Self.size) ? kinds[Int(scalar)] : Self.kind(of: scalar)
    }

    /// The one character that NFKC with case folding makes of this one; nil where it makes another number of them.
    func folded(_ scalar: UInt32) -> UInt32? {
        guard scalar < UInt32(Self.size) else { return nil }
        let folded = unsafe folded[Int(scalar)]
        return folded == 0 ? nil : UInt32(folded)
    }

    /// Whether the character may melt into the one before.
    func joinsPrevious(_ scalar: UInt32) -> Bool {
        unsafe scalar < UInt32(Self.size) ? joins[Int(scalar)] : !ilk_fold_boundary_before(scalar)
    }

    /// A letter without its accents, in the scripts that are searched without them.
    func base(_ scalar: UInt32) -> UInt32 {
        unsafe scalar < UInt32(Self.size) ? UInt32(bases[Int(scalar)]) : scalar
    }

    /// The simplified form of a Han character.
    func simplified(_ scalar: UInt32) -> UInt32 {
        unsafe scalar < UInt32(Self.size) ? UInt32(simplified[Int(scalar)]) : scalar
    }

    // MARK: One by one

    private static func kind(of scalar: UInt32) -> Kind {
        if han.contains(scalar) || scalar == 0x3005 || scalar == 0x3007 { return .han }
        if hangulSyllables.contains(scalar) { return .hangul }
        let script = ilk_script_of(scalar)
        // Unassigned 0, upper 1, lower 2, title 3, modifier 4, other letter 5, non-spacing 6, enclosing 7, spacing 8,
        // decimal 9, letter number 10, other number 11.
        switch ilk_category(scalar) {
        case 1...5:
            // The prolonged sound mark is of no script, and so are its like.
            if (0x30FC...0x30FE).contains(scalar) || scalar == 0x309D || scalar == 0x309E { return .kana }
            // Tatweel only stretches a word.
            if scalar == 0x0640 { return .droppedMark }
            switch script {
            case ilk_script_han: return .han
            case ilk_script_kana: return .kana
            case ilk_script_hangul: return .hangul
            case ilk_script_thai_and_kin: return .spaceless
            default: return .letter
            }
        case 6...8:
            switch script {
            case ilk_script_thai_and_kin: return .spaceless
            case ilk_script_common, ilk_script_latin, ilk_script_greek, ilk_script_cyrillic, ilk_script_arabic,
                ilk_script_hebrew:
                return .droppedMark
            default: return .mark
            }
        case 9: return script == ilk_script_thai_and_kin ? .spaceless : .digit
        case 10, 11: return .letter
        default: return .other
        }
    }

    private static func fold(_ unit: UInt16) -> UInt16 {
        let digit = ilk_digit_value(UInt32(unit))
        if digit >= 0, ilk_category(UInt32(unit)) == 9 { return UInt16(0x30 + digit) }
        switch unit {
        // Hyphens and dashes, minus, and the apostrophe as it is typeset.
        case 0x2010...0x2013, 0x2212: return 0x2D
        case 0x2018, 0x2019, 0x02BC: return 0x27
        case 0xD800...0xDFFF: return unit
        default: break
        }
        var unit = unit
        var folded: (UInt16, UInt16) = (0, 0)
        let count = unsafe withUnsafeMutablePointer(to: &folded) { folded in
            unsafe folded.withMemoryRebound(to: UInt16.self, capacity: 2) { unsafe ilk_nfkc_casefold(&unit, 1, $0, 2) }
        }
        return count == 1 ? folded.0 : 0
    }

    /// The letter beneath the accents of Latin, Greek and Arabic letters, and ё: й is a letter of its own.
    private static func base(of scalar: UInt32) -> UInt32 {
        switch scalar {
        case 0xF8: return 0x6F  // ø
        case 0x111: return 0x64  // đ
        case 0x142: return 0x6C  // ł
        case 0x127: return 0x68  // ħ
        case 0x131: return 0x69  // ı
        case 0x451: return 0x435  // ё
        default: break
        }
        let script = ilk_script_of(scalar)
        guard script == ilk_script_latin || script == ilk_script_greek || script == ilk_script_arabic else {
            return scalar
        }
        // A decomposition may begin with what can be decomposed further: ấ is â and an accent.
        var letter = scalar
        var units: (UInt16, UInt16, UInt16, UInt16) = (0, 0, 0, 0)
        while true {
            let count = unsafe withUnsafeMutablePointer(to: &units) { units in
                unsafe units.withMemoryRebound(to: UInt16.self, capacity: 4) {
                    unsafe ilk_decomposition(letter, $0, 4)
                }
            }
            guard count > 1, UInt32(units.0) != letter else { return letter }
            letter = UInt32(units.0)
        }
    }
}
