import IlkCollection
package import IlkProtocol

/// A question whose vector has been made, ready to be answered.
package struct PreparedRetrieval: Sendable {
    let request: RetrieveRequest
    let embedded: EmbeddedText?
}

extension KnowledgeBase {
    /// The most passages that are looked at for one question.
    private static let maximumCandidates = 2_000

    /// Embeds a question where its mode needs it.
    ///
    /// `completion` is called once, on any thread, which is not to be held up. It blocks while the model is being
    /// opened.
    package func prepare(
        _ request: RetrieveRequest, completion: @escaping @Sendable (Result<PreparedRetrieval, IlkError>) -> Void
    ) throws(IlkError) {
        _ = try parameters(of: request)
        collection.embedTexts(of: [search(for: request, candidates: 1)]) { result in
            completion(result.map { PreparedRetrieval(request: request, embedded: $0.first ?? nil) })
        }
    }

    /// The passages that answer a question, best first, copies left out and neighbors joined, within the budget.
    package func retrieve(_ prepared: PreparedRetrieval) throws(IlkError) -> JSONObject {
        let request = prepared.request
        let parameters = try parameters(of: request)
        let packer = ContextPacker(parameters, counting: try collection.passageModel().count)
        var candidates = max(4 * request.k, 50)
        var staleRuns = 0
        while true {
            let reply = try collection.search(
                search(for: request, candidates: candidates), embedded: prepared.embedded)
            let found = try reply.hits.map { hit throws(IlkError) in try FoundPassage(hit) }
            let source = StoredPassages(collection, knowing: found.map(\.ranked))
            let context = packer.pack(found.map(\.ranked), from: source)
            if source.isStale, staleRuns < 3 {
                staleRuns += 1
                continue
            }
            // Copies, or one document that has everything, may have used up what was fetched.
            let wantsMore = context.taken < request.k && context.overBudget == 0 && !reply.exhausted
            if wantsMore, candidates < Self.maximumCandidates {
                candidates = min(candidates * 4, Self.maximumCandidates)
                continue
            }
            return json(of: context, found, reply, request)
        }
    }

    private func parameters(of request: RetrieveRequest) throws(IlkError) -> ContextParameters {
        try ContextParameters(
            k: request.k, tokenBudget: request.tokenBudget, perDocument: request.perDocument, window: request.window)
    }

    private func search(for request: RetrieveRequest, candidates: Int) -> SearchRequest {
        SearchRequest(
            collection: request.collection, query: .text(request.query), k: candidates, filter: request.filter,
            withPayload: .all, explain: request.explain, mode: request.mode, weights: request.weights,
            minScore: request.minScore, depth: max(100, candidates))
    }

    // MARK: The reply

    private func json(
        of context: PackedContext, _ found: [FoundPassage], _ reply: SearchReply, _ request: RetrieveRequest
    ) -> JSONObject {
        let passages = context.ranges.compactMap { range -> JSONValue? in
            let best = found.first { $0.ranked.document == range.document && $0.ranked.number == range.best }
            guard let best else { return nil }
            var json = JSONObject([
                ("document", .string(range.document)), ("passage", .int(Int64(range.best))),
                ("title", best.title.map { .string($0) } ?? .null),
            ])
            json.add(range.headings, range.start..<range.end, range.text, range.tokens)
            json["score"] = .short(Float(range.score))
            json["scores"] = .object(best.hit.scores?.json ?? JSONObject())
            if range.numbers.count > 1 { json["passages"] = .array(range.numbers.map { .int(Int64($0)) }) }
            if let ranks = best.hit.ranks { json["ranks"] = .object(ranks.json) }
            return .object(json)
        }
        var json = JSONObject([
            ("passages", .array(passages)), ("tokens", .int(Int64(context.tokens))),
            ("exhausted", .bool(context.taken < request.k && context.overBudget == 0 && reply.exhausted)),
        ])
        if request.explain {
            json["explain"] = .object(
                JSONObject([
                    ("candidates", .int(Int64(found.count))), ("taken", .int(Int64(context.taken))),
                    ("duplicates", .int(Int64(context.duplicates))),
                    ("over_document_share", .int(Int64(context.overShare))),
                    ("over_budget", .int(Int64(context.overBudget))), ("search", reply.explain ?? .null),
                ]))
        }
        return json
    }
}

/// A hit, read.
private struct FoundPassage {
    let hit: Hit
    let ranked: RankedPassage
    let title: String?

    init(_ hit: Hit) throws(IlkError) {
        guard let payload = try hit.payload?.parsed(), let record = PassageRecord(payload) else {
            throw IlkError(.internal, "passage \(hit.id) has no record; upsert its document again")
        }
        self.hit = hit
        title = record.title
        ranked = RankedPassage(
            document: record.document, number: record.number, passage: record.passage, score: Double(hit.score))
    }
}

extension LegScores {
    fileprivate var json: JSONObject {
        var json = JSONObject()
        json["dense"] = dense.map { .short($0) }
        json["lexical"] = lexical.map { .short($0) }
        return json
    }
}

extension LegRanks {
    fileprivate var json: JSONObject {
        var json = JSONObject()
        json["dense"] = dense.map { .int(Int64($0)) }
        json["lexical"] = lexical.map { .int(Int64($0)) }
        return json
    }
}

extension JSONValue {
    /// A float with the few digits that tell it from others.
    fileprivate static func short(_ value: Float) -> JSONValue { .double(Double(value.description) ?? Double(value)) }
}
