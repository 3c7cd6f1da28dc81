package import IlkProtocol
import Synchronization

/// The vector of a text, and what was done to the text.
package struct TextVector: Sendable, Equatable {
    /// Of length 1; empty for a text with nothing to embed, where such a text is passed over.
    package var vector: [Float]
    /// How many tokens the whole text has, prompt and specials included.
    package var tokens: Int
    /// Whether the text's end was cut off.
    package var truncated: Bool
    /// Whether the vector had been computed before.
    package var fromCache: Bool

    package init(vector: [Float], tokens: Int, truncated: Bool, fromCache: Bool) {
        self.vector = vector
        self.tokens = tokens
        self.truncated = truncated
        self.fromCache = fromCache
    }
}

/// Who waits for a vector.
package enum EmbeddingLane: String, Sendable, CaseIterable {
    /// Somebody, for the answer to one search.
    case interactive
    /// An import, which wants throughput.
    case bulk
}

/// What happens to a text that has nothing to embed.
package enum BlankPolicy: Sendable {
    /// The request is refused.
    case refuse
    /// Its vector is empty: a collection stores the point without a vector in that field.
    case pass
}

/// Texts to be embedded in one way.
package struct EmbeddingTask: Sendable {
    package var texts: [String]
    package var kind: EmbeddingKind
    /// Components of the vectors; nil for all that the model gives.
    package var dimensions: Int?
    package var truncate: TruncationPolicy = .error
    package var blanks: BlankPolicy = .refuse
    /// A task of thousands of tokens goes by the bulk lane whatever this says.
    package var lane: EmbeddingLane = .interactive

    package init(
        texts: [String], kind: EmbeddingKind, dimensions: Int? = nil, truncate: TruncationPolicy = .error,
        blanks: BlankPolicy = .refuse, lane: EmbeddingLane = .interactive
    ) {
        self.texts = texts
        self.kind = kind
        self.dimensions = dimensions
        self.truncate = truncate
        self.blanks = blanks
        self.lane = lane
    }
}

/// Ends a task before it is done: what has not been embedded by then is not.
package final class EmbeddingCancellation: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package func cancel() { flag.store(true, ordering: .relaxed) }

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }
}
