/// How far apart two vectors are; smaller is nearer.
package enum Metric: String, Sendable, CaseIterable {
    /// 1 − cos. Vectors are normalised when they are stored.
    case cosine
    /// The negative inner product.
    case dot
    /// The Euclidean distance.
    case l2
}

/// What a walk through the graph measures: the vectors themselves, or codes of them.
package enum VectorStorage: String, Sendable, CaseIterable {
    /// The vectors, 4 bytes a component.
    case f32
    /// Codes of one byte a component, beside the vectors that the best are measured again with.
    case u8
    /// Codes where a trial on the collection's own vectors shows that nothing is lost, vectors where not.
    case auto
}
