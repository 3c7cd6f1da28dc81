/// Until when a point is found: `expires_at`.
///
/// ```json
/// 1767225600
/// "never"
/// ```
public enum PointExpiry: Equatable, Sendable {
    /// It stays until somebody deletes it.
    case never
    /// From this second on it is in no answer, and is deleted by and by; seconds since 1970.
    case at(Int64)

    /// The last second of the year 9999; what is later was meant as milliseconds.
    static let latest: Int64 = 253_402_300_799

    /// The second; nil for never.
    public var seconds: Int64? {
        switch self {
        case .never: nil
        case .at(let seconds): seconds
        }
    }

    /// Takes a second of the years 1970 to 9999.
    ///
    /// - Throws: `invalid_request` for any other.
    public init(seconds: Int64, _ place: @autoclosure () -> String) throws(IlkError) {
        guard (0...Self.latest).contains(seconds) else {
            let remedy = seconds > 0 ? "; divide milliseconds by 1000" : ""
            throw IlkError(
                .invalidRequest,
                "\(place()) is \(seconds); give seconds since 1970, up to \(Self.latest), or \"never\"\(remedy)")
        }
        self = .at(seconds)
    }
}

extension Parameters {
    /// The `expires_at` of a point; nil where it is left out.
    func expiry() throws(IlkError) -> PointExpiry? {
        guard let value = self["expires_at"] else { return nil }
        return try Self.expiry(value, place("expires_at"))
    }

    static func expiry(_ value: JSONElement, _ place: @autoclosure () -> String) throws(IlkError) -> PointExpiry {
        if value.string == "never" { return .never }
        if let seconds = value.int { return try PointExpiry(seconds: seconds, place()) }
        guard value.uint == nil else { return try PointExpiry(seconds: .max, place()) }
        throw mismatch(value, place(), "whole seconds since 1970, or \"never\"")
    }
}
