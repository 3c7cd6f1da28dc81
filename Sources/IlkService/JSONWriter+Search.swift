import IlkCollection
import IlkProtocol

extension [Hit] {
    /// About how long the hits are as JSON; a float is some 11 bytes of text.
    var replyBytes: Int {
        reduce(0) { $0 + 64 + ($1.payload?.bytes.count ?? 0) + ($1.vector?.count ?? 0) * 11 }
    }
}

extension SearchRequest {
    /// Whether vectors of the reply go out as base64, as the query came.
    var isBase64: Bool {
        guard case .vector(let vector) = query else { return false }
        return vector.isBase64
    }
}

extension JSONWriter {
    /// A search's result.
    mutating func searchReply(_ reply: SearchReply, base64: Bool, microseconds: Int) {
        beginObject()
        key("hits")
        beginArray()
        for hit in reply.hits {
            beginObject()
            key("id")
            id(hit.id)
            if let distance = hit.distance {
                key("distance")
                float(distance)
            }
            key("score")
            float(hit.score)
            if let scores = hit.scores { legScores(scores) }
            if let ranks = hit.ranks { legRanks(ranks) }
            if let payload = hit.payload {
                key("payload")
                json(payload)
            }
            if let values = hit.vector {
                key("vector")
                vector(values, base64: base64)
            }
            if !hit.highlights.isEmpty { highlights(hit.highlights) }
            endObject()
        }
        endArray()
        if !reply.facets.isEmpty { facets(reply.facets) }
        key("exhausted")
        bool(reply.exhausted)
        key("took_us")
        int(microseconds)
        if let explain = reply.explain {
            key("explain")
            value(explain)
        }
        endObject()
    }

    /// `"scores":{"dense":0.81,"lexical":7.2}`: what each leg said that found the hit.
    mutating func legScores(_ scores: LegScores) {
        key("scores")
        beginObject()
        if let dense = scores.dense {
            key("dense")
            float(dense)
        }
        if let lexical = scores.lexical {
            key("lexical")
            float(lexical)
        }
        endObject()
    }

    private mutating func legRanks(_ ranks: LegRanks) {
        key("ranks")
        beginObject()
        if let dense = ranks.dense {
            key("dense")
            int(dense)
        }
        if let lexical = ranks.lexical {
            key("lexical")
            int(lexical)
        }
        endObject()
    }

    private mutating func highlights(_ highlights: [(path: String, ranges: [Range<Int>])]) {
        key("highlights")
        beginObject()
        for (path, ranges) in highlights {
            key(path)
            beginArray()
            for range in ranges {
                beginArray()
                int(range.lowerBound)
                int(range.upperBound)
                endArray()
            }
            endArray()
        }
        endObject()
    }

    private mutating func facets(_ facets: [FacetCounts]) {
        key("facets")
        beginObject()
        for facet in facets {
            key(facet.field)
            beginArray()
            for (value, count) in facet.values {
                beginObject()
                key("value")
                self.value(value)
                key("count")
                int(count)
                endObject()
            }
            endArray()
        }
        endObject()
    }

    /// What models had to do for a write; nothing where it had no texts for them.
    mutating func embedding(of receipt: WriteReceipt) {
        guard receipt.embedded + receipt.unchanged > 0 else { return }
        key("embedded")
        int(receipt.embedded)
        key("unchanged")
        int(receipt.unchanged)
        key("truncated")
        int(receipt.truncated)
    }
}
