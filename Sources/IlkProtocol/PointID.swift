/// The caller's name for a point: a string or an unsigned integer, kept as it was given.
///
/// `"7"` and `7` are different points. Inside a collection a point is an `Ordinal`; the two types cannot be exchanged.
public enum PointID: Hashable, Sendable {
    /// A non-empty string of at most ``maximumLength`` UTF-8 bytes.
    case string(String)
    /// An unsigned 64-bit integer.
    case number(UInt64)

    /// The longest string id, in UTF-8 bytes.
    public static let maximumLength = 512
}

extension PointID: CustomStringConvertible {
    /// The id as JSON would show it.
    public var description: String {
        switch self {
        case .string(let text): "\"\(text)\""
        case .number(let number): String(number)
        }
    }
}
