/// What identifies a vector: 128 bits of its text, kind, model and dimensions.
package struct VectorKey: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A vector that was computed before, and what its reply says besides.
package struct CachedVector: Sendable, Equatable {
    package var vector: [Float]
    package var tokens: Int
    package var truncated: Bool

    package init(vector: [Float], tokens: Int, truncated: Bool) {
        self.vector = vector
        self.tokens = tokens
        self.truncated = truncated
    }
}

/// Keeps vectors, so that a text that comes again is not embedded again.
///
/// A cache may forget anything at any time, but never gives the vector of another key.
package protocol VectorCache: Sendable {
    /// For each key its vector, or nil.
    func vectors(_ keys: [VectorKey]) -> [CachedVector?]
    /// Keeps vectors; returns before they are on the disk.
    func insert(_ vectors: [(key: VectorKey, value: CachedVector)])
}
