import IlkProtocol

extension VenueChoice {
    /// Why the venue is shown, for a person.
    func reason(_ venue: VenueTraffic) -> String {
        var parts: [String] = []
        if let need, let guarantee = venue.guarantee {
            let done = guarantee.exposures - need.missing
            parts.append("\(done) of \(guarantee.exposures) guaranteed exposures, \(Self.time(need.left)) left")
        }
        parts.append(interest)
        if venue.exposures >= VenueTraffic.enough {
            parts.append("\(venue.clicks) clicks in \(venue.exposures) exposures")
        }
        if lift > 1.05 { parts.append("lifted to reach its target") }
        if lift < 0.95 { parts.append("held back to spread its target") }
        return "\(state.rawValue): " + parts.joined(separator: "; ")
    }

    private var interest: String {
        guard let standing else { return "nothing is known of the user's interests" }
        return switch standing {
        case 1.5...: "very near to the user's interests"
        case 0.5...: "near to the user's interests"
        case (-0.5)...: "of middling interest to the user"
        default: "not what the user likes otherwise"
        }
    }

    /// A time in words: days, hours or minutes, rounded up.
    private static func time(_ seconds: Double) -> String {
        let (count, unit) =
            seconds > 48 * 3_600
            ? (seconds / 86_400, "d") : seconds > 5_400 ? (seconds / 3_600, "h") : (seconds / 60, "min")
        return "\(Int(count.rounded(.up))) \(unit)"
    }
}

extension VenueTraffic {
    /// The venue as `theme.traffic` shows it.
    func report(id: String, _ state: VenueState, _ belief: ClickBelief, at now: Double) -> JSONObject {
        var json = JSONObject([("theme", .string(id)), ("state", .string(state.rawValue))])
        for member in rulesJSON.members { json[member.key] = member.value }
        json["exposures"] = .int(Int64(exposures))
        json["clicks"] = .int(Int64(clicks))
        json["orders"] = .int(Int64(orders))
        json["last_hour"] = .int(Int64(hour.count(at: now)))
        json["click_rate"] = .object(
            JSONObject([("mean", .short(belief.mean)), ("deviation", .short(belief.deviation))]))
        if let guarantee {
            let need = need(at: now)
            json["guaranteed"] = .object(
                JSONObject([
                    ("shown", .int(Int64(min(shown, guarantee.exposures)))),
                    ("missing", .int(Int64(max(0, guarantee.exposures - shown)))),
                    ("behind", .int(Int64(max(0, (need?.debt ?? 0).rounded())))),
                    ("hours_left", .short((need?.left ?? 0) / 3_600)),
                ]))
        }
        if target != nil {
            json["paced"] = .object(
                JSONObject([("shown", .int(Int64(pace.shown))), ("factor", .short(pace.factor))]))
        }
        return json
    }
}
