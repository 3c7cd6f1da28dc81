import IlkCollaborative
package import IlkProtocol
import Synchronization

extension Matching {
    /// Logs what an answer showed: its items count as impressions, and a ranker may learn from it.
    ///
    /// `completion` is called once, on any thread: when that is on the disk and the next answer knows of it, or with why
    /// nothing of it is kept.
    package func log(
        _ shown: ShownAnswer, completion: @escaping @Sendable (Result<AppendReceipt, IlkError>) -> Void
    ) {
        let events = shown.items.map { item in
            CheckedEvent(user: shown.user, item: item.id, type: EventTypes.impression, at: shown.at)
        }
        store.whenReady { result in
            do throws(IlkError) {
                try result.get().append(EventBatch(events: events, shown: shown), completion: completion)
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// How it stands with the ranker, after it was changed where that is asked for: JSON of `match.ranker`.
    ///
    /// - Throws: `not_found` where there is no model to use.
    package func ranker(_ request: MatchRanker) throws(IlkError) -> JSONObject {
        let log = try store.writer().log
        if let use = request.use { try self.use(use, log) }
        let kept = try log.models().filter { $0.kind == .ranker }
        let reports = try log.reports(.ranker)
        let live = store.models.withLock { $0.ranker }
        let generations = kept.map { model in
            JSONValue.object(
                JSONObject([
                    ("generation", .int(model.generation)), ("live", .bool(model.isActive)), ("made", .int(model.made)),
                    ("report", reports[model.generation] ?? .null),
                ]))
        }
        return JSONObject([
            ("live", kept.first { $0.isActive }.map { .int($0.generation) } ?? .null),
            ("generations", .array(generations)), ("features", .array((live?.names ?? []).map { .string($0) })),
            ("logged", .int(Int64(try log.answerCount()))),
        ])
    }

    private func use(_ use: MatchRanker.Use, _ log: EventLog) throws(IlkError) {
        let kept = try log.models().filter { $0.kind == .ranker }
        let chosen: KeptModel?
        switch use {
        case .off:
            try log.activate(.ranker, 0)
            return store.models.withLock { $0[.ranker] = nil }
        case .newest: chosen = kept.last
        case .previous:
            let live = kept.first { $0.isActive }?.generation ?? kept.last?.generation ?? 0
            chosen = kept.last { $0.generation < live }
        }
        guard let chosen, let bytes = try log.model(.ranker, chosen.generation) else {
            let remedy =
                kept.isEmpty
                ? "none is kept; train one: match.train with \"models\":[\"ranker\"]"
                : "kept are \(kept.map { String($0.generation) }.joined(separator: ", ")); send \"use\":\"off\" for the merged scores"
            throw IlkError(.notFound, "there is no \(use.rawValue) ranker: \(remedy)")
        }
        let model = try ModelBytes.model(of: bytes)
        try log.activate(.ranker, chosen.generation)
        store.models.withLock { $0[.ranker] = model }
    }
}
