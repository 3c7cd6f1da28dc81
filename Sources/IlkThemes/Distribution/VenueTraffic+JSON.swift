import IlkProtocol

// How traffic is kept: of kind `traffic` a row a venue, by the theme's number, and one row `curve`.
extension VenueTraffic {
    /// The venue as it is kept.
    var kept: JSONObject {
        var json = rulesJSON
        json["shown"] = .int(Int64(shown))
        json["exposures"] = .int(Int64(exposures))
        json["clicks"] = .int(Int64(clicks))
        json["orders"] = .int(Int64(orders))
        json["seen"] = seen.json
        json["hour"] = .array(
            hour.current.map { .array([.int(Int64($0.minute)), .int(Int64($0.count))]) })
        json["pace"] = .array([
            .int(Int64(pace.period)), .int(Int64(pace.shown)), .double(pace.factor), .int(Int64(pace.tick)),
        ])
        return json
    }

    /// Its rules, as `theme.traffic` shows them; what is not set is left out.
    var rulesJSON: JSONObject {
        var json = JSONObject([("opened_at", .double(openedAt))])
        json["guarantee"] = guarantee.map { .object($0.json) }
        json["cap_per_hour"] = cap.map { .int(Int64($0)) }
        json["target"] = target.map { .object($0.json) }
        return json
    }

    /// Reads back what ``kept`` wrote; nil where it is something else.
    init?(kept json: JSONObject) {
        guard let openedAt = json["opened_at"]?.asDouble, let shown = json["shown"]?.asInt,
            let exposures = json["exposures"]?.asInt, let clicks = json["clicks"]?.asInt,
            let orders = json["orders"]?.asInt, let seen = json["seen"].flatMap({ FadingCounts(kept: $0) }),
            case .array(let minutes)? = json["hour"], case .array(let pace)? = json["pace"], pace.count == 4,
            let period = pace[0].asInt, let inPeriod = pace[1].asInt, let factor = pace[2].asDouble,
            let tick = pace[3].asInt
        else { return nil }
        let hour = minutes.compactMap { pair -> (minute: Int, count: Int)? in
            guard case .array(let pair) = pair, pair.count == 2, let minute = pair[0].asInt, let count = pair[1].asInt
            else { return nil }
            return (minute, count)
        }
        self.init(
            rules: WireVenue(
                theme: "", guarantee: ExposureGoal(kept: json["guarantee"]), capPerHour: json["cap_per_hour"]?.asInt,
                target: ExposureGoal(kept: json["target"])),
            openedAt: openedAt, shown: shown, exposures: exposures, clicks: clicks, orders: orders, seen: seen,
            hour: HourWindow(minutes: hour),
            pace: TargetPace(period: period, shown: inPeriod, factor: factor, tick: tick))
    }
}

extension InterestCurve {
    var kept: JSONObject { JSONObject([("counts", .array(counts.map(\.json)))]) }

    init?(kept json: JSONObject) {
        guard case .array(let values)? = json["counts"] else { return nil }
        self.init(counts: values.compactMap { FadingCounts(kept: $0) })
    }
}

extension FadingCounts {
    fileprivate var json: JSONValue { .array([.double(exposures), .double(clicks), .double(at)]) }

    fileprivate init?(kept value: JSONValue) {
        guard case .array(let values) = value, values.count == 3, let exposures = values[0].asDouble,
            let clicks = values[1].asDouble, let at = values[2].asDouble
        else { return nil }
        self.init(exposures: exposures, clicks: clicks, at: at)
    }
}

extension ExposureGoal {
    fileprivate var json: JSONObject {
        JSONObject([("exposures", .int(Int64(exposures))), ("hours", .double(hours))])
    }

    fileprivate init?(kept value: JSONValue?) {
        guard case .object(let json)? = value, let exposures = json["exposures"]?.asInt,
            let hours = json["hours"]?.asDouble
        else { return nil }
        self.init(exposures: exposures, hours: hours)
    }
}

extension JSONValue {
    fileprivate var asInt: Int? { if case .int(let number) = self { Int(number) } else { nil } }

    fileprivate var asDouble: Double? {
        switch self {
        case .double(let number): number
        case .int(let number): Double(number)
        default: nil
        }
    }
}
