import Dispatch
import IlkCollaborative
import IlkCollection
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// One `match.items`, from the person to the items.
struct ItemRun {
    let request: MatchItems
    let collection: VectorCollection
    let view: ItemView
    let writer: EventWriter
    let store: EventStore
    let now: Double
    let models: TrainedModels
    let channels: [(channel: any RecallChannel, quota: Int)]
    /// What the channel `theme` brings.
    let themes: [LikedTheme]

    private var moment: Moment { Moment(now) }

    /// The answer; `search` makes the search of the channel `query`.
    func answer(embedded: EmbeddedText?, search: (Int) -> SearchRequest?) throws(IlkError) -> MatchedItems {
        try checkFields()
        let began = ContinuousClock.now
        let recall = try recallRequest(embedded, search)
        let prepared = ContinuousClock.now
        let (brought, times) = try recalled(by: recall)
        let fetched = ContinuousClock.now
        let merged = CandidateMerge.merge(brought, by: request.merge)
        let candidates = try boosted(ranked(merged, recall))
        let pins = pinned(candidates)
        let arrangement = Arrangement(request: request, view: view, field: recall.field)
        let chosen = arrangement.arrange(candidates, pins: pins)
        var answer = try items(chosen, recall)
        if request.explain {
            let ended = ContinuousClock.now
            answer.explain = explanation(
                recall, brought.map(\.recalled.count), times, candidates.count,
                phases: [
                    ("profile", prepared - began), ("channels", fetched - prepared), ("rank", ended - fetched),
                ])
        }
        return answer
    }

    /// What the channels bring, all of them asked at once, and the microseconds that each took.
    private func recalled(
        by recall: RecallRequest
    ) throws(IlkError) -> (brought: [(recalled: [Recalled], weight: Float)], times: [Int64]) {
        let results = Mutex(
            [(result: Result<[Recalled], IlkError>, time: Int64)?](repeating: nil, count: channels.count))
        DispatchQueue.concurrentPerform(iterations: channels.count) { place in
            let (channel, quota) = channels[place]
            let began = ContinuousClock.now
            let result: Result<[Recalled], IlkError>
            do throws(IlkError) {
                result = .success(try channel.recall(quota, recall))
            } catch {
                result = .failure(error)
            }
            let time = (ContinuousClock.now - began).microseconds
            results.withLock { $0[place] = (result, time) }
        }
        var brought: [(recalled: [Recalled], weight: Float)] = []
        var times: [Int64] = []
        for ((channel, quota), found) in zip(channels, results.withLock { $0 }) {
            guard let found else { continue }
            let weight = request.weights.first { $0.name == channel.name }?.weight ?? 1
            brought.append((Array(try found.result.get().prefix(quota)), weight))
            times.append(found.time)
        }
        return (brought, times)
    }

    private func checkFields() throws(IlkError) {
        for field in request.maxPer.map(\.field) + [request.scatter?.field].compactMap({ $0 })
        where !view.fields.contains(where: { $0.path == field }) {
            throw IlkError(
                .notFound,
                "no payload field '\(field.shortened)' is declared\(NearestName.hint(for: field, among: view.fields.map(\.path)))"
            )
        }
    }

    // MARK: The person

    private func recallRequest(
        _ embedded: EmbeddedText?, _ search: (Int) -> SearchRequest?
    ) throws(IlkError) -> RecallRequest {
        let names = Set(channels.map(\.channel.name))
        let needsVectors = names.contains("content") || request.vector != nil || request.mmr != nil
        let field = needsVectors ? try view.vectorField(named: request.using) : nil
        let (taste, excluded, places) = try person()
        let vectors = try vectors(of: taste, field)
        let matching = try view.admitted(request.filter)
        var used = ItemSet(end: view.endOrdinal)
        for case let ordinal? in taste.items.lazy.map(\.ordinal) { used.insert(ordinal) }
        var found: [(id: PointID, score: Float)] = []
        if let quota = channels.first(where: { $0.channel.name == "query" })?.quota, let search = search(quota) {
            found = try collection.search(search, embedded: embedded).hits.map { ($0.id, $0.score) }
        }
        return RecallRequest(
            items: view, now: now, user: request.user, taste: taste, vectors: vectors, field: field,
            matching: matching, excluded: excluded, used: used, found: found, custom: request.custom, themes: themes,
            memory: writer, leaders: store.leaders, places: places, models: models)
    }

    /// What the person did, and what must not come: what was shown too often, and what the request leaves out.
    private func person() throws(IlkError) -> (taste: Taste, excluded: ItemSet, places: ItemPlaces) {
        let types = writer.state.withLock { $0.settings.types }
        var inline: [CheckedEvent] = []
        for (place, event) in request.events.enumerated() {
            inline.append(try Matching.check(event, types, at: now) { "match.items.events[\(place)]" })
        }
        let known = writer.state.withLock { [inline] state in
            let latest = state.taste(ofInline: inline, at: moment)
            guard let user = request.user else { return (latest, [ItemNumber]()) }
            var unwanted =
                request.exclude.isEmpty ? [] : state.itemsUsed(by: user, onlyBought: !request.exclude.contains(.seen))
            if let cap = request.frequencyCap {
                unwanted += state.exposures(of: user, since: Moment(now - Double(cap.hours) * 3_600))
                    .filter { $0.count >= cap.impressions }.map(\.item)
            }
            return (state.taste(of: user, at: moment, after: latest), unwanted)
        }
        // Only now, so that it knows every item that was just read.
        let places = store.places.current(view, writer)
        var taste = known.0
        taste.locate(in: view, places)
        var excluded = ItemSet(end: view.endOrdinal)
        for item in known.1 {
            if let ordinal = places.ordinal(of: item) { excluded.insert(ordinal) }
        }
        for event in inline where !request.exclude.isEmpty {
            guard request.exclude.contains(.seen) || event.type == EventTypes.order else { continue }
            if let ordinal = view.ordinal(of: event.item) { excluded.insert(ordinal) }
        }
        return (taste, excluded, places)
    }

