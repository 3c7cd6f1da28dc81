import IlkCollection
import IlkMatching
import IlkProtocol
import IlkThemes

// Who a person is, matching knows; which venues there are, themes know: here both meet.
extension Engine {
    func distributeThemes(_ request: ThemeDistribute, _ answer: Answer) {
        distribution(request.collection, answer) { (collection) throws(IlkError) in
            let merchandiser = try Merchandiser(collection: collection)
            let now = Self.now
            var request = request
            if request.seed == nil { request.seed = .random(in: .min ... .max) }
            var visitor = Visitor()
            if let user = request.user, let field = try merchandiser.interestField(named: request.using) {
                visitor = Visitor(
                    interests: try Matching(collection: collection).interests(of: user, field: field.name, at: now),
                    field: field.place)
            }
            var reply = try merchandiser.distribute(request, to: visitor, at: now)
            reply["took_us"] = .int(Int64(answer.microseconds))
            return reply
        }
    }

    func trafficOfThemes(_ request: ThemeTraffic, _ answer: Answer) {
        distribution(request.collection, answer) { (collection) throws(IlkError) in
            try Merchandiser(collection: collection).traffic(request, at: Self.now)
        }
    }

    func feedbackOfThemes(_ request: ThemeFeedback, _ answer: Answer) {
        distribution(request.collection, answer) { (collection) throws(IlkError) in
            try Merchandiser(collection: collection).feedback(request, at: Self.now)
        }
    }

    private func distribution(
        _ name: String, _ answer: Answer,
        _ work: @escaping @Sendable (VectorCollection) throws(IlkError) -> JSONObject
    ) {
        later(answer) { [self] in
            answer.fulfil { () throws(IlkError) in try work(try registry.collection(name)) }
        }
    }
}
