import IlkProtocol

/// How filters are written, with examples of a collection's own fields.
struct FilterGuide {
    /// The language in a few words, as every filter parameter has it.
    static let syntax = """
        Only what passes this: comparisons = != < <= > >=, in (…), not in (…), between A and B, exists, is_empty, joined by \
        and, or, not and parentheses. Strings stand in single quotes: price < 30 and (brand in ('Acme', 'Loco') or not \
        sold_out). A dotted name reaches into objects. Names and values are exact; describe_collection tells them.
        """
    /// Fields that are described, and values of each.
    static let maximumFields = 40, maximumValues = 8

    private var terms: [String] = []

    /// Learns a field with its most frequent values.
    mutating func add(_ field: String, _ kind: PayloadField.Kind, _ values: [JSONValue]) {
        let name = Self.name(field)
        let literals = values.compactMap(Self.literal)
        switch kind {
        case .keyword:
            guard let first = literals.first else { return terms.append("\(name) exists") }
            terms.append("\(name) = \(first)")
            if literals.count > 1 { terms.append("\(name) in (\(literals.prefix(3).joined(separator: ", ")))") }
        case .int, .float:
            let numbers = values.compactMap(\.number).sorted()
            guard let low = numbers.first, let high = numbers.last else { return terms.append("\(name) exists") }
            terms.append("\(name) <= \(Format.short(high))")
            if low < high { terms.append("\(name) between \(Format.short(low)) and \(Format.short(high))") }
        case .bool:
            terms.append(name)
            terms.append("not \(name)")
        case .datetime: terms.append("\(name) >= \(literals.first ?? "'2026-01-01T00:00:00Z'")")
        }
    }

    var json: JSONObject {
        var examples = terms
        // One of the first field and one of another, to show how they are joined.
        if let first = terms.first, let other = terms.dropFirst(2).first ?? terms.dropFirst().first {
            examples.append("\(first) and \(other)")
            examples.append("not (\(first) or \(other))")
        }
        var members: [(String, JSONValue)] = [
            ("syntax", .string(Self.syntax)), ("examples", .array(examples.prefix(24).map { .string($0) })),
        ]
        if terms.isEmpty {
            members.append(
                ("note", .string("This collection declares no fields; filters may name any field of the payload.")))
        }
        return JSONObject(members)
    }

    private static let keywords: Set<String> = [
        "and", "or", "not", "in", "between", "exists", "is_empty", "true", "false", "null",
    ]

    /// A field's name as a filter has it: in backquotes where it is no plain one.
    static func name(_ field: String) -> String {
        let isPlain = field.unicodeScalars.enumerated().allSatisfy { place, scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "_": true
            case "0"..."9", ".": place > 0
            default: false
            }
        }
        guard !isPlain || keywords.contains(field.lowercased()) else { return field }
        return "`\(field.replacing("`", with: "``"))`"
    }

    /// A value as a filter has it; nil where it is too long to be an example.
    static func literal(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text):
            guard text.unicodeScalars.count <= 60 else { return nil }
            return "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "''"))'"
        case .int, .uint, .double, .bool: return value.text
        default: return nil
        }
    }
}
