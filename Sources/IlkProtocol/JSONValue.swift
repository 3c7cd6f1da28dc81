/// A JSON value as an owned tree: for payloads, filters and replies that are not on the hot path.
///
/// Objects keep the order of their members. A number is `int` when it was written without fraction or exponent
/// and fits, `uint` only when it is over `Int64.max`, else `double`.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// The members of a JSON object in the order they were written; a repeated key keeps its last value.
public struct JSONObject: Equatable, Sendable {
    /// Keys and values, in order.
    public private(set) var members: [Member]

    /// One key and its value.
    public struct Member: Equatable, Sendable {
        /// The key, unescaped.
        public var key: String
        /// Its value.
        public var value: JSONValue

        /// Makes a member.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// An object of these members; of a repeated key the last value stays.
    public init(_ members: [(String, JSONValue)] = []) {
        self.members = []
        self.members.reserveCapacity(members.count)
        for (key, value) in members { self[key] = value }
    }

    /// The value of a key; setting nil removes it.
    public subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let place = members.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}
