import IlkCollection
import IlkMatching
import IlkProtocol
import IlkThemes

extension Engine {
    func matchItems(_ request: MatchItems, _ answer: Answer) {
        later(answer) { [self] in
            do throws(IlkError) {
                let matching = try matching(request.collection)
                guard request.query != nil else { return matchItems(request, matching, nil, answer) }
                // The query's vector comes on a thread that embeds; the rest is the pool's.
                matching.embedQuery(of: request) { [self] result in
                    switch result {
                    case .failure(let error): answer.fail(error)
                    case .success(let embedded):
                        later(answer) { [self] in matchItems(request, matching, embedded, answer) }
                    }
                }
            } catch {
                answer.fail(error)
            }
        }
    }

    private func matchItems(
        _ request: MatchItems, _ matching: Matching, _ embedded: EmbeddedText?, _ answer: Answer
    ) {
        do throws(IlkError) {
            var request = request
            if request.seed == nil, request.explore > 0 || request.experiment != nil {
                request.seed = .random(in: .min ... .max)
            }
            let now = Self.now
            let matched = try matching.items(
                request, embedded: embedded,
                themes: request.asks("theme") ? likedThemes(request, matching, at: now) : [],
                at: now)
            if let refusal = tooLarge(matched.items.reduce(0) { $0 + 256 + ($1.payload?.bytes.count ?? 0) }) {
                throw refusal
            }
            guard let shown = matched.shown else { return send(matched, answer) }
            matching.log(shown) { [self] result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success: send(matched, answer)
                }
            }
        } catch {
            answer.fail(error)
        }
    }

    /// Themes of whose products the channel `theme` brings some.
    private static let likedThemes = 3

    /// What a person likes, matching knows; which themes are like that, themes know.
    private func likedThemes(
        _ request: MatchItems, _ matching: Matching, at now: Double
    ) throws(IlkError) -> [LikedTheme] {
        guard let user = request.user else {
            throw IlkError(.invalidRequest, "channel 'theme' needs 'user': whose themes shall it bring?")
        }
        let merchandiser = try Merchandiser(collection: registry.collection(request.collection))
        guard let field = try merchandiser.interestField(named: request.using) else { return [] }
        let visitor = Visitor(
            interests: try matching.interests(of: user, field: field.name, at: now), field: field.place)
        return try merchandiser.liked(by: visitor, count: Self.likedThemes, at: now).map {
            LikedTheme(title: $0.title, share: Float($0.share), products: $0.products)
        }
    }

    private func send(_ matched: MatchedItems, _ answer: Answer) {
        answer.succeed { writer in
            writer.beginObject()
            writer.key("items")
            writer.beginArray()
            for item in matched.items { writer.item(item) }
            writer.endArray()
            if let experiment = matched.experiment {
                writer.key("experiment")
                writer.value(.object(experiment.json))
            }
            if let explain = matched.explain {
                writer.key("explain")
                writer.value(explain)
            }
            writer.key("took_us")
            writer.int(answer.microseconds)
            writer.endObject()
        }
    }

    func matchUsers(_ request: MatchUsers, _ answer: Answer) {
        later(answer) { [self] in
            do throws(IlkError) {
                let matched = try matching(request.collection).users(try withItems(request), at: Self.now)
                answer.succeed { writer in
                    writer.beginObject()
                    writer.key("users")
                    writer.beginArray()
                    for user in matched.users {
                        writer.beginObject()
                        writer.key("id")
                        writer.id(user.id)
                        writer.key("score")
                        writer.float(user.score)
                        writer.key("reason")
                        writer.string(user.reason)
                        writer.endObject()
                    }
                    writer.endArray()
                    writer.key("considered")
                    writer.int(matched.considered)
                    if let explain = matched.explain {
                        writer.key("explain")
                        writer.value(explain)
                    }
                    writer.key("took_us")
                    writer.int(answer.microseconds)
                    writer.endObject()
                }
            } catch {
                answer.fail(error)
            }
        }
    }

    /// The request with the products of its theme in the theme's place.
    func withItems(_ request: MatchUsers) throws(IlkError) -> MatchUsers {
        guard case .theme(let theme) = request.seeds else { return request }
        let merchandiser = try Merchandiser(collection: registry.collection(request.collection))
        var request = request
        request.seeds = .items(try merchandiser.products(ofTheme: theme, size: Self.productsOfTheme))
        return request
    }

    /// Products of a theme that an audience is made for.
    private static let productsOfTheme = 50

    func matchSimilar(_ request: MatchSimilar, _ answer: Answer) {
        later(answer) { [self] in
            do throws(IlkError) {
                let similar = try matching(request.collection).similar(request, at: Self.now)
                answer.succeed { writer in
                    writer.beginObject()
                    if case .item = request.seed { writer.key("items") } else { writer.key("users") }
                    writer.beginArray()
                    for one in similar {
                        writer.beginObject()
                        writer.key("id")
                        writer.id(one.id)
                        writer.key("score")
                        writer.float(one.score)
                        if case .item = request.seed { writer.channels(one.channels) }
                        if let payload = one.payload {
                            writer.key("payload")
                            writer.json(payload)
                        }
                        writer.endObject()
                    }
                    writer.endArray()
                    writer.key("took_us")
                    writer.int(answer.microseconds)
                    writer.endObject()
                }
            } catch {
                answer.fail(error)
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func channels(_ channels: [(name: String, rank: Int)]) {
        key("channels")
        beginObject()
        for (name, rank) in channels {
            key(name)
            int(rank)
        }
        endObject()
    }

    fileprivate mutating func item(_ item: MatchedItem) {
        beginObject()
        key("id")
        id(item.id)
        key("score")
        float(item.score)
        channels(item.channels)
        key("reason")
        string(item.reason)
        if let propensity = item.propensity {
            key("propensity")
            double(propensity)
            key("explored")
            bool(item.isExplored)
        }
        if let ranking = item.ranking {
            key("ranking")
            value(.object(ranking))
        }
        if let payload = item.payload {
            key("payload")
            json(payload)
        }
        endObject()
    }
}
