extension EventsAppend {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(collection: try parameters.name("collection"), events: try parameters.events(1...100_000))
    }
}

extension Parameters {
    /// The member `events`: so many of them.
    func events(_ counts: ClosedRange<Int>) throws(IlkError) -> [WireEvent] {
        let element = try require("events")
        let place = place("events")
        guard element.isArray else { throw Self.mismatch(element, place, "an array of events") }
        guard element.count >= counts.lowerBound else {
            throw IlkError(.invalidRequest, "\(place) is empty; send at least one")
        }
        guard element.count <= counts.upperBound else {
            throw IlkError(
                .tooLarge, "\(place) has \(element.count) events; send at most \(counts.upperBound) at once")
        }
        var events: [WireEvent] = []
        events.reserveCapacity(element.count)
        try element.forEachElement { (index, element) throws(IlkError) in
            let each = try Parameters(
                element, at: "events", index: index,
                known: ["key", "user", "item", "type", "value", "at", "context"])
            events.append(try WireEvent(each))
        }
        return events
    }

    /// A user's or an item's id, where it is given.
    func optionalID(_ name: String) throws(IlkError) -> PointID? {
        guard let element = self[name] else { return nil }
        return try Self.id(element, place(name))
    }
}

extension WireEvent {
    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            key: try parameters.eventKey(),
            user: try Parameters.id(parameters.require("user"), parameters.place("user")),
            item: try Parameters.id(parameters.require("item"), parameters.place("item")),
            type: try parameters.name("type"), value: try parameters.finite("value"), at: try parameters.moment(),
            context: try parameters.eventContext())
    }
}

extension Parameters {
    /// The caller's own name for an event.
    func eventKey() throws(IlkError) -> String? {
        guard let key = try optionalString("key") else { return nil }
        guard (1...WireEvent.maximumKey).contains(key.utf8.count), !key.utf8.contains(0) else {
            throw IlkError(
                .invalidRequest,
                "\(place("key")) has \(key.utf8.count) bytes; a key has 1 to \(WireEvent.maximumKey), without NUL")
        }
        return key
    }

    func finite(_ name: String) throws(IlkError) -> Double? {
        guard let element = self[name] else { return nil }
        guard let number = element.double else { throw Self.mismatch(element, place(name), "a number") }
        guard abs(number) <= 1e15 else {
            throw IlkError(.invalidRequest, "\(place(name)) is \(number); send a number up to 1e15")
        }
        return number
    }

    /// Seconds since 1970, before the year 2106.
    func moment(_ name: String = "at") throws(IlkError) -> Double? {
        guard let seconds = try finite(name) else { return nil }
        guard seconds >= 0, seconds < 4_294_967_295 else {
            let remedy = seconds < 0 ? "send a moment after 1970" : "send seconds since 1970, not milliseconds"
            throw IlkError(.invalidRequest, "\(place(name)) is \(element(name)); \(remedy)")
        }
        return seconds
    }

    /// A number as it was written, for a message.
    private func element(_ name: String) -> String {
        self[name].map { String(decoding: $0.text.bytes, as: UTF8.self) } ?? "absent"
    }

    fileprivate func eventContext() throws(IlkError) -> JSONText? {
        guard let element = self["context"] else { return nil }
        guard element.isObject else { throw Self.mismatch(element, place("context"), "an object") }
        let text = element.text
        guard text.bytes.count <= WireEvent.maximumContext else {
            throw IlkError(
                .tooLarge, "\(place("context")) has \(text.bytes.count) bytes; \(WireEvent.maximumContext) at most")
        }
        return text
    }
}

extension EventsScroll {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), user: try parameters.optionalID("user"),
            type: try parameters.optionalName("type"), limit: try parameters.int("limit", in: 1...10_000) ?? 100,
            cursor: try parameters.cursor())
    }
}

extension EventsConfigure {
    init(_ parameters: Parameters) throws(IlkError) {
        var types: [(name: String, type: EventType)] = []
        if let element = parameters["types"] {
            guard element.isObject else {
                throw Parameters.mismatch(element, parameters.place("types"), "an object of types by name")
            }
            try element.forEachMember { (name, value) throws(IlkError) in
                let name = try Parameters.checkedName(name, "a name in \(parameters.place("types"))")
                guard !types.contains(where: { $0.name == name }) else {
                    throw IlkError(.invalidRequest, "type '\(name)' stands twice; send it once")
                }
                let each = try Parameters(
                    value, at: "\(parameters.place("types")).\(name)", known: ["weight", "half_life_days"])
                types.append((name, try EventType(each)))
            }
        }
        self.init(
            collection: try parameters.name("collection"), types: types,
            retentionDays: try parameters.int("retention_days", in: 0...36_500))
    }
}

extension EventsConfigure.EventType {
    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        guard let weight = try parameters.float("weight") else {
            throw IlkError(
                .invalidRequest, "\(parameters.path) lacks 'weight': how much does it say, from -100 to 100?")
        }
        guard abs(weight) <= 100 else {
            throw IlkError(.invalidRequest, "\(parameters.place("weight")) is \(weight); choose -100 to 100")
        }
        let days = try parameters.float("half_life_days") ?? 30
        guard days > 0, days <= 3_650 else {
            throw IlkError(.invalidRequest, "\(parameters.place("half_life_days")) is \(days); choose over 0 to 3650")
        }
        self.init(weight: weight, halfLifeDays: days)
    }
}

extension ProfileRequest {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"),
            user: try Parameters.id(parameters.require("user"), parameters.place("user")),
            withVectors: try parameters.bool("with_vectors"))
    }
}
