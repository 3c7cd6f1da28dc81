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
                var json = JSONObject([
                    ("name", .string(model.kind.rawValue)), ("generation", .int(model.generation)),
                    ("seconds", .double(model.seconds.rounded(toPlaces: 3))),
                ])
                if let report = model.report { json["report"] = .object(report) }
                return JSONValue.object(json)
            }
            var json = JSONObject([("collection", .string(request.collection)), ("models", .array(models))])
            // A ranker learns from answers, and says so in its report.
            guard report.models.contains(where: { $0.kind != .ranker }) else { return json }
            json["people"] = .int(Int64(report.users))
            json["items"] = .int(Int64(report.items))
            json["pairs"] = .int(Int64(report.pairs))
            return json
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

    func ranker(_ request: MatchRanker, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try matching(request.collection).ranker(request) }
    }

    func loadRanker(_ request: MatchLoad, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try matching(request.collection).load(request, at: Self.now) }
    }

    func shownAnswers(_ request: MatchShown, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in
            try matching(request.collection).shown(request, at: Self.now, refusing: tooLarge)
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
