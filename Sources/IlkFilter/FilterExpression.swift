/// What a point must be like: the one form that the small language and the JSON tree both become.
///
/// ## What a filter means
///
/// A field's values are what its path leads to in the payload (``PayloadPath``), through arrays element by element.
///
/// - A comparison holds if any value of the field does. So on an array, `x >= 1 and x <= 2` may be met by two
///   elements, `x between 1 and 2` by one.
/// - `!=` and `not in` are the negations of `=` and `in`, so they hold for points without the field, and fail for an
///   array that has the value among others.
/// - `exists`: the field has a value other than null. `= null` is its negation, `!= null` the same.
/// - `is_empty`: the field is absent, or has nothing but nulls, empty strings and empty arrays.
/// - A name alone means `= true`.
/// - Numbers are compared exactly, integers of 64 bits with fractions too, whatever the field's type.
/// - A date-time is an instant, so `'2026-11-24T12:00:00+08:00'` equals `'2026-11-24T04:00:00Z'`; it is kept to the
///   microsecond, and a date alone is its midnight in UTC. Seconds since 1970 are refused, in payloads and in filters.
/// - A comparison that the field's declared type cannot have is an error: `<` on a keyword, a string for a number.
/// - A field that was not declared takes values of any type; a comparison holds for values of its own type only, where
///   strings are date-times to `< <= > >= between`.
package indirect enum FilterExpression: Hashable, Sendable {
    /// At least two parts, none of them `and`.
    case and([FilterExpression])
    /// At least two parts, none of them `or`.
    case or([FilterExpression])
    /// The negation of a leaf.
    case not(FilterExpression)
    /// One of these values; sorted, without repeats.
    case member(path: String, [FilterValue])
    /// Within the bounds; at least one is there.
    case range(path: String, lower: Bound?, upper: Bound?)
    case exists(path: String)
    case isEmpty(path: String)

    /// One end of a range: a number, or a string that is a date-time.
    package struct Bound: Hashable, Sendable {
        package var value: FilterValue
        package var isIncluded: Bool

        package init(value: FilterValue, isIncluded: Bool) {
            self.value = value
            self.isIncluded = isIncluded
        }
    }

    /// Nesting that a filter may have.
    static let maximumDepth = 64
    /// Comparisons that a filter may have.
    static let maximumLeaves = 10_000
    /// Values that `in` may list.
    static let maximumValues = 10_000
    /// UTF-8 bytes of a filter in the small language.
    static let maximumBytes = 1 << 20

    /// The paths that it names.
    package var paths: Set<String> {
        var result: Set<String> = []
        collectPaths(&result)
        return result
    }

    private func collectPaths(_ paths: inout Set<String>) {
        switch self {
        case .and(let parts), .or(let parts): for part in parts { part.collectPaths(&paths) }
        case .not(let part): part.collectPaths(&paths)
        case .member(let path, _), .range(let path, _, _), .exists(let path), .isEmpty(let path): paths.insert(path)
        }
    }
}

extension FilterExpression: CustomStringConvertible {
    /// The filter in the small language; it parses back to the same expression.
    package var description: String {
        switch self {
        // `and` binds closer, so only an `or` within it needs parentheses: no more of them than the limit of nesting.
        case .and(let parts):
            parts.map { if case .or = $0 { "(\($0))" } else { $0.description } }.joined(separator: " and ")
        case .or(let parts): parts.map(\.description).joined(separator: " or ")
        case .not(.member(let path, let values)):
            values.count == 1
                ? "\(Self.quoted(path)) != \(values[0])" : "\(Self.quoted(path)) not in \(Self.list(values))"
        case .not(let leaf): "not \(leaf)"
        case .member(let path, let values):
            values.count == 1 ? "\(Self.quoted(path)) = \(values[0])" : "\(Self.quoted(path)) in \(Self.list(values))"
        case .range(let path, let lower?, let upper?): "\(Self.quoted(path)) between \(lower.value) and \(upper.value)"
        case .range(let path, let lower?, nil): "\(Self.quoted(path)) \(lower.isIncluded ? ">=" : ">") \(lower.value)"
        case .range(let path, nil, let upper?): "\(Self.quoted(path)) \(upper.isIncluded ? "<=" : "<") \(upper.value)"
        case .range(let path, nil, nil): preconditionFailure("a range without bounds on '\(path)'")
        case .exists(let path): "\(Self.quoted(path)) exists"
        case .isEmpty(let path): "\(Self.quoted(path)) is_empty"
        }
    }

    private static func list(_ values: [FilterValue]) -> String {
        "(\(values.map(\.description).joined(separator: ", ")))"
    }

    private static func quoted(_ path: String) -> String {
        FilterLexer.isPlainName(path) ? path : FilterValue.quoted(path, "`")
    }
}
