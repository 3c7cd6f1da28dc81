/// How far apart two vectors are; smaller is nearer.
package enum Metric: String, Sendable, CaseIterable {
    /// 1 − cos. Vectors are normalised when they are stored.
    case cosine
    /// The negative inner product.
    case dot
    /// The Euclidean distance.
    case l2
}
