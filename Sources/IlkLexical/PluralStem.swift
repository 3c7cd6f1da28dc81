/// English plurals cut to their singular, and nothing else: Harman's S-stemmer (JASIS, 1991), a little extended.
///
/// Beyond Harman, "boxes", "watches", "brushes" and "glasses" lose their whole ending.
enum PluralStem {
    /// How many of a word's letters stay, and whether a y takes the place of what went.
    ///
    /// The word is in lower case; `letter` gives its letters.
    @inline(__always)
    static func stem(_ count: Int, _ letter: (Int) -> UInt8) -> (kept: Int, addsY: Bool) {
        guard count > 3, letter(count - 1) == UInt8(ascii: "s") else { return (count, false) }
        let third = letter(count - 3)
        let fourth = letter(count - 4)
        switch letter(count - 2) {
        case UInt8(ascii: "u"), UInt8(ascii: "s"): return (count, false)
        case UInt8(ascii: "e"):
            switch third {
            case UInt8(ascii: "i"):
                let isWhole = count == 4 || fourth == UInt8(ascii: "e") || fourth == UInt8(ascii: "a")
                return isWhole ? (count - 1, false) : (count - 3, true)
            case UInt8(ascii: "x"): return (count - 2, false)
            case UInt8(ascii: "h") where fourth == UInt8(ascii: "c") || fourth == UInt8(ascii: "s"):
                return (count - 2, false)
            case UInt8(ascii: "s") where fourth == UInt8(ascii: "s"): return (count - 2, false)
            default: return (count - 1, false)
            }
        default: return (count - 1, false)
        }
    }
}
