/// What a text is for: many models put another prompt before a question than before what answers it.
public enum EmbeddingKind: String, Sendable, CaseIterable {
    /// A question, a search.
    case query
    /// What is to be found: a product, a passage.
    case passage
}

/// What becomes of a text that is longer than its model takes.
public enum TruncationPolicy: String, Sendable, CaseIterable {
    /// It is refused.
    case error
    /// Its end is cut off, and the reply says so.
    case end
}
