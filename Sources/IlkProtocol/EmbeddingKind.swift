/// What a text is to a search: models trained for retrieval put a different prompt before each.
public enum EmbeddingKind: String, Sendable, CaseIterable {
    /// What somebody asks or types into a search box.
    case query
    /// What is found: a passage, a title, a product.
    case passage
}

/// What happens to a text that is longer than its model can read.
public enum TruncationPolicy: String, Sendable, CaseIterable {
    /// It is refused, with its number of tokens and the limit.
    case error
    /// Its end is cut off, and the reply says so.
    case end
}
