extension MatchItems {
    /// The fields of `match.items`.
    static let fields = [
        "collection", "user", "vector", "events", "k", "channels", "weights", "merge", "using", "filter", "exclude",
        "max_per", "mmr", "scatter", "frequency_cap", "boosts", "pins", "explore", "seed", "query", "custom",
        "context", "experiment", "ranker", "log", "with_payload", "explain",
    ]

    init(_ parameters: Parameters) throws(IlkError) {
        let vector = try parameters["vector"].map { element throws(IlkError) in
            try Parameters.vector(element, parameters.place("vector"))
        }
        let k = try parameters.int("k", in: 1...1_000) ?? 20
        self.init(
            collection: try parameters.name("collection"), user: try parameters.optionalID("user"), vector: vector,
            events: parameters["events"] == nil ? [] : try parameters.inlineEvents(), k: k,
            channels: try parameters.channels(), weights: try parameters.channelWeights(),
            merge: try parameters.optionalWord("merge") ?? .scores, using: try parameters.optionalName("using"),
            filter: try parameters.filter(), exclude: try parameters.exclusions(), maxPer: try parameters.maxPer(),
            mmr: try parameters.share("mmr"), scatter: try parameters.scatter(),
            frequencyCap: try parameters.frequencyCap(), boosts: try parameters.boosts(),
            pins: try parameters.pins(k: k), explore: try parameters.share("explore") ?? 0,
            seed: try parameters.int("seed", in: 0...Int.max).map { UInt64($0) }, query: try parameters.text("query"),
            custom: parameters["custom"] == nil ? [] : try parameters.ids("custom"),
            context: try parameters.circumstances(), experiment: try parameters.experiment(),
            usesRanker: parameters["ranker"] == nil ? true : try parameters.bool("ranker"),
            log: try parameters.bool("log"), withPayload: try parameters.payloadSelection(default: .all),
            explain: try parameters.bool("explain"))
        guard user != nil || vector != nil || !events.isEmpty || query != nil || !custom.isEmpty || channels != nil
        else {
            throw IlkError(
                .invalidRequest, "\(parameters.path) lacks 'user' (or 'vector', or 'events'): whom are the items for?")
        }
        guard experiment == nil || user != nil else {
            throw IlkError(
                .invalidRequest,
                "\(parameters.path) has 'experiment' without 'user'; people are shared out by their ids")
        }
        guard log else { return }
        guard user != nil else {
            throw IlkError(
                .invalidRequest, "\(parameters.path) has 'log' without 'user'; what is logged was shown to somebody")
        }
        guard k <= Self.loggedItems else {
            throw IlkError(
                .invalidRequest,
                "\(parameters.place("k")) is \(k); with 'log' choose 1 to \(Self.loggedItems), for nobody looks at more"
            )
        }
    }
}

extension Parameters {
    fileprivate func inlineEvents() throws(IlkError) -> [WireEvent] {
        let element = try require("events")
        let place = place("events")
        guard element.isArray else { throw Self.mismatch(element, place, "an array of events") }
        guard element.count <= 1_000 else {
            throw IlkError(.tooLarge, "\(place) has \(element.count) events; send at most 1000, or append them")
        }
        // A person's own: so it need not be said whose.
        var events: [WireEvent] = []
        try element.forEachElement { (index, element) throws(IlkError) in
            let each = try Parameters(element, at: place, index: index, known: ["item", "type", "value", "at"])
            events.append(try WireEvent(inline: each))
        }
        return events
    }

    /// The member `context`: up to 16 scalars by name.
    fileprivate func circumstances() throws(IlkError) -> [(name: String, value: JSONValue)] {
        let found = try named("context", "an object of scalars, such as {\"hour\":20,\"device\":\"phone\"}") {
            (element, place) throws(IlkError) in
            switch element.value {
            case .null, .array, .object: throw Self.mismatch(element, place, "a string, a number, true or false")
            case .string(let text) where text.utf8.count > 256:
                throw IlkError(.tooLarge, "\(place) has \(text.utf8.count) bytes; 256 at most")
            case let value: return value
            }
        }
        guard let found else { return [] }
        guard found.count <= 16 else {
            throw IlkError(.tooLarge, "\(place("context")) has \(found.count) members; 16 at most")
        }
        for (name, _) in found { _ = try Self.checkedPath(name, "a name in \(place("context"))") }
        return found.map { (name: $0.0, value: $0.1) }
    }

