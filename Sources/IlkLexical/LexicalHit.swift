package import IlkVectors

/// A document that matches a query, with its BM25 score.
package struct LexicalHit: Sendable, Equatable {
    package var ordinal: Ordinal
    package var score: Float

    package init(ordinal: Ordinal, score: Float) {
        self.ordinal = ordinal
        self.score = score
    }
}
