package import IlkCollection
package import IlkProtocol
import Synchronization

extension Matching {
    /// What answers showed and what was taken of it, a page at a time: JSON of `match.shown`.
    ///
    /// - Parameters:
    ///   - request: which page.
    ///   - now: the moment, in seconds since 1970.
    ///   - refusing: what is said to a reply of so many bytes.
    /// - Returns: answers in their order, without those of people who were forgotten.
    /// - Throws: `invalid_request` for a cursor that is none, or what `refusing` says.
    package func shown(
        _ request: MatchShown, at now: Double, refusing: ReplyLimit = { _ in nil }
    ) throws(IlkError) -> JSONObject {
        let writer = try store.writer()
        let after = try Self.sequence(ofCursor: request.cursor)
        let page = try writer.log.answers(after: after, limit: request.limit)
        let takings = Takings(of: page, in: writer)
        let seconds = request.withinHours * 3_600
        var answers: [JSONValue] = []
        var bytes = 0
        for answer in page {
            let names = writer.state.withLock { state in
                (
                    state.users.name(of: answer.user.rawValue),
                    answer.items.map { state.items.name(of: $0.item.rawValue) }
                )
            }
            guard let user = names.0 else { continue }
            bytes += answer.items.count * (120 + 24 * answer.names.count)
            if let refusal = refusing(bytes) { throw refusal }
            var json = JSONObject([
                ("answer", .int(answer.number)), ("user", user.json), ("at", .int(Int64(answer.at.seconds))),
                ("settled", .bool(Double(answer.at.seconds) + seconds <= now)),
            ])
            if let context = answer.context { json["context"] = try context.parsed() }
            if let experiment = answer.experiment { json["experiment"] = try experiment.parsed() }
            var items: [JSONValue] = []
            for (place, item) in answer.items.enumerated() {
                guard let id = names.1[place] else { continue }
                let isTaken = takings.isTaken(item.item, by: answer.user, shownAt: answer.at, within: seconds)
                items.append(.object(item.json(id, position: place + 1, isTaken: isTaken, answer.names)))
            }
            json["items"] = .array(items)
            answers.append(.object(json))
        }
        let next = page.count < request.limit ? nil : page.last?.number
        return JSONObject([
            ("answers", .array(answers)), ("next_cursor", next.map { .string(String($0)) } ?? .null),
        ])
    }

    /// The number after which a page begins.
    static func sequence(ofCursor cursor: String?) throws(IlkError) -> Int64 {
        guard let cursor else { return 0 }
        guard let sequence = Int64(cursor), sequence >= 0 else {
            throw IlkError(
                .invalidRequest, "cursor \(cursor.quoted) is not one of ilk's; send 'next_cursor' of the page before")
        }
        return sequence
    }
}

extension LoggedAnswer.Item {
    /// What is not said is false, and a feature that is not there is 0.
    fileprivate func json(_ id: PointID, position: Int, isTaken: Bool, _ names: [String]) -> JSONObject {
        var json = JSONObject([
            ("id", id.json), ("position", .int(Int64(position))), ("propensity", .double(Double(propensity))),
        ])
        if isExplored { json["explored"] = .bool(true) }
        if isPinned { json["pinned"] = .bool(true) }
        json["taken"] = .bool(isTaken)
        let known = zip(names, features).filter { $0.1 != 0 }
        // The fewest digits that give the same number again: who learns from this learns from what ilk saw.
        json["features"] = .object(
            JSONObject(known.map { ($0.0, .double(Double($0.1.description) ?? Double($0.1))) }))
        return json
    }
}
