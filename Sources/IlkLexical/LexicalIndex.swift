package import IlkProtocol
package import IlkVectors
import Synchronization

/// The words of some text fields, addressed by ordinal: an inverted index in memory, with BM25.
///
/// Any number of threads may search at any time: a search takes a lock for microseconds, to look up its terms and to note
/// which segments there are, and none while it scores. One thread at a time may change the index.
///
/// A document is added to the tail, where the next search finds it. 128 of them become a segment, whose postings are
/// packed and never change; segments are merged, some at every 128th document, and more by ``maintain(postings:)``.
package final class LexicalIndex: Sendable {
    package let fields: [LexicalField]
    package let parameters: BM25Parameters
    let analyzerNow: Mutex<Analyzer>
    /// What searches look at.
    let state: Mutex<State>
    /// What only the thread that changes the index looks at.
    let writing: Mutex<Writing>

    struct State: ~Copyable {
        var vocabulary: Vocabulary
        /// Replaced and never changed in place, for searches hold the array: what a search sees stays as it is.
        var segments: [Segment] = []
        var tail: Tail
        var tailCount = 0
        var statistics: LengthStatistics
        /// The ordinals that have a document.
        var live = PagedOrdinals<Void>()
    }

    struct Writing: ~Copyable {
        /// Where the document of each ordinal is.
        var locations = PagedOrdinals<Location>()
        var merge: SegmentMerge?
        var tokens = TokenBuffer()
    }

    struct Location: Sendable {
        /// Nil for the tail.
        var segment: Segment?
        var document: Int
    }

    /// - Throws: `invalid_request` for no fields, more than 255, a weight that is not positive, or k1 and b out of range.
    package init(
        fields: [LexicalField], parameters: BM25Parameters = BM25Parameters(), analyzer: Analyzer = Analyzer()
    ) throws(IlkError) {
        guard (1...255).contains(fields.count) else {
            throw IlkError(.invalidRequest, "a lexical index takes 1 to 255 fields, not \(fields.count)")
        }
        for field in fields where !(field.weight > 0 && field.weight <= 1_000) {
            throw IlkError(
                .invalidRequest, "the weight of field '\(field.name)' must be over 0 and at most 1000")
        }
        guard BM25Parameters.k1Limits.contains(parameters.k1), BM25Parameters.bLimits.contains(parameters.b) else {
            throw IlkError(.invalidRequest, "k1 must be in 0...10 and b in 0...1")
        }
        self.fields = fields
        self.parameters = parameters
        analyzerNow = Mutex(analyzer)
        state = Mutex(
            State(
                vocabulary: Vocabulary(), tail: Tail(fieldCount: fields.count, termCapacity: Self.tailTerms),
                statistics: LengthStatistics(fieldCount: fields.count)))
        writing = Mutex(Writing())
    }

    /// Terms for which a new tail has room: 128 documents of 128 different ones.
    static let tailTerms = 16_384

    package var analyzer: Analyzer { analyzerNow.withLock { $0 } }

    // MARK: Questions

    /// Documents, also those without a word.
    package var count: Int { state.withLock { $0.statistics.documents } }

    package func contains(_ ordinal: Ordinal) -> Bool { state.withLock { $0.live[ordinal.rawValue] != nil } }

    /// Every ordinal that has a document, ascending.
    package func liveOrdinals() -> [Ordinal] {
        state.withLock { $0.live.ordinals }.map { Ordinal($0) }
    }

    /// Bytes in memory: postings, terms, and what finds them.
    package var memoryBytes: Int {
        let reading = state.withLock { state in
            state.segments.reduce(0) { $0 + $1.memoryBytes } + state.vocabulary.memoryBytes + state.tail.memoryBytes
                + state.live.memoryBytes
        }
        return reading + writing.withLock { $0.locations.memoryBytes }
    }
}
