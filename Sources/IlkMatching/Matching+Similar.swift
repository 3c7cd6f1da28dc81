import IlkCollection
import IlkFilter
package import IlkProtocol
import IlkVectors
import Synchronization

/// Something similar: an item with its payload, or a person.
package struct SimilarOne: Sendable {
    package var id: PointID
    package var score: Float
    /// Where each channel had it, from 1.
    package var channels: [(name: String, rank: Int)] = []
    package var payload: JSONText?
}

extension Matching {
    /// Items that are like an item or go with it, or people who choose as a person does; best first.
    ///
    /// - Throws: `not_found` for a seed that nothing is known of.
    package func similar(_ request: MatchSimilar, at now: Double) throws(IlkError) -> [SimilarOne] {
        let writer = try store.writer()
        switch request.seed {
        case .user(let user): return try people(like: user, request.k, writer, Moment(now))
        case .item(let item): return try items(like: item, request, writer)
        }
    }

    private func people(
        like user: PointID, _ k: Int, _ writer: EventWriter, _ now: Moment
    ) throws(IlkError) -> [SimilarOne] {
        let found: [SimilarOne]? = writer.state.withLock { state in
            guard state.users.number(of: user) != nil else { return nil }
            let taste = state.taste(of: user, at: now)
            return state.neighbors(of: taste, user: user, limit: k).compactMap { neighbor in
                state.users.name(of: neighbor.user.rawValue).map { SimilarOne(id: $0, score: neighbor.score) }
            }
        }
        guard let found else { throw Self.unknown(user) }
        return found
    }

    private func items(
        like item: PointID, _ request: MatchSimilar, _ writer: EventWriter
    ) throws(IlkError) -> [SimilarOne] {
        let view = try collection.items()
        let ordinal = view.ordinal(of: item)
        let table = store.models.withLock { $0.neighbors(.itemCF) }
        let (number, partners) = writer.state.withLock { state in
            let number = state.items.number(of: item).map { ItemNumber($0) }
            return (number, number.map { state.partners(of: [(0, $0, 1)], table) } ?? ValuesByNumber())
        }
        guard ordinal != nil || number != nil else {
            throw IlkError(
                .notFound, "no item \(item.description.shortened) in the collection or the events; see points.scroll")
        }
        let matching = try view.admitted(request.filter)
        func mayCome(_ other: Ordinal) -> Bool { other != ordinal && matching?.contains(other.rawValue) ?? true }
        var near: [Recalled] = []
        if let ordinal, let field = try view.vectorField(named: request.using),
            let vector = view.vector(field, at: ordinal)
        {
            let found = try view.nearest(to: vector, field: field, k: 2 * request.k + 1, among: matching)
            for (place, entry) in found.enumerated() where mayCome(entry.ordinal) {
                near.append(Recalled(entry.ordinal, score: 1 / Float(10 + place)))
            }
        }
        var together: [Recalled] = []
        let places = store.places.current(view, writer)
        let sorted = zip(partners.numbers, partners.values.map(\.score)).sorted { a, b in
            a.1 != b.1 ? a.1 > b.1 : a.0 < b.0
        }
        for (item, score) in sorted {
            guard let other = places.ordinal(of: ItemNumber(item)), mayCome(other) else { continue }
            together.append(Recalled(other, score: score))
        }
        let merged = CandidateMerge.merge([(near, 1), (together, 1)], by: .scores).prefix(request.k)
        let ids = view.ids(of: merged.map(\.ordinal))
        let payloads = try view.payloads(of: ids.map { $0 ?? .number(0) }, request.withPayload)
        var similar: [SimilarOne] = []
        for (place, candidate) in merged.enumerated() {
            guard let id = ids[place] else { continue }
            let channels = candidate.mentions.map { (name: ["content", "item_cf"][$0.channel], rank: $0.rank) }
            similar.append(SimilarOne(id: id, score: candidate.score, channels: channels, payload: payloads[place]))
        }
        return similar
    }
}
