extension ThemeDistribute {
    static let fields = ["collection", "user", "themes", "k", "reserve", "seed", "using"]

    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), user: try parameters.optionalID("user"),
            themes: parameters["themes"] == nil ? nil : try parameters.themeIDs("themes"),
            k: try parameters.int("k", in: 1...100) ?? 3,
            reserve: parameters["reserve"] == nil ? true : try parameters.bool("reserve"),
            seed: try parameters.int("seed", in: 0...Int.max).map { UInt64($0) },
            using: try parameters.optionalName("using"))
    }
}

extension ThemeTraffic {
    init(_ parameters: Parameters) throws(IlkError) {
        var venues: [WireVenue] = []
        var ids: Set<String> = []
        if parameters["venues"] != nil {
            try parameters.forEachObject("venues", atMost: ThemeUpsert.maximumThemes, known: WireVenue.fields) {
                (each) throws(IlkError) in
                let venue = try WireVenue(each)
                guard ids.insert(venue.theme).inserted else {
                    throw IlkError(
                        .invalidRequest,
                        "\(each.place("theme")) is \(venue.theme.quoted) again; send the rules of each venue once")
                }
                venues.append(venue)
            }
        }
        self.init(
            collection: try parameters.name("collection"), venues: venues,
            themes: parameters["themes"] == nil ? nil : try parameters.themeIDs("themes"))
    }
}

extension WireVenue {
    static let fields = ["theme", "opened_at", "guarantee", "cap_per_hour", "target"]

    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            theme: try WireTheme.checked(id: try parameters.string("theme"), parameters.place("theme")),
            openedAt: try parameters.moment("opened_at"), guarantee: try parameters.goal("guarantee"),
            capPerHour: try parameters.int("cap_per_hour", in: 1...1_000_000_000),
            target: try parameters.goal("target"))
    }
}

extension ThemeFeedback {
    /// Events that one request may have.
    static let maximumEvents = 100_000

    init(_ parameters: Parameters) throws(IlkError) {
        var events: [ThemeEvent] = []
        _ = try parameters.require("events")
        try parameters.forEachObject(
            "events", atMost: Self.maximumEvents, known: ["key", "theme", "user", "type", "at"]
        ) {
            (each) throws(IlkError) in
            events.append(
                ThemeEvent(
                    key: try each.eventKey(),
                    theme: try WireTheme.checked(id: try each.string("theme"), each.place("theme")),
                    user: try each.optionalID("user"), kind: try each.word("type"), at: try each.moment()))
        }
        self.init(collection: try parameters.name("collection"), events: events)
    }
}

extension Parameters {
    /// Reads an array of objects, one by one: at least one, and not too many.
    fileprivate func forEachObject(
        _ name: String, atMost limit: Int, known: [String], _ body: (Parameters) throws(IlkError) -> Void
    ) throws(IlkError) {
        let element = try require(name)
        let place = place(name)
        guard element.isArray else { throw Self.mismatch(element, place, "an array of objects") }
        guard element.count > 0 else { throw IlkError(.invalidRequest, "\(place) is empty; send at least one") }
        guard element.count <= limit else {
            throw IlkError(.tooLarge, "\(place) has \(element.count) entries; send at most \(limit) at once")
        }
        try element.forEachElement { (index, element) throws(IlkError) in
            try body(try Parameters(element, at: name, index: index, known: known))
        }
    }

    fileprivate func goal(_ name: String) throws(IlkError) -> ExposureGoal? {
        guard let element = self[name] else { return nil }
        let each = try Parameters(element, at: place(name), known: ["exposures", "hours"])
        guard let exposures = try each.int("exposures", in: 1...1_000_000_000) else {
            throw IlkError(.invalidRequest, "\(each.path) lacks 'exposures': how many shall there be?")
        }
        guard let hours = try each.finite("hours") else {
            throw IlkError(.invalidRequest, "\(each.path) lacks 'hours': within which time?")
        }
        guard hours > 0, hours <= 87_600 else {
            throw IlkError(.invalidRequest, "\(each.place("hours")) is \(hours); choose over 0 to 87600")
        }
        return ExposureGoal(exposures: exposures, hours: hours)
    }
}
