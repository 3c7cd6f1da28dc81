import IlkProtocol

/// What a filter's tree means on one payload, written down as plainly as can be: the model that indexes are held to.
struct NaiveFilter {
    let kinds: [String: PayloadField.Kind]

    init(_ fields: [PayloadField]) {
        kinds = Dictionary(fields.map { ($0.path, $0.kind) }) { first, _ in first }
    }

    func passes(_ tree: JSONValue, _ payload: JSONValue) -> Bool {
        guard case .object(let node) = tree else { return false }
        if case .array(let parts)? = node["and"] { return parts.allSatisfy { passes($0, payload) } }
        if case .array(let parts)? = node["or"] { return parts.contains { passes($0, payload) } }
        if let part = node["not"] { return !passes(part, payload) }
        guard case .string(let path)? = node["field"], case .string(let op)? = node["op"] else { return false }
        let values = Self.values(payload, path[...])
        let real = values.filter { $0 != .null }
        func any(_ holds: (Scalar) -> Bool) -> Bool { real.contains { scalar($0, path).map(holds) ?? false } }
        func key(_ name: String) -> Scalar? { node[name].flatMap { scalar($0, path) } }
        func ordered(_ holds: (NaiveNumber) -> Bool) -> Bool {
            let bound = node["value"] ?? node["low"]
            let isInstant = if case .string? = bound { true } else { false }
            return real.contains { value in
                let instant = Self.instant(value).map { NaiveNumber($0) }
                guard let number = isInstant ? instant : Self.number(value) else { return false }
                return holds(number)
            }
        }
        func bound(_ name: String) -> NaiveNumber {
            node[name].flatMap { Self.instant($0).map { NaiveNumber($0) } ?? Self.number($0) }
                ?? NaiveNumber(0 as Int64)
        }
        switch op {
        case "exists": return !real.isEmpty
        case "is_empty": return real.allSatisfy { $0 == .string("") }
        case "=": return node["value"] == .null ? real.isEmpty : any { $0 == key("value") }
        case "!=": return node["value"] == .null ? !real.isEmpty : !any { $0 == key("value") }
        case "<": return ordered { $0 < bound("value") }
        case "<=": return ordered { $0 <= bound("value") }
        case ">": return ordered { $0 > bound("value") }
        case ">=": return ordered { $0 >= bound("value") }
        case "between": return ordered { bound("low") <= $0 && $0 <= bound("high") }
        default:
            guard case .array(let elements)? = node["values"] else { return false }
            let wanted = elements.compactMap { scalar($0, path) }
            return any { wanted.contains($0) } == (op == "in")
        }
    }

    enum Scalar: Equatable {
        case string(String)
        case number(NaiveNumber)
        case bool(Bool)
    }

    /// A value as a field compares it; a date-time only where the field is declared one.
    private func scalar(_ value: JSONValue, _ path: String) -> Scalar? {
        switch value {
        case .string(let text):
            kinds[path] == .datetime ? Self.instant(value).map { .number(NaiveNumber($0)) } : .string(text)
        case .bool(let bool): .bool(bool)
        default: Self.number(value).map { .number($0) }
        }
    }

    private static func instant(_ value: JSONValue) -> Int64? {
        guard case .string(let text) = value else { return nil }
        return Generator.instants.first { $0.text == text }?.microseconds
    }

    private static func number(_ value: JSONValue) -> NaiveNumber? {
        switch value {
        case .int(let int): NaiveNumber(int)
        case .uint(let uint): NaiveNumber(uint)
        case .double(let double): NaiveNumber(double)
        default: nil
        }
    }

    static func values(_ value: JSONValue, _ path: Substring?) -> [JSONValue] {
        if case .array(let elements) = value { return elements.flatMap { values($0, path) } }
        guard let path else { return [value] }
        guard case .object(let object) = value else { return [] }
        if let whole = object[String(path)] { return values(whole, nil) }
        guard let dot = path.firstIndex(of: "."), let inner = object[String(path[..<dot])] else { return [] }
        return values(inner, path[path.index(after: dot)...])
    }
}

/// A multiple of a quarter, in quarters: integers of 64 bits and the doubles of ``Generator``, exactly.
struct NaiveNumber: Comparable {
    private let quarters: Int128
    init(_ int: Int64) { quarters = Int128(int) * 4 }
    init(_ uint: UInt64) { quarters = Int128(uint) * 4 }
    init(_ double: Double) { quarters = Int128(double * 4) }
    static func < (a: Self, b: Self) -> Bool { a.quarters < b.quarters }
}
