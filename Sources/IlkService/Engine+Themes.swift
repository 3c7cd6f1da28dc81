import IlkCollection
import IlkProtocol
import IlkThemes

// A theme must be embedded before its products can be looked for: these handlers run on the pool, and wait there for the
// threads that embed.
extension Engine {
    func upsertThemes(_ request: ThemeUpsert, _ answer: Answer) {
        themed(request.collection, answer) { (merchandiser) throws(IlkError) in try merchandiser.upsert(request) }
    }

    func getThemes(_ request: ThemeNames, _ answer: Answer) {
        themed(request.collection, answer) { (merchandiser) throws(IlkError) in try merchandiser.get(request) }
    }

    func deleteThemes(_ request: ThemeNames, _ answer: Answer) {
        themed(request.collection, answer) { (merchandiser) throws(IlkError) in try merchandiser.delete(request) }
    }

    func listThemes(_ request: ThemeList, _ answer: Answer) {
        themed(request.collection, answer) { (merchandiser) throws(IlkError) in try merchandiser.list(request) }
    }

    func matchThemes(_ request: ThemeMatch, _ answer: Answer) {
        themed(request.collection, answer) { (merchandiser) throws(IlkError) in
            var reply = try merchandiser.match(request)
            reply["took_us"] = .int(Int64(answer.microseconds))
            return reply
        }
    }

    func selectProducts(_ request: ThemeSelect, _ answer: Answer) {
        themed(request.collection, answer) { [self] (merchandiser) throws(IlkError) in
            var reply = try merchandiser.select(request, refusing: tooLarge)
            reply["took_us"] = .int(Int64(answer.microseconds))
            return reply
        }
    }

    func buildFloors(_ request: ThemeFloors, _ answer: Answer) {
        themed(request.collection, answer) { [self] (merchandiser) throws(IlkError) in
            var reply = try merchandiser.floors(request, refusing: tooLarge)
            reply["took_us"] = .int(Int64(answer.microseconds))
            return reply
        }
    }

    func toolSchema(_ request: ToolSchemaRequest, _ answer: Answer) {
        themed(request.collection, answer) { (merchandiser) throws(IlkError) in try merchandiser.toolSchema(request) }
    }

    func batchThemes(_ request: ThemeBatch, _ answer: Answer, _ notify: @escaping Notify) {
        start(.themes, collection: request.collection, answer, notify) { [self] job throws(IlkError) in
            let merchandiser = try Merchandiser(collection: registry.collection(request.collection))
            return try merchandiser.batch(
                request, threads: options.workers, progress: { job.advance($0) }, refusing: tooLarge)
        }
    }

    private func themed(
        _ name: String, _ answer: Answer, _ work: @escaping @Sendable (Merchandiser) throws(IlkError) -> JSONObject
    ) {
        later(answer) { [self] in
            answer.fulfil { () throws(IlkError) in
                try work(try Merchandiser(collection: registry.collection(name)))
            }
        }
    }
}
