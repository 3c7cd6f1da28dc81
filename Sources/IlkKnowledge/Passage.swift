/// A piece of a document that is embedded, found and cited by itself, with where it stands in the document's text.
package struct Passage: Sendable, Equatable {
    /// What is shown: the document's text from ``start`` to ``end``.
    package var text: String
    /// Titles of the headings above it, outermost first.
    package var headings: [String]
    /// Where it begins in the document's text, in Unicode scalars.
    package var start: Int
    /// Where it ends in the document's text, in Unicode scalars.
    package var end: Int
    /// How many tokens ``text`` has, counted by itself.
    package var tokens: Int

    package init(text: String, headings: [String], start: Int, end: Int, tokens: Int) {
        self.text = text
        self.headings = headings
        self.start = start
        self.end = end
        self.tokens = tokens
    }

    package var range: Range<Int> { start..<end }
}
