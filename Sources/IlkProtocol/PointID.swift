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

extension PointID {
    /// Whether both are the same id, byte for byte: Unicode's equivalent spellings are different ids, as they are to SQLite.
    public static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.string(let a), .string(let b)): a == b && a.utf8.elementsEqual(b.utf8)
        case (.number(let a), .number(let b)): a == b
        default: false
        }
    }

    /// Feeds the kind and the bytes.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .string(let text):
            // As UTF-8, without the normalisation that hashing a String does. The end mark keeps ids in a row apart.
            let isContiguous: Void? = unsafe text.utf8.withContiguousStorageIfAvailable {
                unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0))
            }
            if isContiguous == nil { for byte in text.utf8 { hasher.combine(byte) } }
            hasher.combine(0xFF as UInt8)
        case .number(let number): hasher.combine(number)
        }
    }
}
