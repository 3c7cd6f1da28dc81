package import IlkCollection
import IlkFilter
package import IlkProtocol
import IlkVectors
import Synchronization

/// An item for a person.
package struct MatchedItem: Sendable {
    package var id: PointID
    package var score: Float
    /// Where each channel had it, from 1; none for a pinned one that no channel brought.
    package var channels: [(name: String, rank: Int)]
    package var reason: String
    package var payload: JSONText?
    package var isPinned: Bool
    /// How likely it was to get its place; nil where nothing was left to chance.
    package var propensity: Double?
    package var isExplored: Bool
    /// What a ranker goes by, and what it makes of that; where an explanation was asked for.
    package var ranking: JSONObject?
}

/// The answer to `match.items`.
package struct MatchedItems: Sendable {
    package var items: [MatchedItem]
    package var explain: JSONValue?
    /// Which variant the person has got, where there is an experiment.
    package var experiment: ExperimentAssignment?
    /// What is to be logged, where that was asked for.
    package var shown: ShownAnswer?
}

extension Matching {
    /// Embeds the query of a request, where it has one.
    ///
    /// `completion` is called once, on any thread, which is not to be held up. It blocks while the model is being opened.
    package func embedQuery(
        of request: MatchItems, completion: @escaping @Sendable (Result<EmbeddedText?, IlkError>) -> Void
    ) {
        guard let search = Self.search(request, k: 1) else { return completion(.success(nil)) }
        collection.embedTexts(of: [search]) { result in completion(result.map { $0.first ?? nil }) }
    }

    private static func search(_ request: MatchItems, k: Int) -> SearchRequest? {
        request.query.map { query in
            SearchRequest(
                collection: request.collection, query: .text(query), using: request.using, k: k, filter: request.filter)
        }
    }

    /// The right items for a person, best first.
    ///
    /// Chance is drawn from the request's seed, which the caller fills in.
    ///
    /// - Parameters:
    ///   - request: what is asked for.
    ///   - embedded: the vector of its query, of ``embedQuery(of:completion:)``.
    ///   - themes: what the channel `theme` brings: those that the person likes, most first.
    ///   - now: the moment, in seconds since 1970.
    /// - Returns: k of them, or all that the channels brought and the rules allow.
    /// - Throws: `not_found` for a channel or field that is not there, what is wrong with the filter, or `unavailable`.
    package func items(
        _ request: MatchItems, embedded: EmbeddedText? = nil, themes: [LikedTheme] = [], at now: Double
    ) throws(IlkError) -> MatchedItems {
        var request = request
        var assignment: ExperimentAssignment?
        if let experiment = request.experiment, let user = request.user {
            let seed = request.seed
            (request, assignment) = experiment.variant(of: user)
            request.seed = seed
        }
        let writer = try store.writer()
        let view = try collection.items()
        let models = store.models.withLock { $0 }
        let channels = try Self.channels(of: request, models)
        let run = ItemRun(
            request: request, collection: collection, view: view, writer: writer, store: store, now: now,
            models: models, channels: channels, themes: themes)
        var answer = try run.answer(embedded: embedded, search: { [request] in Self.search(request, k: $0) })
        answer.experiment = assignment
        answer.shown?.experiment = assignment
        return answer
    }

    /// The channels that a request means, with their quotas.
    private static func channels(
        of request: MatchItems, _ models: TrainedModels
    ) throws(IlkError) -> [(channel: any RecallChannel, quota: Int)] {
        let known = Channels.all
        func channel(_ name: String, _ place: String) throws(IlkError) -> any RecallChannel {
            if let channel = known.first(where: { $0.name == name }) { return channel }
            let hint = NearestName.hint(for: name, among: known.map(\.name))
            let remedy = hint.isEmpty ? "; there are \(known.map(\.name).joined(separator: ", "))" : hint
            throw IlkError(.notFound, "no channel \(name.quoted) in \(place)\(remedy)")
        }
        var wanted = request.channels ?? Channels.standard(models)
        if request.channels == nil {
            if request.query != nil { wanted.insert(("query", 100), at: 0) }
            if !request.custom.isEmpty { wanted.insert(("custom", request.custom.count), at: 0) }
        }
        for (name, isGiven) in [("query", request.query != nil), ("custom", !request.custom.isEmpty)] {
            let isAsked = wanted.contains { $0.name == name }
            guard isGiven != isAsked else { continue }
            throw IlkError(
                .invalidRequest,
                isGiven
                    ? "'\(name)' is given, and 'channels' does not name '\(name)'; add it with a quota"
                    : "channel '\(name)' needs '\(name)': what shall it bring?")
        }
        for (name, _) in request.weights { _ = try channel(name, "'weights'") }
        var channels: [(channel: any RecallChannel, quota: Int)] = []
        for (name, quota) in wanted { channels.append((try channel(name, "'channels'"), quota)) }
        return channels
    }
}
