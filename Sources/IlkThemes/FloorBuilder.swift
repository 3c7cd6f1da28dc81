import IlkFilter
import IlkProtocol
import IlkVectors

/// Sets products out on floors: groups of what belongs together, the best group first, no product twice.
struct FloorBuilder {
    let rules: FloorRules
    /// Declared fields.
    let fields: [PayloadField]
    /// Best first.
    let candidates: [FloorCandidate]

    /// A group needs so many products for a floor of its own.
    private var smallest: Int { rules.smallest ?? max(1, rules.size / 4) }

    /// The fields whose values candidates must bring.
    ///
    /// - Throws: `not_found` with the nearest field, where `by` or `max_per` name none.
    static func paths(for rules: FloorRules, _ fields: [PayloadField]) throws(IlkError) -> [String] {
        var paths = rules.maximumPer.map(\.path)
        switch rules.by {
        case "cluster": paths += fields.filter { $0.kind == .keyword }.map(\.path)
        case "auto", "attribute": paths += fields.filter { $0.kind == .keyword }.map(\.path)
        default: paths.append(rules.by)
        }
        let known = fields.map(\.path)
        for path in paths where !known.contains(path) {
            let choices = ["auto", "cluster", "attribute"] + known
            let next = NearestName.hint(for: path, among: choices)
            throw IlkError(
                .notFound,
                "no payload field '\(path)' is declared\(next.isEmpty ? "; floors go by \(choices.joined(separator: ", "))" : next)"
            )
        }
        if let kind = fields.first(where: { $0.path == rules.by })?.kind, kind == .datetime {
            throw IlkError(
                .invalidRequest,
                "floors by '\(rules.by)', a datetime, are not cut; choose a keyword, a number, 'cluster' or 'auto'")
        }
        return Array(Set(paths)).sorted()
    }

    /// The floors, in order, and what they go by.
    func floors() -> (by: String, floors: [Floor]) {
        guard !candidates.isEmpty else { return (rules.by, []) }
        switch rules.by {
        case "cluster": return ("cluster", filled(clusters()))
        case "auto", "attribute":
            if let path = bestField() { return (path, filled(groups(by: path))) }
            return ("cluster", filled(clusters()))
        default:
            let kind = fields.first { $0.path == rules.by }?.kind
            return (rules.by, filled(kind == .int || kind == .float ? bands(of: rules.by) : groups(by: rules.by)))
        }
    }

    // MARK: Groups

    /// Products by what they have in a field; one with several values goes where most others are.
    func groups(by path: String) -> [FloorGroup] {
        var counts: [FilterValue: Int] = [:]
        for candidate in candidates {
            for value in Set(candidate.values[path] ?? []) { counts[value, default: 0] += 1 }
        }
        var members: [FilterValue: [Int]] = [:]
        var rest: [Int] = []
        for (place, candidate) in candidates.enumerated() {
            let own = (candidate.values[path] ?? []).max { (counts[$0] ?? 0, $1) < (counts[$1] ?? 0, $0) }
            if let own { members[own, default: []].append(place) } else { rest.append(place) }
        }
        var groups = members.map { value, places in
            FloorGroup(
                title: plain(value), by: JSONObject([(path, value.json)]), value: value.json, members: places)
        }
        groups.sort { ($0.members.first ?? 0) < ($1.members.first ?? 0) }
        if !rest.isEmpty {
            groups.append(
                FloorGroup(title: "Other", by: JSONObject([(path, .null)]), value: .null, members: rest))
        }
        return groups
    }

