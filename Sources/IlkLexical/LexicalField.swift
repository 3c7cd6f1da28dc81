/// A text field of an index, and how much a word in it counts.
package struct LexicalField: Sendable, Equatable {
    package var name: String
    /// Occurrences count this many times: 2 for a title that says what its document is about.
    package var weight: Float

    package init(name: String, weight: Float = 1) {
        self.name = name
        self.weight = weight
    }
}

/// The two numbers of BM25 (Robertson & Zaragoza, 2009).
package struct BM25Parameters: Sendable, Equatable {
    /// How fast further occurrences of a word count less; 0 counts only whether it is there.
    package var k1: Float
    /// How much a long document's words count less: 0 not at all, 1 in full proportion.
    package var b: Float

    package static let k1Limits: ClosedRange<Float> = 0...10
    package static let bLimits: ClosedRange<Float> = 0...1

    package init(k1: Float = 1.2, b: Float = 0.75) {
        self.k1 = k1
        self.b = b
    }
}
