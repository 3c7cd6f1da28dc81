/// A number compared exactly: an integer keeps its 64 bits, and is never rounded to compare it with a fraction.
package enum FilterNumber: Hashable, Sendable {
    case int(Int64)
    /// Greater than any `int`.
    case uint(UInt64)
    /// Never a whole number that fits an `int` or `uint`; always finite.
    case double(Double)

    package init(_ value: UInt64) {
        if let int = Int64(exactly: value) { self = .int(int) } else { self = .uint(value) }
    }

    /// Takes a double; nil for NaN and infinity.
    ///
    /// A whole one that fits becomes an integer, so that 3.0 and 3 are one value.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        if let int = Int64(exactly: value) {
            self = .int(int)
        } else if let uint = UInt64(exactly: value) {
            self = .uint(uint)
        } else {
            self = .double(value)
        }
    }
}

extension FilterNumber: Comparable {
    package static func < (a: FilterNumber, b: FilterNumber) -> Bool {
        switch (a, b) {
        case (.int(let a), .int(let b)): a < b
        case (.uint(let a), .uint(let b)): a < b
        case (.double(let a), .double(let b)): a < b
        case (.int, .uint): true
        case (.uint, .int): false
        case (.int(let a), .double(let b)): isLess(Int128(a), than: b)
        case (.uint(let a), .double(let b)): isLess(Int128(a), than: b)
        // A double that is a whole number in range is an integer here, so the two are never equal.
        case (.double(let a), .int(let b)): !isLess(Int128(b), than: a)
        case (.double(let a), .uint(let b)): !isLess(Int128(b), than: a)
        }
    }

    private static func isLess(_ int: Int128, than double: Double) -> Bool {
        if double >= 0x1p64 { return true }
        if double < -0x1p63 { return false }
        return int <= Int128(double.rounded(.down))
    }
}

extension FilterNumber: CustomStringConvertible {
    /// The number as the filter language writes it; it is read back as the same.
    package var description: String {
        switch self {
        case .int(let int): String(int)
        case .uint(let uint): String(uint)
        case .double(let double): String(double)
        }
    }
}
