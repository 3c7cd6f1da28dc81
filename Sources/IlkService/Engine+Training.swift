import IlkCollection
import IlkMatching
import IlkProtocol

extension Engine {
    func train(_ request: MatchTrain, _ answer: Answer, _ notify: @escaping Notify) {
        start(.train, collection: request.collection, answer, notify) { [self] job throws(IlkError) in
            let report = try matching(request.collection).train(
                request, threads: options.collection.linkThreads, at: Self.now
            ) { job.advance($0) }
            let models = report.models.map { model in
                JSONValue.object(
                    JSONObject([
                        ("name", .string(model.kind.rawValue)), ("generation", .int(model.generation)),
                        ("seconds", .double(model.seconds.rounded(toPlaces: 3))),
                    ]))
            }
            return JSONObject([
                ("collection", .string(request.collection)), ("models", .array(models)),
                ("people", .int(Int64(report.users))), ("items", .int(Int64(report.items))),
                ("pairs", .int(Int64(report.pairs))),
            ])
        }
    }

    func listModels(_ name: String, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in
            let models = try matching(name).models().map { model in
                JSONValue.object(
                    JSONObject([
                        ("name", .string(model.kind.rawValue)), ("generation", .int(model.generation)),
                        ("active", .bool(model.isActive)), ("made", .int(model.made)),
                        ("items", .int(Int64(model.items))), ("bytes", .int(Int64(model.bytes))),
                    ]))
            }
            return JSONObject([("models", .array(models))])
        }
    }

    func activate(_ request: MatchActivate, _ answer: Answer) {
        later(answer) { [self] in
            answer.fulfil { () throws(IlkError) in
                try matching(request.collection).activate(request, threads: options.collection.linkThreads)
                return JSONObject([
                    ("model", .string(request.model)), ("generation", .int(request.generation)),
                ])
            }
        }
    }
}
