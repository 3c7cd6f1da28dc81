import IlkANN
import IlkFilter
import IlkLexical
import IlkProtocol
import IlkVectors

/// One search, from the question to the hits: by vectors, by words or by both.
struct PointSearch {
    let request: SearchRequest
    let question: SearchQuestion
    let content: CollectionContent
    private let dense: DenseSearch?
    private let started = ContinuousClock.now

    /// A search; `textVector` is what the field's model made of the text, where the question has one.
    init(
        _ request: SearchRequest, _ question: SearchQuestion, textVector: [Float]?, _ content: CollectionContent
    ) throws(IlkError) {
        self.request = request
        self.question = question
        self.content = content
        let depth = Self.depth(request, question)
        dense = try question.dense.map { query throws(IlkError) in
            try DenseSearch(request, query, textVector: textVector, k: depth, content)
        }
    }

    /// Hits that a leg shall bring: k of a single leg, more where two are fused or facets are counted.
    ///
    /// Depth is dear: of 100,000 passages the first 100 by words take twice as long as the first 10. And what is far down
    /// counts little, as scores are squared: on the languages that ``ScoreFusion`` names 20 hits have the hybrid R@1 of 100
    /// to 0.0001 with e5's vectors, and 0.0008 more with those of the Universal Sentence Encoder.
    private static func depth(_ request: SearchRequest, _ question: SearchQuestion) -> Int {
        let isFused = question.dense != nil && question.words != nil
        guard isFused || !request.facets.isEmpty else { return request.k }
        let isShallow = isFused && request.facets.isEmpty && request.fusion == .scores
        return max(request.k, request.depth ?? (isShallow ? max(20, 2 * request.k) : max(100, 3 * request.k)))
    }

    /// The reply; nil where a point found was replaced meanwhile.
    func reply() throws(IlkError) -> SearchReply? {
        let filter = try request.filter.map { filter throws(IlkError) in try content.expression(filter) }
        let scope = filter.map { content.scope(of: $0) } ?? .memory
        let moment = content.epoch.now(scope)
        let seen = content.epoch.now(.memory)
        let rows = content.epoch.now(.rows)
        let matching = try content.admitted(filter)
        let filtered = ContinuousClock.now
        let nearest = dense.map { $0.run(matching) }
        let searched = ContinuousClock.now
        let words = lexical(matching)
        let looked = ContinuousClock.now
        let candidates = fuse(nearest, words)
        let kept = Array(candidates.prefix(request.k))
        guard let hits = try hits(of: kept, passing: filter, since: rows) else { return nil }
        // That there are no more is believed only of a single moment.
        let isWhole = filter != nil || matching == nil
        if let dense, let nearest, isWhole { sample(dense, nearest, filter, scope, seen) }
        guard hits.count == request.k || content.epoch.isStill(moment, scope) else { return nil }
        var reply = SearchReply(hits: hits, exhausted: hits.count < request.k)
        if !request.facets.isEmpty { reply.facets = try facets(of: candidates) }
        let fetched = ContinuousClock.now
        if request.explain {
            var members =
                nearest.map { dense!.explanation($0, matching: matching?.count ?? content.directory.count) } ?? []
            if let words {
                members.append(("lexical", explanation(words)))
                if nearest == nil {
                    members.append(("matching", .int(Int64(matching?.count ?? content.directory.count))))
                }
            }
            members.append(("undeclared", .array((filter.map(content.undeclaredPaths) ?? []).map { .string($0) })))
            var times: [(String, JSONValue)] = [
                ("filter", .int((filtered - started).microseconds)),
                ("search", .int((searched - filtered).microseconds)),
            ]
            if words != nil { times.append(("lexical", .int((looked - searched).microseconds))) }
            times.append(("fetch", .int((fetched - looked).microseconds)))
            members.append(("took_us", .object(JSONObject(times))))
            reply.explain = .object(JSONObject(members))
        }
        return reply
    }

    /// Lets a walk be measured again, exactly, when there is time.
    private func sample(
        _ dense: DenseSearch, _ found: DenseSearch.Outcome, _ filter: FilterExpression?, _ scope: WriteEpoch.Scope,
        _ moment: UInt64
    ) {
        // Every payload would have to be read for a field that is not declared.
        guard scope == .memory, !found.isExact, found.neighbors.count == dense.k, let field = question.dense?.field
        else { return }
        content.sampler.offer {
            RecallSampler.Sample(
                field: field, query: dense.query, origin: dense.origin, filter: filter, found: found.neighbors,
                k: dense.k, asked: request.recall, moment: moment)
        }
    }

    // MARK: Legs

