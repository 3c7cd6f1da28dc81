import IlkFilter
import IlkProtocol

/// A threshold on one declared field, as somebody or a language model wrote it, checked against the field's kind.
struct FieldRule: Sendable, Equatable {
    /// An end of a range: a number, or a date-time in quotes.
    struct Bounds: Sendable, Equatable {
        var least: FilterValue?
        var most: FilterValue?
        var isEmpty: Bool { least == nil && most == nil }
    }
    /// An end of a range, in hundredths of the points that have a number there.
    struct Percentiles: Sendable, Equatable {
        var least: Double?
        var most: Double?
        var isEmpty: Bool { least == nil && most == nil }
    }

    let path: String
    let kind: PayloadField.Kind
    /// One of these; empty where any will do.
    var values: [FilterValue] = []
    var bounds = Bounds()
    var percentiles = Percentiles()
    /// How much a product gains by standing high in the field, −1 to 1, as a share of the whole score.
    var weight = 0.0
    /// Whether products without the field pass.
    var passesMissing = false

    init(path: String, kind: PayloadField.Kind) {
        self.path = path
        self.kind = kind
    }

    /// Whether it has a threshold that needs no percentile.
    var isPlain: Bool { !values.isEmpty || !bounds.isEmpty }

    /// The filter of what needs no percentile; nil where there is none.
    var plainFilter: FilterExpression? {
        var parts: [FilterExpression] = []
        if !values.isEmpty { parts.append(.oneOf(values, at: path)) }
        if !bounds.isEmpty { parts.append(range(bounds)) }
        return FilterExpression.all(parts).map(orMissing)
    }

    /// The bounds that the percentiles are among these numbers; nil where there is no percentile, or no number.
    func resolved(among numbers: NumberDistribution) -> Bounds? {
        guard !percentiles.isEmpty else { return nil }
        func literal(_ percent: Double?) -> FilterValue? {
            guard let percent, let value = numbers.value(atPercentile: percent) else { return nil }
            if kind == .datetime { return .string(Timestamp.text(Int64(value))) }
            return FilterNumber(value).map { .number($0) }
        }
        let bounds = Bounds(least: literal(percentiles.least), most: literal(percentiles.most))
        return bounds.isEmpty ? nil : bounds
    }

    /// The filter of bounds that percentiles became.
    func filter(of bounds: Bounds) -> FilterExpression { orMissing(range(bounds)) }

    private func range(_ bounds: Bounds) -> FilterExpression {
        func end(_ value: FilterValue?) -> FilterExpression.Bound? {
            value.map { FilterExpression.Bound(value: $0, isIncluded: true) }
        }
        return .range(path: path, lower: end(bounds.least), upper: end(bounds.most))
    }

    private func orMissing(_ filter: FilterExpression) -> FilterExpression {
        passesMissing ? .either(filter, .not(.exists(path: path))) : filter
    }
}
