import IlkCollection
import IlkFilter
package import IlkProtocol
import IlkVectors
import Synchronization

extension Matching {
    /// What is known of a person: JSON of `profile.get`.
    ///
    /// - Throws: `not_found` where the log has nothing of the user.
    package func profile(_ request: ProfileRequest, at now: Double) throws(IlkError) -> JSONObject {
        let writer = try store.writer()
        let view = try collection.items()
        let found = writer.state.withLock { state -> (Taste, EventTypes)? in
            guard state.users.number(of: request.user) != nil else { return nil }
            return (state.taste(of: request.user, at: Moment(now)), state.settings.types)
        }
        guard let (known, types) = found else { throw Self.unknown(request.user) }
        var taste = known
        taste.locate(in: view, store.places.current(view, writer))
        // A profile of a collection with several vector fields is that of the first.
        let field = try view.vectorField(named: nil, orFirst: true)
        let vectors =
            field.map { TasteVectors(taste, view, field: $0, spread: store.spread(of: $0, in: view)) } ?? TasteVectors()
        let affinities = Affinities(taste, view)
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        var json = JSONObject([
            ("user", request.user.json), ("actions", number(taste.actionCount)),
            ("impressions", number(taste.impressionCount)), ("items", number(taste.items.count)),
            ("recent", .array(taste.recent.prefix(10).map { taste.json(of: $0.item, $0.action, types) })),
            ("interests", .array(vectors.interests.map { taste.json(of: $0) })),
            ("affinities", .object(affinities.valuesJSON)), ("bands", .object(affinities.bandsJSON)),
            ("bought", .array(taste.items.filter { $0.orders > 0 }.prefix(100).map { $0.orderJSON })),
        ])
        if request.withVectors {
            json["short_term"] = vectors.shortTerm.map { .vector($0) } ?? .null
            json["long_term"] = vectors.longTerm.map { .vector($0) } ?? .null
        }
        return json
    }
}

extension Taste {
    /// An interest by its items' ids, twelve at most.
    func json(of interest: Interest) -> JSONValue {
        .object(
            JSONObject([
                ("item", items[interest.medoid].id.json), ("importance", .rounded(interest.importance)),
                ("items", .array(interest.members.prefix(12).map { items[$0].id.json })),
            ]))
    }

    fileprivate func json(of item: Int, _ action: Action, _ types: EventTypes) -> JSONValue {
        .object(
            JSONObject([
                ("item", items[item].id.json), ("type", .string(types[action.type].name)),
                ("at", .int(Int64(action.at.seconds))),
            ]))
    }
}

extension TasteItem {
    fileprivate var orderJSON: JSONValue {
        .object(
            JSONObject([
                ("item", id.json), ("orders", .int(Int64(orders))),
                ("last", .int(Int64(lastOrder?.seconds ?? 0))),
            ]))
    }
}

extension Affinities {
    fileprivate var valuesJSON: JSONObject {
        var json = JSONObject()
        for value in values {
            var list: [JSONValue] = []
            if case .array(let before)? = json[value.field] { list = before }
            list.append(
                .object(JSONObject([("value", value.value.json), ("share", .rounded(value.share))])))
            json[value.field] = .array(list)
        }
        return json
    }

    fileprivate var bandsJSON: JSONObject {
        JSONObject(
            bands.map { band in
                let members: [(String, JSONValue)] = [
                    ("low", .double(band.low)), ("median", .double(band.median)), ("high", .double(band.high)),
                ]
                return (band.field, .object(JSONObject(members)))
            })
    }
}

extension PointID {
    /// The id as it goes over the wire.
    package var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .number(let number): Int64(exactly: number).map { .int($0) } ?? .uint(number)
        }
    }
}

extension JSONValue {
    /// A share or a score, to four places.
    static func rounded(_ value: Float) -> JSONValue { .double((Double(value) * 10_000).rounded() / 10_000) }

    /// A vector, each component with the few digits that tell it from others.
    fileprivate static func vector(_ values: [Float]) -> JSONValue {
        .array(values.map { .double(Double($0.description) ?? Double($0)) })
    }
}
