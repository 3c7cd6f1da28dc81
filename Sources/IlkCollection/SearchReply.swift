package import IlkProtocol

/// One hit of a search.
package struct Hit: Sendable, Equatable {
    package var id: PointID
    /// Smaller is nearer: l2 is the Euclidean distance, cosine 1 − cos, dot −dot.
    package var distance: Float
    /// Larger is better: −distance for l2, cos for cosine, dot for dot.
    package var score: Float
    package var payload: JSONText?
    package var vector: [Float]?
}

/// What a search found.
package struct SearchReply: Sendable, Equatable {
    /// Nearest first.
    package var hits: [Hit]
    /// There are fewer than k hits because no more points match: an exact scan has shown it.
    package var exhausted: Bool
    /// The plan, the counts and the times, if asked for.
    package var explain: JSONValue?
}

/// A point as it is stored.
package struct StoredPoint: Sendable {
    package var id: PointID
    package var payload: JSONText?
    package var vectors: [(field: String, vector: [Float])]

    /// About how long it is as JSON; a float is some 11 bytes of text.
    var replyBytes: Int { 64 + (payload?.bytes.count ?? 0) + vectors.reduce(0) { $0 + $1.vector.count * 11 } }
}

/// Says why a reply of so many bytes is too long; nil if it is not.
package typealias ReplyLimit = @Sendable (_ bytes: Int) -> IlkError?