    /// Counts or weights by name, in the order in which they stand.
    private func named<Value>(
        _ name: String, _ what: String, _ read: (JSONElement, String) throws(IlkError) -> Value
    ) throws(IlkError) -> [(String, Value)]? {
        guard let element = self[name] else { return nil }
        guard element.isObject else { throw Self.mismatch(element, place(name), what) }
        var values: [(String, Value)] = []
        try element.forEachMember { (key, value) throws(IlkError) in
            guard !values.contains(where: { $0.0 == key }) else {
                throw IlkError(.invalidRequest, "\(key.quoted) stands twice in \(place(name)); send it once")
            }
            guard values.count < 64 else { throw IlkError(.tooLarge, "\(place(name)) has over 64 members") }
            values.append((key, try read(value, "\(place(name)).\(key.quoted.dropFirst().dropLast())")))
        }
        return values
    }

    private static func count(
        _ element: JSONElement, _ place: String, in range: ClosedRange<Int>
    ) throws(IlkError) -> Int {
        guard let number = element.int else {
            throw mismatch(element, place, "an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        guard range.contains(Int(number)) else {
            throw IlkError(
                .invalidRequest, "\(place) is \(number); choose \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(number)
    }

    fileprivate func channels() throws(IlkError) -> [(name: String, quota: Int)]? {
        let channels = try named("channels", "an object of quotas by channel, such as {\"content\":200}") {
            (element, place) throws(IlkError) in try Self.count(element, place, in: 1...10_000)
        }
        guard let channels else { return nil }
        guard !channels.isEmpty else {
            throw IlkError(.invalidRequest, "\(place("channels")) is empty; name one, or leave it out for ilk's choice")
        }
        return channels.map { (name: $0.0, quota: $0.1) }
    }

    fileprivate func channelWeights() throws(IlkError) -> [(name: String, weight: Float)] {
        let weights = try named("weights", "an object of weights by channel") { (element, place) throws(IlkError) in
            try Self.weight(element, place)
        }
        return (weights ?? []).map { (name: $0.0, weight: $0.1) }
    }

    fileprivate func maxPer() throws(IlkError) -> [(field: String, count: Int)] {
        let limits = try named("max_per", "an object of counts by field, such as {\"brand\":2}") {
            (element, place) throws(IlkError) in try Self.count(element, place, in: 1...1_000)
        }
        return (limits ?? []).map { (field: $0.0, count: $0.1) }
    }

    fileprivate func exclusions() throws(IlkError) -> [MatchItems.Exclusion] {
        guard let element = self["exclude"] else { return [] }
        let place = place("exclude")
        guard element.isArray else { throw Self.mismatch(element, place, "an array of \"seen\" and \"bought\"") }
        guard element.count <= 8 else { throw IlkError(.tooLarge, "\(place) has over 8 entries; name each once") }
        var exclusions: [MatchItems.Exclusion] = []
        try element.forEachElement { (index, element) throws(IlkError) in
            exclusions.append(try Self.word(element, "\(place)[\(index)]"))
        }
        return exclusions
    }

    fileprivate func share(_ name: String) throws(IlkError) -> Float? {
        guard let share = try float(name) else { return nil }
        guard (0...1).contains(share) else {
            throw IlkError(.invalidRequest, "\(place(name)) is \(share); choose 0 to 1")
        }
        return share
    }

    fileprivate func scatter() throws(IlkError) -> MatchItems.Scatter? {
        guard let element = self["scatter"] else { return nil }
        let scatter = try Parameters(element, at: place("scatter"), known: ["field", "window"])
        return MatchItems.Scatter(
            field: try Self.checkedPath(try scatter.string("field"), scatter.place("field")),
            window: try scatter.int("window", in: 2...100) ?? 3)
    }

    fileprivate func frequencyCap() throws(IlkError) -> MatchItems.FrequencyCap? {
        guard let element = self["frequency_cap"] else { return nil }
        let cap = try Parameters(element, at: place("frequency_cap"), known: ["impressions", "hours"])
        guard let impressions = try cap.int("impressions", in: 1...1_000) else {
            throw IlkError(.invalidRequest, "\(cap.path) lacks 'impressions': how often may an item be shown?")
        }
        let hours = try cap.float("hours") ?? 24
        guard hours > 0, hours <= 8_760 else {
            throw IlkError(.invalidRequest, "\(cap.place("hours")) is \(hours); choose over 0 to 8760")
        }
        return MatchItems.FrequencyCap(impressions: impressions, hours: hours)
    }

    /// The entries of an array of objects.
    private func entries<Entry>(
        _ name: String, known: [String], _ read: (Parameters) throws(IlkError) -> Entry
    ) throws(IlkError) -> [Entry] {
        guard let element = self[name] else { return [] }
        let place = place(name)
        guard element.isArray else { throw Self.mismatch(element, place, "an array of objects") }
        guard element.count <= 100 else {
            throw IlkError(.tooLarge, "\(place) has \(element.count) entries; send at most 100")
        }
        var entries: [Entry] = []
        try element.forEachElement { (index, element) throws(IlkError) in
            entries.append(try read(try Parameters(element, at: place, index: index, known: known)))
        }
        return entries
    }

    fileprivate func boosts() throws(IlkError) -> [MatchItems.Boost] {
        try entries("boosts", known: ["filter", "factor"]) { (boost) throws(IlkError) in
            guard let filter = try boost.filter() else {
                throw IlkError(.invalidRequest, "\(boost.path) lacks 'filter': which items are meant?")
            }
            let factor = try Self.weight(try boost.require("factor"), boost.place("factor"))
            return MatchItems.Boost(filter: filter, factor: factor)
        }
    }

    fileprivate func pins(k: Int) throws(IlkError) -> [MatchItems.Pin] {
        var taken: Set<Int> = []
        return try entries("pins", known: ["id", "position"]) { (pin) throws(IlkError) in
            guard let position = try pin.int("position", in: 1...k) else {
                throw IlkError(.invalidRequest, "\(pin.path) lacks 'position': which place, from 1 to \(k)?")
            }
            guard taken.insert(position).inserted else {
                throw IlkError(
                    .invalidRequest, "\(pin.place("position")) is \(position) again; give each its own place")
            }
            return MatchItems.Pin(id: try Self.id(try pin.require("id"), pin.place("id")), position: position)
        }
    }
}

extension WireEvent {
    /// An event of whoever the request is about.
    fileprivate init(inline parameters: Parameters) throws(IlkError) {
        self.init(
            user: .number(0), item: try Parameters.id(parameters.require("item"), parameters.place("item")),
            type: try parameters.name("type"), value: try parameters.finite("value"), at: try parameters.moment())
    }
}

extension MatchUsers {
    /// The fields of `match.users`.
    static let fields = [
        "collection", "item", "items", "users", "theme", "audience", "among", "k", "filter", "exclude", "using",
        "explain",
    ]

    init(_ parameters: Parameters) throws(IlkError) {
        let given = ["item", "items", "users", "theme", "audience"].filter { parameters[$0] != nil }
        guard let kind = given.first else {
            throw IlkError(
                .invalidRequest,
                "\(parameters.path) lacks 'item', 'items', 'users', 'theme' or 'audience': an audience for what?")
        }
        guard given.count == 1 else {
            throw IlkError(
                .invalidRequest, "\(parameters.path) has both '\(given[0])' and '\(given[1])'; send one of them")
        }
        let seeds: Seeds =
            switch kind {
            case "item": .items([try Parameters.id(parameters.require("item"), parameters.place("item"))])
            case "items": .items(try parameters.ids("items"))
            case "theme": .theme(try parameters.string("theme"))
            case "audience": .audience(try parameters.name("audience"))
            default: .users(try parameters.ids("users"))
            }
        self.init(
            collection: try parameters.name("collection"), seeds: seeds,
            k: try parameters.int("k", in: 1...100_000) ?? 100, filter: try parameters.filter(),
            among: try parameters.optionalName("among"), exclude: try parameters.exclusions(),
            using: try parameters.optionalName("using"), explain: try parameters.bool("explain"))
    }
}

extension MatchSimilar {
    /// The fields of `match.similar`.
    static let fields = ["collection", "item", "user", "k", "filter", "using", "with_payload"]

    init(_ parameters: Parameters) throws(IlkError) {
        let seed: Seed
        switch (try parameters.optionalID("item"), try parameters.optionalID("user")) {
        case (.some, .some):
            throw IlkError(.invalidRequest, "\(parameters.path) has both 'item' and 'user'; send one of them")
        case (nil, nil):
            throw IlkError(.invalidRequest, "\(parameters.path) lacks 'item' or 'user': similar to what?")
        case (let item?, nil): seed = .item(item)
        case (nil, let user?): seed = .user(user)
        }
        self.init(
            collection: try parameters.name("collection"), seed: seed, k: try parameters.int("k", in: 1...1_000) ?? 10,
            filter: try parameters.filter(), using: try parameters.optionalName("using"),
            withPayload: try parameters.payloadSelection(default: .all))
    }
}
