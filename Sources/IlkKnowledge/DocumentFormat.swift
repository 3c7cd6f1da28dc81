/// How a document's source is written.
package enum DocumentFormat: String, Sendable, CaseIterable {
    /// Paragraphs with blank lines between them.
    case plain
    /// CommonMark with tables and front matter.
    case markdown
    /// HTML of any quality.
    case html
}
