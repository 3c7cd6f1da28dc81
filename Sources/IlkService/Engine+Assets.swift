import IlkProtocol
import IlkThemes

extension Engine {
    func upsertAssets(_ request: AssetUpsert, _ answer: Answer) {
        assets(request.collection, answer) { (merchandiser) throws(IlkError) in try merchandiser.upsertAssets(request) }
    }

    func matchAssets(_ request: AssetMatch, _ answer: Answer) {
        assets(request.collection, answer) { (merchandiser) throws(IlkError) in
            var reply = try merchandiser.assets(request)
            reply["took_us"] = .int(Int64(answer.microseconds))
            return reply
        }
    }

    func deleteAssets(_ request: AssetDelete, _ answer: Answer) {
        assets(request.collection, answer) { (merchandiser) throws(IlkError) in try merchandiser.deleteAssets(request) }
    }

    private func assets(
        _ name: String, _ answer: Answer, _ work: @escaping @Sendable (Merchandiser) throws(IlkError) -> JSONObject
    ) {
        later(answer) { [self] in
            answer.fulfil { () throws(IlkError) in
                try work(try Merchandiser(collection: registry.collection(name)))
            }
        }
    }
}
