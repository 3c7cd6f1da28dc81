/// A piece of a document, with where it stands in the document's text.
package struct Passage: Sendable, Equatable {
    /// What is shown, and embedded after the document's context.
    package var text: String
    /// Headings above it, outermost first.
    package var headings: [String]
    /// Where it begins in the document's text, in Unicode scalars.
    package var start: Int
    /// Where it ends, in Unicode scalars.
    package var end: Int

    package init(text: String, headings: [String], start: Int, end: Int) {
        self.text = text
        self.headings = headings
        self.start = start
        self.end = end
    }
}
