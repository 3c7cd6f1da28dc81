package import IlkProtocol

/// A number compared exactly: an integer keeps its 64 bits, and is never rounded to compare it with a fraction.
package enum FilterNumber: Hashable, Sendable {
    case int(Int64)
    /// Never a whole number that fits an `int`.
    case double(Double)

    /// Takes a double; a whole one that fits becomes an integer, so that 3.0 and 3 are one value.
    package init(_ value: Double) {
        if let whole = Int64(exactly: value) { self = .int(whole) } else { self = .double(value) }
    }
}

extension FilterNumber: Comparable {
    package static func < (a: FilterNumber, b: FilterNumber) -> Bool {
        switch (a, b) {
        case (.int(let a), .int(let b)): a < b
        case (.double(let a), .double(let b)): a < b
        case (.int(let a), .double(let b)): isLess(a, than: b)
        case (.double(let a), .int(let b)): !isLess(b, than: a)  // they are never equal
        }
    }

    private static func isLess(_ int: Int64, than double: Double) -> Bool {
        if double >= 0x1p63 { return true }
        if double < -0x1p63 { return false }
        return int <= Int64(double.rounded(.down))
    }
}

/// A literal of a filter.
package enum FilterValue: Hashable, Sendable {
    case number(FilterNumber)
    case string(String)
    case bool(Bool)

    /// What it is, in the words of an error message.
    var description: String {
        switch self {
        case .number(.int(let int)): String(int)
        case .number(.double(let double)): String(double)
        case .string(let text): "'\(text.replacing("'", with: "''"))'"
        case .bool(let bool): bool ? "true" : "false"
        }
    }

    /// A JSON scalar; nil for null, arrays and objects.
    package init?(_ value: JSONValue) {
        switch value {
        case .int(let int): self = .number(.int(int))
        case .uint(let uint): self = .number(FilterNumber(Double(uint)))
        case .double(let double): self = .number(FilterNumber(double))
        case .string(let text): self = .string(text)
        case .bool(let bool): self = .bool(bool)
        case .null, .array, .object: return nil
        }
    }

    /// The value as JSON.
    package var json: JSONValue {
        switch self {
        case .number(.int(let int)): .int(int)
        case .number(.double(let double)): .double(double)
        case .string(let text): .string(text)
        case .bool(let bool): .bool(bool)
        }
    }
}

extension FilterValue: Comparable {
    private var rank: Int {
        switch self {
        case .bool: 0
        case .number: 1
        case .string: 2
        }
    }

    /// Booleans, then numbers, then strings: an order for display and normal forms.
    package static func < (a: FilterValue, b: FilterValue) -> Bool {
        switch (a, b) {
        case (.number(let a), .number(let b)): a < b
        case (.string(let a), .string(let b)): a < b
        case (.bool(let a), .bool(let b)): !a && b
        default: a.rank < b.rank
        }
    }
}
