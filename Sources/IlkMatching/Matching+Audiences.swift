import IlkCollection
package import IlkProtocol
import Synchronization

extension Matching {
    /// Keeps an audience: when this returns it is on the disk.
    ///
    /// - Parameters:
    ///   - request: its name and its people; a theme in it is replaced by its products before.
    ///   - now: the moment, in seconds since 1970.
    /// - Returns: JSON of `audience.save`.
    /// - Throws: as ``users(_:at:)`` does, or `too_large` where there are too many audiences.
    package func save(_ request: AudienceSave, at now: Double) throws(IlkError) -> JSONObject {
        let members: [(id: PointID, score: Double?)]
        switch request.source {
        case .members(let ids):
            var seen: Set<PointID> = []
            members = ids.filter { seen.insert($0).inserted }.map { ($0, nil) }
        case .matched(let question):
            // As many digits as match.users shows.
            members = try users(question, at: now).users.map { ($0.id, Double($0.score.description)) }
        }
        try store.writer().log.save(audience: request.name, members, made: Int64(now))
        return JSONObject([("name", .string(request.name)), ("users", .int(Int64(members.count)))])
    }

    /// The audiences there are: JSON of `audience.list`.
    package func audiences() throws(IlkError) -> JSONObject {
        let audiences = try store.writer().log.audiences().map { audience in
            JSONValue.object(
                JSONObject([
                    ("name", .string(audience.name)), ("made", .int(audience.made)),
                    ("users", .int(Int64(audience.count))),
                ]))
        }
        return JSONObject([("audiences", .array(audiences))])
    }

    /// The people of an audience, best first, a page at a time: JSON of `audience.get`.
    ///
    /// - Throws: `not_found` where there is no such audience.
    package func audience(_ request: AudienceGet) throws(IlkError) -> JSONObject {
        let after = try request.cursor.map { cursor throws(IlkError) in try Self.sequence(ofCursor: cursor) } ?? -1
        let page = try members(of: request.name, after: after, limit: request.limit)
        let users = page.map { member in
            var json = JSONObject([("id", member.id.json)])
            if let score = member.score { json["score"] = .double(score) }
            return JSONValue.object(json)
        }
        let next = page.count < request.limit ? nil : page.last?.place
        return JSONObject([
            ("name", .string(request.name)), ("users", .array(users)),
            ("next_cursor", next.map { .string(String($0)) } ?? .null),
        ])
    }

    /// Deletes an audience: JSON of `audience.delete`.
    ///
    /// - Throws: `not_found` where there is no such audience.
    package func deleteAudience(_ name: String) throws(IlkError) -> JSONObject {
        let log = try store.writer().log
        guard try log.delete(audience: name) else { throw try unknown(audience: name) }
        return JSONObject([("name", .string(name)), ("deleted", .bool(true))])
    }

    /// The people of an audience, best first.
    func members(
        of name: String, after place: Int64 = -1, limit: Int = .max
    ) throws(IlkError) -> [(place: Int64, id: PointID, score: Double?)] {
        guard let members = try store.writer().log.members(ofAudience: name, after: place, limit: limit) else {
            throw try unknown(audience: name)
        }
        return members
    }

    private func unknown(audience name: String) throws(IlkError) -> IlkError {
        let known = try store.writer().log.audiences().map(\.name)
        let hint = NearestName.hint(for: name, among: known)
        let next =
            known.isEmpty
            ? "; there are none, make one with audience.save" : hint.isEmpty ? "; see audience.list" : hint
        return IlkError(.notFound, "no audience '\(name)' in '\(collection.name)'\(next)")
    }
}