    private func lexical(_ matching: Bitmap?) -> LexicalOutcome? {
        guard let text = question.words, let words = content.words else { return nil }
        let admitting = matching?.ordinalSet(capacity: Int(content.directory.endOrdinal))
        return words.search(
            text, k: Self.depth(request, question), admitting: admitting, minScore: request.minScore.lexical)
    }

    private func fuse(_ nearest: DenseSearch.Outcome?, _ words: LexicalOutcome?) -> [Candidate] {
        let isByText = question.words != nil || question.textToEmbed != nil
        let near = nearest?.neighbors.enumerated().map { place, neighbor in
            let score = dense!.index.metric.score(ofDistance: neighbor.distance)
            return Candidate(
                ordinal: neighbor.ordinal, distance: neighbor.distance, score: score,
                scores: LegScores(dense: isByText ? score : nil), ranks: LegRanks(dense: place + 1))
        }
        let worded = words?.hits.enumerated().map { place, hit in
            Candidate(
                ordinal: hit.ordinal, score: hit.score, scores: LegScores(lexical: hit.score),
                ranks: LegRanks(lexical: place + 1))
        }
        switch (near, worded) {
        case (let near?, let worded?):
            return switch request.fusion {
            case .ranks: RankFusion(weights: request.weights).fuse(dense: near, lexical: worded)
            case .scores:
                ScoreFusion(
                    weights: request.weights, background: dense?.background() ?? ScoreBackground(of: []),
                    largestLexical: words?.largestScore ?? 0
                ).fuse(dense: near, lexical: worded)
            }
        case (let near?, nil): return near
        case (nil, let worded?): return worded
        case (nil, nil): return []
        }
    }

    private func explanation(_ words: LexicalOutcome) -> JSONValue {
        let terms = (content.words?.terms(of: question.words ?? "") ?? []).map { term in
            JSONValue.object(
                JSONObject([
                    ("term", .string(term.term)), ("points", .int(Int64(term.documentFrequency))),
                    ("idf", .double(Double(term.idf))), ("weight", .double(Double(term.weight))),
                ]))
        }
        return .object(
            JSONObject([
                ("terms", .array(terms)), ("postings", .int(Int64(words.postings))),
                ("live", .int(Int64(content.words?.count ?? 0))),
            ]))
    }

    // MARK: Hits

    private func hits(
        of candidates: [Candidate], passing filter: FilterExpression?, since moment: UInt64
    ) throws(IlkError) -> [Hit]? {
        let ids = content.directory.ids(of: candidates.lazy.map(\.ordinal))
        var hits: [Hit] = []
        hits.reserveCapacity(candidates.count)
        for (candidate, id) in zip(candidates, ids) {
            guard let id else { return nil }
            var hit = Hit(id: id, distance: candidate.distance, score: candidate.score)
            if candidate.scores != LegScores() { hit.scores = candidate.scores }
            if request.explain, question.words != nil { hit.ranks = candidate.ranks }
            hits.append(hit)
        }
        let isMarked = request.highlight && question.words != nil
        guard request.withPayload != .none || request.withVectors || isMarked, !hits.isEmpty else { return hits }
        return try content.store.read("read the hits") { database in
            let records = Records(database: database)
            for place in hits.indices {
                // SQLite may be a write ahead of the indexes: then this is another version of the point.
                guard let row = try records.point(hits[place].id), row.ordinal == candidates[place].ordinal else {
                    return nil
                }
                hits[place].payload = try records.payload(row.ordinal, request.withPayload)
                if request.withVectors, let field = question.dense?.field {
                    hits[place].vector = try records.vector(row.ordinal, field: field)
                }
                if isMarked { hits[place].highlights = highlights(try records.payload(row.ordinal)) }
            }
            guard let filter, !content.epoch.isStill(moment, .rows) else { return hits }
            return try pass(candidates.map { try records.payload($0.ordinal) }, filter) ? hits : nil
        }
    }

    private func highlights(_ payload: JSONText?) -> [(path: String, ranges: [Range<Int>])] {
        guard let text = question.words, let words = content.words, let payload = try? payload?.parsed() else {
            return []
        }
        return zip(content.schema.text, content.reader.texts(of: payload).words).compactMap { field, value in
            guard let value else { return nil }
            let ranges = words.highlights(of: value, for: text)
            return ranges.isEmpty ? nil : (field.path, ranges)
        }
    }

    /// Counts values among everything that the legs found, so that facets and hits are of one set.
    private func facets(of candidates: [Candidate]) throws(IlkError) -> [FacetCounts] {
        var found = Bitmap()
        for candidate in candidates { found.insert(candidate.ordinal.rawValue) }
        var counts: [FacetCounts] = []
        for field in request.facets {
            let values = try content.facets(field: field, within: found, limit: 100)
            counts.append(FacetCounts(field: field, values: values))
        }
        return counts
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
