package import IlkProtocol

/// A scalar: a literal of a filter, or a value that a payload has.
///
/// Strings are equal where they are canonically equivalent Unicode, as everywhere in Swift: a composed and a
/// decomposed "é" are one value.
package enum FilterValue: Hashable, Sendable {
    case number(FilterNumber)
    case string(String)
    case bool(Bool)

    /// A JSON scalar; nil for null, arrays, objects and numbers that are not finite.
    package init?(_ value: JSONValue) {
        switch value {
        case .int(let int): self = .number(.int(int))
        case .uint(let uint): self = .number(FilterNumber(uint))
        case .double(let double):
            guard let number = FilterNumber(double) else { return nil }
            self = .number(number)
        case .string(let text): self = .string(text)
        case .bool(let bool): self = .bool(bool)
        case .null, .array, .object: return nil
        }
    }

    /// The value as JSON.
    package var json: JSONValue {
        switch self {
        case .number(.int(let int)): .int(int)
        case .number(.uint(let uint)): .uint(uint)
        case .number(.double(let double)): .double(double)
        case .string(let text): .string(text)
        case .bool(let bool): .bool(bool)
        }
    }
}

extension FilterValue: CustomStringConvertible {
    /// The value as the filter language writes it; it is read back as the same.
    package var description: String {
        switch self {
        case .number(let number): number.description
        case .string(let text): Self.quoted(text, "'")
        case .bool(let bool): bool ? "true" : "false"
        }
    }

    /// The value for an error message: no longer than a line.
    var shortDescription: String {
        guard case .string(let text) = self else { return description }
        return Self.quoted(text.shortened, "'")
    }

    /// Text between quotes, scalar by scalar: a quote that a combining mark follows is no `Character` of its own.
    static func quoted(_ text: String, _ quote: Unicode.Scalar) -> String {
        var result = String.UnicodeScalarView([quote])
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\": result.append(contentsOf: ["\\", scalar])
            case "\n": result.append(contentsOf: ["\\", "n"])
            case "\r": result.append(contentsOf: ["\\", "r"])
            case "\t": result.append(contentsOf: ["\\", "t"])
            default: result.append(scalar)
            }
        }
        result.append(quote)
        return String(result)
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

extension String {
    /// The beginning, for an error message: callers' names and strings may be as long as a request.
    var shortened: String {
        guard unicodeScalars.count > 64 else { return self }
        return String(UnicodeScalarView(unicodeScalars.prefix(64))) + "…"
    }
}
