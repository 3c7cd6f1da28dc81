/// What a passage is never cut within: a sentence, a row, a block of code; or a part of one that is too long by itself.
struct PassageUnit {
    /// How strongly the text breaks before a unit; passages begin where it breaks most.
    enum Border: Int, Comparable {
        /// Right after a heading, which must not be left behind.
        case glued
        /// In the middle of what was too long.
        case cut
        case sentence
        /// A row of a table, a line of code.
        case line
        case item
        case block
        case section

        static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    var range: Range<Int>
    var tokens: Int
    /// The border before it.
    var border: Border
    /// Whether it is a sentence, which may be repeated.
    var isProse: Bool
    var isHeading = false
    /// Of its text: chooses among equal borders, so that the choice depends on the text there and not on what is before.
    var hash: UInt64
    /// Which section it is in.
    var section: Int
}

/// A heading and what stands below it, up to the next heading of any level.
struct PassageSection {
    /// Titles of its heading and of those it is under, outermost first.
    var path: [String]
    /// Its heading's level; 0 before the first heading.
    var level: Int
    var units: Range<Int>
    var tokens = 0
    /// Whether anything stands below its heading.
    var hasBody = false
}
