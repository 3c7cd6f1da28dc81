package import IlkProtocol

extension FilterExpression {
    /// Reads a filter as a JSON tree.
    ///
    ///     {"and":[{"field":"price","op":"<","value":30},{"not":{"field":"brand","op":"in","values":["a","b"]}}]}
    ///
    /// A node has one of these forms, and no other key:
    ///
    ///     {"and":[node, …]}  {"or":[node, …]}  {"not":node}
    ///     {"field":path,"op":"=" | "!=" | "<" | "<=" | ">" | ">=","value":scalar}
    ///     {"field":path,"op":"in" | "not in","values":[scalar, …]}
    ///     {"field":path,"op":"between","low":scalar,"high":scalar}
    ///     {"field":path,"op":"exists" | "is_empty"}
    ///
    /// - Throws: `invalid_filter` with the place in the tree and what was expected there.
    package static func parse(tree: JSONValue) throws(IlkError) -> FilterExpression {
        var leaves = 0
        return try node(tree, at: TreePlace(), &leaves).normalized
    }

    /// Where in the tree: its text is made for an error only, for a wide tree has many places.
    private struct TreePlace {
        private var steps: [(key: String, index: Int?)] = []
        var depth: Int { steps.count + 1 }

        func inner(_ key: String, _ index: Int? = nil) -> TreePlace {
            var place = self
            place.steps.append((key, index))
            return place
        }

        func error(_ message: String) -> IlkError {
            let path = steps.map { step in ".\(step.key)" + (step.index.map { "[\($0)]" } ?? "") }.joined()
            return IlkError(.invalidFilter, "filter\(path): \(message)")
        }
    }

    private static func node(
        _ value: JSONValue, at place: TreePlace, _ leaves: inout Int
    ) throws(IlkError) -> FilterExpression {
        guard place.depth <= maximumDepth else { throw place.error("nested deeper than \(maximumDepth); flatten it") }
        guard case .object(let object) = value else {
            throw place.error("expected an object such as {\"field\":\"price\",\"op\":\"<\",\"value\":30}")
        }
        for key in ["and", "or"] {
            guard let parts = object[key] else { continue }
            guard object.members.count == 1, case .array(let elements) = parts, !elements.isEmpty else {
                throw place.error("'\(key)' takes an array of at least one filter, and no other key stands beside it")
            }
            var expressions: [FilterExpression] = []
            for (index, element) in elements.enumerated() {
                expressions.append(try node(element, at: place.inner(key, index), &leaves))
            }
            return expressions.count == 1 ? expressions[0] : key == "and" ? .and(expressions) : .or(expressions)
        }
        if let part = object["not"] {
            guard object.members.count == 1 else {
                throw place.error("'not' takes one filter, and no other key stands beside it")
            }
            return .not(try node(part, at: place.inner("not"), &leaves))
        }
        leaves += 1
        guard leaves <= maximumLeaves else { throw place.error("more than \(maximumLeaves) comparisons; use 'in'") }
        return try leaf(object, at: place)
    }

    /// The operators, and the keys that each takes beside `field` and `op`.
    private static let operators: KeyValuePairs = [
        "=": ["value"], "!=": ["value"], "<": ["value"], "<=": ["value"], ">": ["value"], ">=": ["value"],
        "in": ["values"], "not in": ["values"], "between": ["low", "high"], "exists": [], "is_empty": [],
    ]
    private static let keys = ["field", "op", "value", "values", "low", "high", "and", "or", "not"]

    private static func leaf(_ object: JSONObject, at place: TreePlace) throws(IlkError) -> FilterExpression {
        if let stranger = object.members.first(where: { !keys.contains($0.key) })?.key {
            throw place.error("unknown key '\(stranger.shortened)'\(NearestName.hint(for: stranger, among: keys))")
        }
        guard case .string(let path)? = object["field"], !path.isEmpty else {
            throw place.error("lacks 'field', the name of a field, or one of 'and', 'or', 'not'")
        }
        let names = operators.map(\.key)
        guard case .string(let op)? = object["op"], let takes = operators.first(where: { $0.key == op })?.value else {
            let hint: String
            if case .string(let op)? = object["op"] {
                hint = ["==": "; use '='", "<>": "; use '!='"][op] ?? NearestName.hint(for: op, among: names)
            } else {
                hint = ""
            }
            throw place.error("'op' is one of \(names.map { "'\($0)'" }.joined(separator: " "))\(hint)")
        }
        if let extra = object.members.first(where: { !["field", "op"].contains($0.key) && !takes.contains($0.key) })?
            .key
        {
            let wanted = takes.isEmpty ? "no other key" : takes.map { "'\($0)'" }.joined(separator: " and ")
            throw place.error("'\(op)' takes \(wanted), not '\(extra)'")
        }
        func bound(_ key: String, isIncluded: Bool) throws(IlkError) -> Bound {
            switch object[key].flatMap({ FilterValue($0) }) {
            case nil, .bool: throw place.error("'\(op)' takes '\(key)', a number or a string that is a date-time")
            case let value?: return Bound(value: value, isIncluded: isIncluded)
            }
        }
        switch op {
        case "exists": return .exists(path: path)
        case "is_empty": return .isEmpty(path: path)
        case "<", "<=": return .range(path: path, lower: nil, upper: try bound("value", isIncluded: op == "<="))
        case ">", ">=": return .range(path: path, lower: try bound("value", isIncluded: op == ">="), upper: nil)
        case "between":
            return .range(
                path: path, lower: try bound("low", isIncluded: true), upper: try bound("high", isIncluded: true))
        case "=", "!=":
            let equal: FilterExpression
            if object["value"] == .null {
                equal = .not(.exists(path: path))
            } else if let value = object["value"].flatMap({ FilterValue($0) }) {
                equal = .member(path: path, [value])
            } else {
                throw place.error("'\(op)' takes 'value', a string, number, boolean or null")
            }
            return op == "=" ? equal : .not(equal)
        default:
            guard case .array(let elements)? = object["values"], (1...maximumValues).contains(elements.count) else {
                throw place.error("'\(op)' takes 'values', an array of 1 to \(maximumValues) values")
            }
            var values: [FilterValue] = []
            for element in elements {
                guard let value = FilterValue(element) else {
                    throw place.error("'values' holds strings, numbers and booleans only")
                }
                values.append(value)
            }
            let member = FilterExpression.member(path: path, values)
            return op == "in" ? member : .not(member)
        }
    }
}
