import IlkCollection
package import IlkProtocol

extension Merchandiser {
    /// The vector field in which people's interests are compared with themes: one whose model embeds these, else the first.
    ///
    /// - Throws: `not_found` for a name that is none.
    package func interestField(named name: String?) throws(IlkError) -> (place: Int, name: String)? {
        let schema = try collection.schema()
        let place: Int?
        if let name {
            place = try schema.vectorField(named: name)
        } else {
            place = schema.vectors.indices.first { schema.vectors[$0].model != nil } ?? schema.vectors.indices.first
        }
        return place.map { ($0, schema.vectors[$0].name) }
    }

    /// Venues for a person, those with an open guarantee first, each with a cover and the reason why.
    ///
    /// It blocks while themes are embedded and covers are looked for.
    ///
    /// - Parameters:
    ///   - request: who, which venues, how many; chance is drawn from its seed, which the caller fills in.
    ///   - visitor: what the person likes.
    ///   - now: seconds since 1970.
    /// - Returns: `{"themes":[…]}`, fewer than k only where no more are free.
    /// - Throws: `not_found` for a theme that is not there.
    package func distribute(
        _ request: ThemeDistribute, to visitor: Visitor, at now: Double
    ) throws(IlkError) -> JSONObject {
        let themes = try shelf.all(in: collection)
        let book = try book(of: themes)
        let byNumber = Dictionary(uniqueKeysWithValues: themes.map { ($0.number, $0.theme) })
        let offered = try numbers(of: request.themes, among: themes, place: "themes")
        var vectors: [Int64: [Float]] = [:]
        if !visitor.interests.isEmpty, let field = visitor.field, try collection.schema().vectors[field].model != nil {
            vectors = try shelf.vectors(field: field, in: collection)
        }
        let candidates = offered.map { number in
            VenueCandidate(number: number, affinity: vectors[number].flatMap { visitor.affinity(to: $0) })
        }
        let (choices, venues) = try book.change { control, memory, _ in
            let choices = control.distribute(
                candidates, k: request.k, at: now, seed: request.seed ?? 0, isReserving: request.reserve)
            if let user = request.user, request.reserve {
                for choice in choices {
                    if let standing = choice.standing { memory.remember(user, choice.number, standing) }
                }
            }
            return (choices, choices.map { control.venues[$0.number] ?? VenueTraffic(openedAt: now) })
        }
        let covers = try collection.companion { Covers() }
        let view = try collection.items()
        return JSONObject([
            (
                "themes",
                .array(
                    zip(choices, venues).compactMap { choice, venue in
                        guard let theme = byNumber[choice.number] else { return nil }
                        let products = covers.products(of: theme, choice.number, in: collection, at: now)
                        return .object(
                            JSONObject([
                                ("id", .string(theme.id)), ("title", .string(theme.title)),
                                ("score", .short(choice.score)), ("state", .string(choice.state.rawValue)),
                                ("cover", visitor.cover(among: products, in: view)?.json ?? .null),
                                ("reason", .string(choice.reason(venue))),
                            ]))
                    })
            )
        ])
    }

    // MARK: Rules and counts

    /// Sets the rules of venues, and tells what traffic they got.
    ///
    /// Rules are on the disk when this returns.
    ///
    /// - Throws: `not_found` for a theme that is not there; then nothing is set.
    package func traffic(_ request: ThemeTraffic, at now: Double) throws(IlkError) -> JSONObject {
        let themes = try shelf.all(in: collection)
        let book = try book(of: themes)
        let set = try numbers(of: request.venues.map(\.theme), among: themes, place: "venues")
        let told = try numbers(
            of: request.themes ?? (set.isEmpty ? nil : request.venues.map(\.theme)), among: themes, place: "themes")
        if !set.isEmpty {
            try book.change { control, _, _ in
                for (number, rules) in zip(set, request.venues) { control.set(rules, of: number, at: now) }
            }
            try book.write()
        }
        let all = themes.map(\.number)
        let byNumber = Dictionary(uniqueKeysWithValues: themes.map { ($0.number, $0.theme) })
        let venues = book.look { control in
            told.map { number in
                let (state, belief) = control.judgement(of: number, among: all, at: now)
                return (number, control.venues[number] ?? VenueTraffic(openedAt: now), state, belief)
            }
        }
        return JSONObject([
            ("set", .int(Int64(set.count))),
            (
                "venues",
                .array(
                    venues.map { number, venue, state, belief in
                        .object(venue.report(id: byNumber[number]?.id ?? "", state, belief, at: now))
                    })
            ),
        ])
    }

