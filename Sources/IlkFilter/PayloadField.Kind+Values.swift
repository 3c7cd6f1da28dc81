import IlkProtocol

extension PayloadField.Kind {
    /// A payload's value as it is indexed, a date-time as its microseconds; nil where it does not fit the kind.
    func stored(_ value: FilterValue) -> FilterValue? {
        switch (self, value) {
        case (.keyword, .string), (.int, .number(.int)), (.float, .number), (.bool, .bool): value
        case (.datetime, .string(let text)): Timestamp.parse(text).map { .number(.int($0)) }
        default: nil
        }
    }

    /// What a payload may have, in the words of an error message.
    private var expectation: String {
        switch self {
        case .keyword: "a string"
        case .int: "an integer from -9223372036854775808 to 9223372036854775807"
        case .float: "a number"
        case .bool: "true or false"
        case .datetime: "a date-time such as \"2026-11-24T12:00:00Z\""
        }
    }

    /// What a payload must not have at a path of this kind.
    func misfit(_ value: JSONValue, at path: String) -> IlkError {
        return IlkError(
            .invalidRequest,
            "payload field '\(path)' is declared \(rawValue) but is \(value.text.shortened); send \(expectation), or null"
        )
    }

    /// A filter's literal as a field of this kind compares it with `=` and `in`.
    ///
    /// - Throws: `invalid_filter` where it cannot be compared, with what can.
    func literal(_ value: FilterValue, at path: String) throws(IlkError) -> FilterValue {
        switch (self, value) {
        case (.keyword, .string), (.int, .number), (.float, .number), (.bool, .bool): return value
        case (.datetime, .string(let text)):
            guard let instant = Timestamp.parse(text) else {
                throw IlkError(
                    .invalidFilter,
                    "field '\(path)' is a datetime and \(value.shortDescription) is none; "
                        + "write it as '2026-11-24T12:00:00Z'"
                )
            }
            return .number(.int(instant))
        default:
            let remedy =
                switch self {
                case .keyword: "compare it with a string in quotes"
                case .int, .float: "compare it with a number without quotes"
                case .bool: "compare it with true or false"
                case .datetime: "compare it with a date-time in quotes, such as '2026-11-24T12:00:00Z'"
                }
            let presence =
                value == .bool(true) ? " (a name alone means '= true'; for any value write '\(path) exists')" : ""
            throw IlkError(
                .invalidFilter,
                "field '\(path)' is declared \(rawValue) and cannot be compared with "
                    + "\(value.shortDescription); \(remedy)\(presence)"
            )
        }
    }

    /// A filter's literal as a field of this kind compares it with `< <= > >= between`.
    ///
    /// - Throws: `invalid_filter` where it cannot be compared, with what can.
    func bound(_ value: FilterValue, at path: String) throws(IlkError) -> FilterNumber {
        if self == .keyword || self == .bool {
            let remedy = self == .keyword ? "= != or in (declare it int, float or datetime to have ranges)" : "= or !="
            throw IlkError(
                .invalidFilter, "field '\(path)' is declared \(rawValue), which has no order; compare it with \(remedy)"
            )
        }
        guard case .number(let number) = try literal(value, at: path) else {
            preconditionFailure("a literal of \(rawValue) is a number")
        }
        return number
    }
}
