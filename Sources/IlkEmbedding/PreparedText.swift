package import IlkProtocol

/// A text as its model will read it.
package struct PreparedText: Sendable, Equatable {
    /// The ids that are embedded: specials, prompt and text, cut where that was allowed.
    package var ids: [Int32]
    /// How many ids the whole text has, prompt and specials included.
    package var tokens: Int
    /// Whether the end of the text was cut off.
    package var truncated: Bool
    package var kind: EmbeddingKind
    /// The language that was guessed; nil where the model does not ask.
    package var language: String?
}
