import IlkProtocol

/// What a point must be like: the one form that the small language and the JSON tree both become.
///
/// Meaning of a leaf on a point: a field's values are what its path leads to, through arrays element by element; a leaf
/// matches if any value does. `!=` and `not in` are the negations of `=` and `in`, so they match points without the
/// field. `exists`: there is a value other than null. `is_empty`: there is none, or only empty strings and arrays.
package indirect enum FilterExpression: Hashable, Sendable {
    case and([FilterExpression])
    case or([FilterExpression])
    case not(FilterExpression)
    /// One of these values; sorted, without repeats.
    case member(path: String, [FilterValue])
    /// Within the bounds; at least one is there.
    case range(path: String, lower: Bound?, upper: Bound?)
    case exists(path: String)
    case isEmpty(path: String)

    /// One end of a range.
    package struct Bound: Hashable, Sendable {
        package var value: FilterValue
        package var isIncluded: Bool
    }

    /// Nesting that a filter may have.
    static let maximumDepth = 64
    /// Comparisons that a filter may have.
    static let maximumLeaves = 10_000

    /// The paths that it names.
    package var paths: Set<String> {
        switch self {
        case .and(let parts), .or(let parts): parts.reduce(into: []) { $0.formUnion($1.paths) }
        case .not(let part): part.paths
        case .member(let path, _), .range(let path, _, _), .exists(let path), .isEmpty(let path): [path]
        }
    }

    /// The same filter in normal form: nested `and` and `or` flattened, repeats dropped, double negation gone.
    var normalized: FilterExpression {
        switch self {
        case .and(let parts):
            let flat = Self.flattened(parts) { if case .and(let inner) = $0 { inner } else { nil } }
            return flat.count == 1 ? flat[0] : .and(flat)
        case .or(let parts):
            let flat = Self.flattened(parts) { if case .or(let inner) = $0 { inner } else { nil } }
            return flat.count == 1 ? flat[0] : .or(flat)
        case .not(let part):
            if case .not(let inner) = part.normalized { return inner }
            return .not(part.normalized)
        case .member(let path, let values):
            return .member(path: path, Array(Set(values)).sorted())
        case .range, .exists, .isEmpty:
            return self
        }
    }

    private static func flattened(
        _ parts: [FilterExpression], _ inner: (FilterExpression) -> [FilterExpression]?
    ) -> [FilterExpression] {
        var seen: Set<FilterExpression> = []
        return parts.map(\.normalized).flatMap { inner($0) ?? [$0] }.filter { seen.insert($0).inserted }
    }
}

extension FilterExpression: CustomStringConvertible {
    /// The filter in the small language; it parses back to the same expression.
    package var description: String {
        switch self {
        case .and(let parts): parts.map(\.grouped).joined(separator: " and ")
        case .or(let parts): parts.map(\.grouped).joined(separator: " or ")
        case .not(let part): "not \(part.grouped)"
        case .member(let path, let values):
            values.count == 1
                ? "\(Self.quoted(path)) = \(values[0].description)"
                : "\(Self.quoted(path)) in (\(values.map(\.description).joined(separator: ", ")))"
        case .range(let path, let lower?, let upper?) where lower.isIncluded && upper.isIncluded:
            "\(Self.quoted(path)) between \(lower.value.description) and \(upper.value.description)"
        case .range(let path, let lower, let upper):
            [
                lower.map { "\(Self.quoted(path)) \($0.isIncluded ? ">=" : ">") \($0.value.description)" },
                upper.map { "\(Self.quoted(path)) \($0.isIncluded ? "<=" : "<") \($0.value.description)" },
            ].compactMap { $0 }.joined(separator: " and ")
        case .exists(let path): "\(Self.quoted(path)) exists"
        case .isEmpty(let path): "\(Self.quoted(path)) is_empty"
        }
    }

    private var grouped: String {
        switch self {
        case .and, .or: "(\(description))"
        case .range(_, .some, .some): "(\(description))"
        default: description
        }
    }

    private static func quoted(_ path: String) -> String {
        FilterLexer.isPlainName(path) ? path : "`\(path.replacing("`", with: "``"))`"
    }
}
