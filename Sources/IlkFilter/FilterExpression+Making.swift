extension FilterExpression {
    /// All of these filters at once; nil for none.
    package static func all(_ parts: [FilterExpression]) -> FilterExpression? {
        guard parts.count > 1 else { return parts.first }
        return FilterExpression.and(parts).normalized
    }

    /// Either of these filters.
    package static func either(_ first: FilterExpression, _ second: FilterExpression) -> FilterExpression {
        FilterExpression.or([first, second]).normalized
    }

    /// One of these values.
    ///
    /// - Precondition: there is at least one, and no more than a filter may list.
    package static func oneOf(_ values: [FilterValue], at path: String) -> FilterExpression {
        precondition((1...maximumValues).contains(values.count), "\(values.count) values at '\(path)'")
        return .member(path: path, Set(values).sorted())
    }
}
