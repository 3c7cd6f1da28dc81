/// Texts as token ids, one after the other without padding.
package struct TokenBatch: Sendable, Equatable {
    /// The ids of all texts, prefix and suffix included.
    package var ids: [Int32] = []
    /// How many ids each text has; each at least one.
    package var lengths: [Int] = []

    package init() {}

    package mutating func append(_ text: some Collection<Int32>) {
        ids += text
        lengths.append(text.count)
    }
}

/// Runs token ids through a model's weights.
///
/// A row does not depend on the other rows of its batch, nor on the number of threads: to 1e-5 in every component of
/// the normalised vector.
package protocol TextEncoder: Sendable {
    /// Components of a vector.
    var dimension: Int { get }
    /// Ids that a text may have at most, prefix and suffix included; nil where there is no limit.
    var maximumTokens: Int? { get }
    /// How the arithmetic differs from f32 all through, for the fingerprint: `f32`, `q4s8`.
    var arithmetic: String { get }

    /// Pooled vectors, not yet normalised: `batch.lengths.count` rows of `dimension` floats.
    ///
    /// May be called from several threads at once; each call uses up to `threads`, the caller's included.
    func encode(_ batch: TokenBatch, threads: Int) -> [Float]
}