    /// Products by the band that their number is in.
    private func bands(of path: String) -> [FloorGroup] {
        func number(_ candidate: FloorCandidate) -> Double? {
            guard case .number(let number)? = candidate.values[path]?.first else { return nil }
            return number.double
        }
        let known = candidates.compactMap(number).sorted()
        // Thirds, where nobody said where to cut.
        let thirds = known.isEmpty ? [] : [known[known.count / 3], known[known.count * 2 / 3]]
        let edges = rules.bands.isEmpty ? Array(Set(thirds)).sorted() : rules.bands
        var members: [Int: [Int]] = [:]
        var rest: [Int] = []
        for (place, candidate) in candidates.enumerated() {
            guard let number = number(candidate) else {
                rest.append(place)
                continue
            }
            members[edges.count { $0 <= number }, default: []].append(place)
        }
        var groups = members.sorted { $0.key < $1.key }.map { band, places in
            let least = band > 0 ? edges[band - 1] : nil
            let below = band < edges.count ? edges[band] : nil
            var range = JSONObject()
            if let least { range["min"] = json(least) }
            if let below { range["below"] = json(below) }
            let title =
                switch (least, below) {
                case (nil, let below?): "\(path) under \(plain(below))"
                case (let least?, nil): "\(path) from \(plain(least))"
                case (let least?, let below?): "\(path) \(plain(least)) to \(plain(below))"
                case (nil, nil): path
                }
            return FloorGroup(
                title: title, by: JSONObject([(path, .object(range))]), value: .object(range), members: places)
        }
        if !rest.isEmpty {
            groups.append(FloorGroup(title: "Other", by: JSONObject([(path, .null)]), value: .null, members: rest))
        }
        return groups
    }

    // MARK: Floors of groups

    /// Fills floors: the best groups get their own, what is too small or too many is merged into a last one.
    private func filled(_ groups: [FloorGroup]) -> [Floor] {
        let isOrdered = fields.first { $0.path == rules.by }.map { $0.kind == .int || $0.kind == .float } ?? false
        var floors: [(group: FloorGroup, products: [Int])] = []
        var leftovers: [FloorGroup] = []
        for group in groups {
            let products = admitted(group.members)
            if products.count >= smallest, group.value != .null {
                floors.append((group, products))
            } else {
                leftovers.append(group)
            }
        }
        // Bands stay in the order of their numbers; other groups come by how well their first products fit.
        if !isOrdered { floors.sort { (worth($0.products), $1.group.title) > (worth($1.products), $0.group.title) } }
        let room = leftovers.isEmpty && floors.count <= rules.floors ? rules.floors : max(1, rules.floors - 1)
        leftovers = floors.dropFirst(room).map(\.group) + leftovers
        var result = floors.prefix(room).map { Floor(title: $0.group.title, by: $0.group.by, products: $0.products) }
        let merged = admitted(leftovers.flatMap(\.members).sorted())
        if !merged.isEmpty, result.count < rules.floors || result.isEmpty {
            let places = Set(merged)
            let shown = leftovers.filter { $0.members.contains { places.contains($0) } }
            let names = shown.filter { $0.value != .null }.map(\.title)
            let title = names.isEmpty ? "More" : "More: " + names.prefix(3).joined(separator: ", ")
            result.append(
                Floor(
                    title: shown.count == 1 && !names.isEmpty ? names[0] : title + (names.count > 3 ? ", …" : ""),
                    by: shown.count == 1 ? shown[0].by : JSONObject([("other", .array(shown.map(\.value)))]),
                    products: merged))
        }
        return result
    }

    /// The first products of a group that the limits admit, as many as a floor takes.
    private func admitted(_ members: [Int]) -> [Int] {
        var counts: [String: [FilterValue: Int]] = [:]
        var products: [Int] = []
        for place in members {
            guard products.count < rules.size else { break }
            let values = rules.maximumPer.map { (limit: $0, values: Set(candidates[place].values[$0.path] ?? [])) }
            let isFull = values.contains { limit, values in
                values.contains { (counts[limit.path]?[$0] ?? 0) >= limit.count }
            }
            guard !isFull else { continue }
            for (limit, values) in values {
                for value in values { counts[limit.path, default: [:]][value, default: 0] += 1 }
            }
            products.append(place)
        }
        return products
    }

    /// How well a floor's first products fit the theme.
    private func worth(_ products: [Int]) -> Double {
        let best = products.prefix(4)
        return best.reduce(0) { $0 + candidates[$1].score } / Double(max(best.count, 1))
    }

    func plain(_ value: FilterValue) -> String { if case .string(let text) = value { text } else { "\(value)" } }

    private func json(_ number: Double) -> JSONValue {
        FilterNumber(number).map { FilterValue.number($0).json } ?? .null
    }

    private func plain(_ number: Double) -> String { FilterNumber(number).map { "\($0)" } ?? "\(number)" }
}
