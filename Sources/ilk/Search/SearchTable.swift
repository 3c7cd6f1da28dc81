import IlkProtocol

/// The hits of a search as a person reads them.
struct SearchTable {
    let hits: [JSONValue]
    let withVectors: Bool
    /// Whether the matching texts are shown instead of the payload.
    let highlight: Bool

    func show() {
        guard !hits.isEmpty else { return }
        let hasDistances = hits.contains { $0["distance"] != nil }
        let legs = ["dense", "lexical"].filter { leg in hits.contains { $0["scores"]?[leg] != nil } }
        let hasPayloads = !highlight && hits.contains { !($0["payload"]?.members.isEmpty ?? true) }
        var columns: [Table.Column] = [.number("#"), .text("id")]
        if hasDistances { columns.append(.number("distance")) }
        columns.append(.number("score"))
        columns += legs.map { .number($0) }
        if hasPayloads { columns.append(.text("payload")) }
        if withVectors { columns.append(.text("vector")) }
        var table = Table(columns)
        for (place, hit) in hits.enumerated() {
            var cells = [String(place + 1), hit["id"]?.text ?? ""]
            if hasDistances { cells.append(hit["distance"]?.number.map(Format.measured) ?? "") }
            cells.append(Format.measured(hit["score"]?.number ?? .nan))
            cells += legs.map { hit["scores"]?[$0]?.number.map(Format.measured) ?? "" }
            if hasPayloads { cells.append(hit["payload"]?.text ?? "") }
            if withVectors { cells.append(hit["vector"]?.text ?? "") }
            table.add(cells)
        }
        guard highlight else { return table.show() }
        let lines = table.lines(width: Output.width)
        Output.line(lines[0])
        for (line, hit) in zip(lines.dropFirst(), hits) {
            Output.line(line)
            for text in Highlights.lines(of: hit) { Output.line("   " + text) }
        }
    }
}

/// Texts of a hit with the words marked that were found in them.
enum Highlights {
    /// What stands before and after a word: on a terminal bold, elsewhere guillemets.
    private static let begin = Output.isTerminal ? "\u{1B}[1m" : "«"
    private static let end = Output.isTerminal ? "\u{1B}[0m" : "»"
    /// Characters shown of a text, about, and of them before the first mark.
    private static let window = 160, lead = 40

    /// One line a field in which something was found; the payload where nothing was, as in a hit by meaning alone.
    static func lines(of hit: JSONValue) -> [String] {
        let fields = hit["highlights"]?.members ?? []
        guard !fields.isEmpty else {
            let payload = hit["payload"]?.text.printable ?? ""
            return payload.isEmpty ? [] : [payload.cut(to: window)]
        }
        return fields.map { field in
            let ranges = field.value.elements.compactMap { pair -> Range<Int>? in
                guard let first = pair.elements.first?.integer, let last = pair.elements.last?.integer, first < last,
                    first >= 0
                else { return nil }
                return first..<last
            }
            return "\(field.key.printable): " + marked(text(at: field.key, of: hit["payload"]), ranges)
        }
    }

    /// A piece of a text around its first mark; ranges count Unicode scalars.
    static func marked(_ text: String, _ ranges: [Range<Int>]) -> String {
        let scalars = Array(text.unicodeScalars)
        let ranges = merged(ranges.filter { $0.upperBound <= scalars.count })
        let start = max(0, (ranges.first?.lowerBound ?? 0) - lead)
        let stop = min(scalars.count, start + window)
        func piece(_ range: Range<Int>) -> String {
            let shown = scalars[range.clamped(to: start..<stop)].map { $0.properties.isWhitespace ? " " : $0 }
            return String(String.UnicodeScalarView(shown)).printable
        }
        var line = start > 0 ? "…" : ""
        var place = start
        for range in ranges where range.lowerBound >= place && range.lowerBound < stop {
            line += piece(place..<range.lowerBound) + begin + piece(range) + end
            place = range.upperBound
        }
        if place < stop { line += piece(place..<stop) }
        return stop < scalars.count ? line + "…" : line
    }

    /// Ranges in order, those as one that overlap.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, range in
            if let last = merged.last, range.lowerBound < last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
    }

    /// The text at a dotted path, put together as the daemon does for its index: values parted by commas, members of an
    /// object as `key: value`.
    private static func text(at path: String, of payload: JSONValue?) -> String {
        let value = path.split(separator: ".").reduce(payload) { $0?[String($1)] }
        return value.map(words) ?? ""
    }

    private static func words(of value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        case .array(let elements): elements.map(words).filter { !$0.isEmpty }.joined(separator: ", ")
        case .object(let object):
            object.members.compactMap { member in
                let text = words(of: member.value)
                return text.isEmpty ? nil : "\(member.key): \(text)"
            }.joined(separator: ", ")
        case .double(let number): "\(number)"
        default: value.text
        }
    }
}