    private func vectors(of taste: Taste, _ field: Int?) throws(IlkError) -> TasteVectors {
        guard let field else { return TasteVectors() }
        guard let given = request.vector else {
            return TasteVectors(taste, view, field: field, spread: store.spread(of: field, in: view))
        }
        try view.check(given.values, field: field)
        var vectors = TasteVectors()
        vectors.longTerm = given.values
        return vectors
    }

    // MARK: The order

    /// The model that puts candidates in order; nil leaves the merged scores.
    private var ranker: (any RankingModel)? { request.usesRanker ? models.ranker : nil }

    private func features(of candidates: [MatchCandidate], _ recall: RecallRequest) -> ItemFeatures {
        ItemFeatures(of: candidates, recall, channels: channels.map(\.channel.name), context: request.context)
    }

    /// Candidates by the probability that they are taken, where a ranker is live.
    private func ranked(_ candidates: [MatchCandidate], _ recall: RecallRequest) -> [MatchCandidate] {
        guard let ranker else { return candidates }
        let features = features(of: candidates, recall)
        let places = features.places(of: ranker.names)
        var candidates = candidates
        for place in candidates.indices {
            candidates[place].score = ranker.probability(of: features.row(place, places).span)
        }
        return CandidateMerge.sorted(candidates)
    }

    private func boosted(_ candidates: [MatchCandidate]) throws(IlkError) -> [MatchCandidate] {
        guard !request.boosts.isEmpty else { return candidates }
        var candidates = candidates
        for boost in request.boosts {
            let matching = try view.matching(boost.filter)
            for place in candidates.indices where matching.contains(candidates[place].ordinal.rawValue) {
                candidates[place].score *= boost.factor
            }
        }
        return CandidateMerge.sorted(candidates)
    }

    /// Pinned items that are there; a pin has its place whatever the filter says.
    private func pinned(_ candidates: [MatchCandidate]) -> [(position: Int, candidate: MatchCandidate)] {
        zip(request.pins, view.ordinals(of: request.pins.map(\.id))).compactMap { pin, ordinal in
            guard let ordinal else { return nil }
            return (pin.position, candidates.first { $0.ordinal == ordinal } ?? MatchCandidate(unranked: ordinal))
        }
    }

    private func items(_ chosen: [Arrangement.Chosen], _ recall: RecallRequest) throws(IlkError) -> MatchedItems {
        let ids = view.ids(of: chosen.map(\.candidate.ordinal))
        let payloads = try view.payloads(of: ids.map { $0 ?? .number(0) }, request.withPayload)
        let reason = Reason(taste: recall.taste, types: writer.state.withLock { $0.settings.types }, now: moment)
        let features = request.log || request.explain ? features(of: chosen.map(\.candidate), recall) : nil
        var items: [MatchedItem] = []
        var shown: [ShownAnswer.Item] = []
        for (place, pick) in chosen.enumerated() {
            // It was deleted or replaced while it was chosen.
            guard let id = ids[place] else { continue }
            let candidate = pick.candidate
            var item = MatchedItem(
                id: id, score: candidate.score,
                channels: candidate.mentions.map { (channels[$0.channel].channel.name, $0.rank) },
                reason: pick.isPinned
                    ? "pinned" : reason.text(candidate.evidence, channel: channels[candidate.loudest].channel.name),
                payload: payloads[place], isPinned: pick.isPinned,
                propensity: request.explore > 0 && !pick.isPinned ? pick.propensity : nil,
                isExplored: pick.isExplored)
            if let features, request.explain { item.ranking = features.explanation(of: place, ranker) }
            items.append(item)
            guard let features, request.log else { continue }
            shown.append(
                ShownAnswer.Item(
                    id: id, propensity: Float(pick.propensity), isExplored: pick.isExplored, isPinned: pick.isPinned,
                    features: features.row(place)))
        }
        var answer = MatchedItems(items: items)
        if let user = request.user, let features, !shown.isEmpty {
            let context = JSONObject(request.context.map { ($0.name, $0.value) })
            answer.shown = ShownAnswer(
                user: user, at: moment, names: features.names, items: shown,
                context: request.context.isEmpty ? nil : JSONText(.object(context)))
        }
        return answer
    }

    // MARK: Explaining

    private func explanation(
        _ recall: RecallRequest, _ brought: [Int], _ times: [Int64], _ candidates: Int, phases: [(String, Duration)]
    ) -> JSONValue {
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        var byChannel = JSONObject()
        for (place, (channel, quota)) in channels.enumerated() {
            byChannel[channel.name] = .object(
                JSONObject([
                    ("quota", number(quota)), ("brought", number(brought[place])), ("took_us", .int(times[place])),
                ]))
        }
        return .object(
            JSONObject([
                ("channels", .object(byChannel)), ("candidates", number(candidates)),
                ("matching", recall.matching.map { number($0.count) } ?? .null),
                ("excluded", number(recall.excluded.count)),
                ("interests", .array(recall.vectors.interests.map { recall.taste.json(of: $0) })),
                ("took_us", .object(JSONObject(phases.map { ($0.0, .int($0.1.microseconds)) }))),
            ]))
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
