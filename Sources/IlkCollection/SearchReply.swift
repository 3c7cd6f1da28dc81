package import IlkProtocol

/// One hit of a search.
package struct Hit: Sendable, Equatable {
    package var id: PointID
    /// Smaller is nearer: l2 is the Euclidean distance, cosine 1 − cos, dot −dot; nil where words found it, or both.
    package var distance: Float?
    /// Larger is better: −distance for l2, cos for cosine, dot for dot; BM25; or the fused reciprocal ranks.
    package var score: Float
    /// What each leg of a search by text said.
    package var scores: LegScores?
    /// Where each leg had it, from 1; for those who want to know why.
    package var ranks: LegRanks?
    package var payload: JSONText?
    package var vector: [Float]?
    /// Where the texts match the words: by path, ranges of Unicode scalars.
    package var highlights: [(path: String, ranges: [Range<Int>])] = []

    package static func == (a: Self, b: Self) -> Bool {
        a.id == b.id && a.distance == b.distance && a.score == b.score && a.scores == b.scores && a.ranks == b.ranks
            && a.payload == b.payload && a.vector == b.vector
            && a.highlights.elementsEqual(b.highlights) { $0.path == $1.path && $0.ranges == $1.ranges }
    }
}

/// Where each leg of a search had a hit, from 1; nil where it had it not.
package struct LegRanks: Sendable, Equatable {
    package var dense: Int?
    package var lexical: Int?

    package init(dense: Int? = nil, lexical: Int? = nil) {
        self.dense = dense
        self.lexical = lexical
    }
}

/// What a search found.
package struct SearchReply: Sendable, Equatable {
    /// Best first.
    package var hits: [Hit]
    /// There are fewer than k hits because no more points match: an exact scan has shown it.
    package var exhausted: Bool
    /// The most frequent values of the fields asked for, among all that the legs found.
    package var facets: [FacetCounts] = []
    /// The plan, the counts and the times, if asked for.
    package var explain: JSONValue?
}

/// The values of one field, most frequent first.
package struct FacetCounts: Sendable, Equatable {
    package var field: String
    package var values: [(value: JSONValue, count: Int)]

    package static func == (a: Self, b: Self) -> Bool {
        a.field == b.field && a.values.elementsEqual(b.values) { $0 == $1 }
    }
}

/// A point as it is stored.
package struct StoredPoint: Sendable {
    package var id: PointID
    /// The second since 1970 from which on it is not found any more; nil for never.
    package var expires: Int64?
    package var payload: JSONText?
    package var vectors: [(field: String, vector: [Float])]

    /// About how long it is as JSON; a float is some 11 bytes of text.
    var replyBytes: Int { 64 + (payload?.bytes.count ?? 0) + vectors.reduce(0) { $0 + $1.vector.count * 11 } }
}

/// Says why a reply of so many bytes is too long; nil if it is not.
package typealias ReplyLimit = @Sendable (_ bytes: Int) -> IlkError?
