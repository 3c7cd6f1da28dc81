package import IlkProtocol

extension FilterExpression {
    /// Reads a filter as a JSON tree.
    ///
    ///     {"and":[{"field":"price","op":"<","value":30},{"not":{"field":"brand","op":"in","values":["a","b"]}}]}
    ///
    /// `op` is one of `= != < <= > >= in between exists is_empty`; `between` takes `low` and `high`.
    ///
    /// - Throws: `invalid_filter` with the place in the tree and what was expected there.
    package static func parse(tree: JSONValue) throws(IlkError) -> FilterExpression {
        var leaves = 0
        return try node(tree, at: "filter", depth: 1, &leaves).normalized
    }

    private static func fail(_ place: String, _ message: String) -> IlkError { IlkError(.invalidFilter, "\(place): \(message)") }

    private static func node(
        _ value: JSONValue, at place: String, depth: Int, _ leaves: inout Int
    ) throws(IlkError) -> FilterExpression {
        guard depth <= maximumDepth else { throw fail(place, "nested deeper than \(maximumDepth); flatten it") }
        guard case .object(let object) = value else {
            throw fail(place, "expected an object such as {\"field\":\"price\",\"op\":\"<\",\"value\":30}")
        }
        for (key, make) in [("and", FilterExpression.and), ("or", FilterExpression.or)] {
            guard let parts = object[key] else { continue }
            guard object.members.count == 1, case .array(let elements) = parts, !elements.isEmpty else {
                throw fail(place, "'\(key)' takes an array of at least one filter, and no other key beside it")
            }
            var expressions: [FilterExpression] = []
            for (index, element) in elements.enumerated() {
                expressions.append(try node(element, at: "\(place).\(key)[\(index)]", depth: depth + 1, &leaves))
            }
            return make(expressions)
        }
        if let part = object["not"] {
            guard object.members.count == 1 else { throw fail(place, "'not' takes one filter, and no other key beside it") }
            return .not(try node(part, at: "\(place).not", depth: depth + 1, &leaves))
        }
        leaves += 1
        guard leaves <= maximumLeaves else { throw fail(place, "more than \(maximumLeaves) comparisons; use 'in'") }
        return try leaf(object, at: place)
    }

    private static let operators = ["=", "!=", "<", "<=", ">", ">=", "in", "not in", "between", "exists", "is_empty"]

    private static func leaf(_ object: JSONObject, at place: String) throws(IlkError) -> FilterExpression {
        let known = ["field", "op", "value", "values", "low", "high"]
        if let stranger = object.members.first(where: { !known.contains($0.key) }) {
            let hint = NearestName.hint(for: stranger.key, among: known + ["and", "or", "not"])
            throw fail(place, "unknown key '\(stranger.key.prefix(64))'\(hint)")
        }
        guard case .string(let path)? = object["field"], !path.isEmpty else {
            throw fail(place, "lacks 'field', the name of a field")
        }
        guard case .string(let op)? = object["op"], operators.contains(op) else {
            throw fail(place, "'op' is one of \(operators.joined(separator: " "))")
        }
        func value(_ key: String) throws(IlkError) -> FilterValue {
            guard let found = object[key], let value = FilterValue(found) else {
                throw fail(place, "'\(op)' takes '\(key)', a string, number or boolean")
            }
            return value
        }
        switch op {
        case "exists": return .exists(path: path)
        case "is_empty": return .isEmpty(path: path)
        case "=", "!=":
            let equal: FilterExpression =
                object["value"] == .null ? .not(.exists(path: path)) : .member(path: path, [try value("value")])
            return op == "=" ? equal : .not(equal)
        case "<": return .range(path: path, lower: nil, upper: .init(value: try value("value"), isIncluded: false))
        case "<=": return .range(path: path, lower: nil, upper: .init(value: try value("value"), isIncluded: true))
        case ">": return .range(path: path, lower: .init(value: try value("value"), isIncluded: false), upper: nil)
        case ">=": return .range(path: path, lower: .init(value: try value("value"), isIncluded: true), upper: nil)
        case "between":
            return .range(
                path: path, lower: .init(value: try value("low"), isIncluded: true),
                upper: .init(value: try value("high"), isIncluded: true))
        default:
            guard case .array(let elements)? = object["values"], (1...maximumLeaves).contains(elements.count) else {
                throw fail(place, "'\(op)' takes 'values', an array of 1 to \(maximumLeaves) values")
            }
            var values: [FilterValue] = []
            for element in elements {
                guard let value = FilterValue(element) else {
                    throw fail(place, "'values' holds strings, numbers and booleans only")
                }
                values.append(value)
            }
            let member = FilterExpression.member(path: path, values)
            return op == "in" ? member : .not(member)
        }
    }
}
