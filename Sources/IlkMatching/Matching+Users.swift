import IlkCollection
import IlkFilter
package import IlkProtocol
import Synchronization

/// A person for an item.
package struct MatchedUser: Sendable, Equatable {
    package var id: PointID
    /// Larger is better; of one answer comparable.
    package var score: Float
    package var reason: String
}

/// The answer to `match.users`.
package struct MatchedUsers: Sendable {
    /// Most likely to respond first.
    package var users: [MatchedUser]
    /// People who did something that counts.
    package var considered: Int
    package var explain: JSONValue?
}

extension Matching {
    /// The people to whom items would appeal, or who are like others: an audience.
    ///
    /// The seeds are widened to items that are like them or go with them; whoever did something with one of those is
    /// considered. The best are then weighed by what they like on the whole: how near their long-term vector is to
    /// the seeds', and how much they like the seeds' attributes.
    ///
    /// - Throws: `not_found` where no seed is known, or what is wrong with the filter.
    package func users(_ request: MatchUsers, at now: Double) throws(IlkError) -> MatchedUsers {
        let writer = try store.writer()
        let view = try collection.items()
        let field = try view.vectorField(named: request.using)
        let matching = try view.admitted(request.filter)
        var audience = Audience(
            view: view, writer: writer, places: store.places.current(view, writer), field: field, moment: Moment(now),
            matching: matching)
        audience.spread = field.map { store.spread(of: $0, in: view) } ?? 2
        audience.trained = store.models.withLock { $0.neighbors(.itemCF) }
        switch request.seeds {
        case .items(let items): try audience.widen(items: items)
        case .users(let users): try audience.widen(users: users)
        case .audience(let name):
            try audience.widen(users: members(of: name, limit: Audience.seedLimit).map(\.id))
        case .theme(let id):
            throw IlkError(.internal, "theme \(id.quoted) was not made into its products; report this")
        }
        if let name = request.among { try audience.keep(to: members(of: name).map(\.id)) }
        audience.exclude(request)
        let found = audience.people(request.k)
        var answer = MatchedUsers(users: found, considered: audience.considered)
        if request.explain {
            answer.explain = .object(
                JSONObject([
                    ("items", .int(Int64(audience.weights.count))), ("considered", .int(Int64(audience.considered))),
                    ("excluded", .int(Int64(audience.excluded.count))),
                ]))
        }
        return answer
    }
}
