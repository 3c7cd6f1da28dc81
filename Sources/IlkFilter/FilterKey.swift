/// A filter by which its bitmap is kept: the order of the parts of `and` and `or` does not matter.
///
/// Parsers put the rest into normal form: negations, nesting, repeated parts, lists of values.
package indirect enum FilterKey: Hashable, Sendable {
    case and(Set<FilterKey>)
    case or(Set<FilterKey>)
    /// A leaf or its negation.
    case leaf(FilterExpression)

    /// Bytes of the longest filter that has a key: nobody asks longer ones again and again, and to look one up costs
    /// time as well.
    static let longest = 64 << 10

    /// Nil for a filter that is too long to be kept.
    package init?(_ filter: FilterExpression) {
        guard filter.memoryBytes <= Self.longest else { return nil }
        self.init(short: filter)
    }

    private init(short filter: FilterExpression) {
        switch filter {
        case .and(let parts): self = .and(Set(parts.map { FilterKey(short: $0) }))
        case .or(let parts): self = .or(Set(parts.map { FilterKey(short: $0) }))
        case .not, .member, .range, .exists, .isEmpty: self = .leaf(filter)
        }
    }

    /// Heap bytes, about.
    var memoryBytes: Int {
        switch self {
        case .and(let parts), .or(let parts): parts.reduce(64) { $0 + 32 + $1.memoryBytes }
        case .leaf(let filter): 32 + filter.memoryBytes
        }
    }
}

extension FilterExpression {
    /// Heap bytes, about.
    fileprivate var memoryBytes: Int {
        switch self {
        case .and(let parts), .or(let parts): parts.reduce(64) { $0 + $1.memoryBytes }
        case .not(let part): 32 + part.memoryBytes
        case .member(let path, let values):
            values.reduce(96 + path.utf8.count) { $0 + MemoryLayout<FilterValue>.stride + $1.textBytes }
        case .range(let path, let lower, let upper):
            128 + path.utf8.count + (lower?.value.textBytes ?? 0) + (upper?.value.textBytes ?? 0)
        case .exists(let path), .isEmpty(let path): 64 + path.utf8.count
        }
    }
}

extension FilterValue {
    fileprivate var textBytes: Int { if case .string(let text) = self { 32 + text.utf8.count } else { 0 } }
}
