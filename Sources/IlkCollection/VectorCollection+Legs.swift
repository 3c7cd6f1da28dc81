import IlkANN
package import IlkFilter
package import IlkLexical
package import IlkProtocol
import IlkVectors

/// What somebody who fuses rankings himself asks of a collection: each leg apart.
package struct LegQuestion: Sendable {
    /// What to be near to, and in which vector field; nil leaves the leg out.
    package var dense: (vector: EmbeddedText, field: Int)?
    /// Words to find, by weight; none leave the leg out.
    package var texts: [WeightedText]
    /// What may be found.
    package var filter: FilterExpression?
    /// How many points each leg shall bring.
    package var depth: Int

    package init(
        dense: (vector: EmbeddedText, field: Int)?, texts: [WeightedText], filter: FilterExpression?, depth: Int
    ) {
        self.dense = dense
        self.texts = texts
        self.filter = filter
        self.depth = depth
    }
}

/// A point that a leg found.
package struct LegHit: Sendable, Equatable {
    package var id: PointID
    /// Larger is better: the cosine, −distance, or BM25.
    package var score: Float

    package init(id: PointID, score: Float) {
        self.id = id
        self.score = score
    }
}

/// What the legs found, each best first.
package struct LegAnswer: Sendable {
    package var dense: [LegHit] = []
    package var lexical: [LegHit] = []
    /// What unrelated points score in the dense leg.
    package var background = ScoreBackground(of: [])
    /// About what a point would score that has every word often.
    package var largestLexical: Float = 0
    /// How many points pass the filter.
    package var passing = 0
}

extension VectorCollection {
    /// Asks the legs of a question, of one moment.
    ///
    /// - Throws: what is wrong with the filter, or `unavailable` where the field was filled by another model meanwhile.
    package func legs(_ question: LegQuestion) throws(IlkError) -> LegAnswer {
        let writer = try writer()
        let scope = question.filter.map { writer.content.scope(of: $0) } ?? .memory
        return try writer.atOneMoment(scope) { () throws(IlkError) in try writer.content.legs(question) }
    }
}

extension CollectionContent {
    fileprivate func legs(_ question: LegQuestion) throws(IlkError) -> LegAnswer {
        let matching = try admitted(question.filter)
        var answer = LegAnswer()
        answer.passing = matching?.count ?? directory.count
        func hits(_ found: [(Ordinal, Float)]) -> [LegHit] {
            zip(directory.ids(of: found.lazy.map { $0.0 }), found).compactMap { id, found in
                id.map { LegHit(id: $0, score: found.1) }
            }
        }
        if let (vector, field) = question.dense {
            guard schema.fingerprints[schema.vectors[field].name] == vector.fingerprint else {
                throw IlkError(
                    .unavailable, "the field was filled by another model meanwhile; send the request again",
                    retryAfterMilliseconds: 1)
            }
            let query = SearchRequest.Query.vector(WireVector(vector.vector, isBase64: false))
            let search = try DenseSearch(
                SearchRequest(collection: "", query: query, k: question.depth),
                SearchQuestion.DenseQuery(field: field, query: query), textVector: nil, k: question.depth, self)
            let metric = search.index.metric
            answer.background = search.background()
            answer.dense = hits(
                search.run(matching).neighbors.map { ($0.ordinal, metric.score(ofDistance: $0.distance)) })
        }
        if !question.texts.isEmpty, let words {
            let admitting = matching?.ordinalSet(capacity: Int(directory.endOrdinal))
            let found = words.search(question.texts, k: question.depth, admitting: admitting)
            answer.lexical = hits(found.hits.map { ($0.ordinal, $0.score) })
            answer.largestLexical = found.largestScore
        }
        return answer
    }
}