    /// Counts what people did with venues: all of it, or nothing.
    ///
    /// - Throws: `not_found` for a theme that is not there, `invalid_request` for a moment that is to come.
    package func feedback(_ request: ThemeFeedback, at now: Double) throws(IlkError) -> JSONObject {
        let themes = try shelf.all(in: collection)
        let book = try book(of: themes)
        let known = Dictionary(themes.map { ($0.theme.id, $0.number) }) { first, _ in first }
        var numbers: [Int64] = []
        numbers.reserveCapacity(request.events.count)
        for (place, event) in request.events.enumerated() {
            guard let number = known[event.theme] else {
                throw unknown(event.theme, among: themes.map(\.theme.id), "events[\(place)]")
            }
            if let at = event.at, at > now + 86_400 {
                throw IlkError(
                    .invalidRequest,
                    "events[\(place)]: 'at' is \(Int((at - now) / 86_400)) days from now; send when it happened, in seconds since 1970"
                )
            }
            numbers.append(number)
        }
        let duplicates = try book.change { [numbers] control, memory, keys in
            var duplicates = 0
            for (number, event) in zip(numbers, request.events) {
                if let key = event.key, !keys.insert(key) {
                    duplicates += 1
                    continue
                }
                control.learn(
                    event.kind, of: number, standing: event.user.flatMap { memory.standing($0, number) },
                    moment: min(event.at ?? now, now), at: now)
            }
            return duplicates
        }
        return JSONObject([
            ("counted", .int(Int64(numbers.count - duplicates))), ("duplicates", .int(Int64(duplicates))),
        ])
    }

    // MARK: Finding

    /// The collection's traffic, read from its file where it was not yet.
    private func book(of themes: [(number: Int64, theme: WireTheme)]) throws(IlkError) -> TrafficBook {
        let table = try collection.keptTable(TrafficBook.kind)
        let book = try collection.companion { TrafficBook(table: table) }
        try book.load(numbers: Set(themes.map(\.number)))
        return book
    }

    /// The numbers of themes by id, each once; of all, if nil.
    private func numbers(
        of ids: [String]?, among themes: [(number: Int64, theme: WireTheme)], place: String
    ) throws(IlkError) -> [Int64] {
        guard let ids else { return themes.map(\.number) }
        let known = Dictionary(themes.map { ($0.theme.id, $0.number) }) { first, _ in first }
        var seen: Set<Int64> = []
        var numbers: [Int64] = []
        for (index, id) in ids.enumerated() {
            guard let number = known[id] else {
                throw unknown(id, among: themes.map(\.theme.id), "\(place)[\(index)]")
            }
            guard seen.insert(number).inserted else {
                throw IlkError(.invalidRequest, "\(place)[\(index)] is \(id.quoted) again; name each theme once")
            }
            numbers.append(number)
        }
        return numbers
    }

    private func unknown(_ id: String, among known: [String], _ place: String) -> IlkError {
        let hint = NearestName.hint(for: id, among: known)
        let next =
            known.isEmpty ? "; there are none, make one with theme.upsert" : hint.isEmpty ? "; see theme.list" : hint
        return IlkError(.notFound, "\(place): no theme \(id.quoted) in '\(collection.name)'\(next)")
    }
}
