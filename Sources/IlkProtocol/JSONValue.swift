/// A JSON value as an owned tree: for payloads, filters and replies that are not on the hot path.
///
/// Objects keep the order of their members. A number is `int` when it was written without fraction or exponent
/// and fits, `uint` only when it is over `Int64.max`, else `double`.
public enum JSONValue: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction or exponent.
    case int(Int64)
    /// A number without fraction or exponent that is over `Int64.max`.
    case uint(UInt64)
    /// Any other number; what is not finite is written as `null`.
    case double(Double)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)
}

/// The members of a JSON object in the order they were written; of a repeated key the last value stays.
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

    /// An object of these members; of a repeated key the last value stays, in the place of the first.
    public init(_ members: [(String, JSONValue)] = []) {
        self.members = []
        self.members.reserveCapacity(members.count)
        guard members.count > Self.fewMembers else {
            for (key, value) in members { self[key] = value }
            return
        }
        // By hash: comparing each key with each would take hours for the keys that fit into one line.
        var places: [[UInt8]: Int] = [:]
        places.reserveCapacity(members.count)
        for (key, value) in members {
            let bytes = Array(key.utf8)
            if let place = places[bytes] {
                self.members[place].value = value
            } else {
                places[bytes] = self.members.count
                self.members.append(Member(key: key, value: value))
            }
        }
    }

    private static let fewMembers = 16

    /// The value of a key; setting nil removes it.
    ///
    /// Keys are told apart by their bytes: an accented letter and the same one composed of two are two keys.
    public subscript(key: String) -> JSONValue? {
        get { place(of: key).map { members[$0].value } }
        set {
            switch (place(of: key), newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    private func place(of key: String) -> Int? {
        members.firstIndex { $0.key == key && $0.key.utf8.elementsEqual(key.utf8) }
    }
}

extension JSONText {
    /// Takes JSON as somebody wrote it: once it is read without a fault only its line ends change, to spaces.
    ///
    /// Unlike text made of a ``JSONValue``, it still has every key that stands twice, for its reader to judge.
    ///
    /// - Throws: `parse_error` where the bytes are not exactly one JSON value.
    package init(written bytes: [UInt8]) throws(IlkError) {
        _ = try JSONValue.parse(bytes)
        // Within strings JSON has no line end but an escaped one.
        self.init(validated: bytes.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
    }
}
