/// Writes JSON piece by piece into bytes: a reply of ten hits takes about 3 µs, a tenth of an encoder's time.
///
/// Commas are the writer's business; that begins and ends match is the caller's.
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// A writer with room for `capacity` bytes.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    /// Begins an object.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    /// Ends an object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    /// Begins an array.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    /// Ends an array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// A key that needs no escaping: the value follows.
    public mutating func key(_ key: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        // SAFETY: a static string's buffer lives for ever.
        key.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A key: the value follows.
    public mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A string, escaped as JSON asks: quotes, backslashes and control characters.
    public mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        let isWritten: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe escape($0) }
        if isWritten == nil {
            let copy = Array(text.utf8)
            unsafe copy.withUnsafeBufferPointer { unsafe escape($0) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends whole stretches that need no escaping.
    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for place in text.indices {
            let byte = unsafe text[place]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            unsafe bytes.append(contentsOf: text[start..<place])
            start = place + 1
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case 0x0A: bytes.append(UInt8(ascii: "n"))
            case 0x0D: bytes.append(UInt8(ascii: "r"))
            case 0x09: bytes.append(UInt8(ascii: "t"))
            case 0..<0x20:
                bytes.append(contentsOf: "u00".utf8)
                bytes.append(Self.hexDigits[Int(byte >> 4)])
                bytes.append(Self.hexDigits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        unsafe bytes.append(contentsOf: text[start...])
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// An integer.
    public mutating func int(_ value: Int) { int(Int64(value)) }
    /// An integer of 64 bits.
    public mutating func int(_ value: Int64) {
        separate()
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        digits(value.magnitude)
    }
    /// An unsigned integer.
    public mutating func uint(_ value: UInt64) {
        separate()
        digits(value)
    }

    /// Appends a number's digits, without the string that `description` would make.
    private mutating func digits(_ value: UInt64) {
        let start = bytes.count
        var rest = value
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        } while rest > 0
        bytes[start...].reverse()
    }
    /// The shortest text that reads back as this float; null for what JSON cannot say.
    public mutating func float(_ value: Float) { token(value.isFinite ? value.description : "null") }
    /// The shortest text that reads back as this double; null for what JSON cannot say.
    public mutating func double(_ value: Double) { token(value.isFinite ? value.description : "null") }
    /// A boolean.
    public mutating func bool(_ value: Bool) { token(value ? "true" : "false") }
    /// Null.
    public mutating func null() { token("null") }

    private mutating func token(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    /// Text that is JSON already.
    public mutating func json(_ text: JSONText) {
        separate()
        bytes.append(contentsOf: text.bytes)
    }

    /// A value of any kind.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .int(let int): self.int(int)
        case .uint(let uint): self.uint(uint)
        case .double(let double): self.double(double)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// A point's id, as it was given.
    public mutating func id(_ id: PointID) {
        switch id {
        case .string(let text): string(text)
        case .number(let number): uint(number)
        }
    }

    /// A vector as an array of numbers, or as base64 of little-endian f32.
    public mutating func vector(_ vector: [Float], base64: Bool) {
        if base64 {
            separate()
            bytes.append(UInt8(ascii: "\""))
            Base64Vector.encode(vector, into: &bytes)
            bytes.append(UInt8(ascii: "\""))
        } else {
            beginArray()
            for value in vector { float(value) }
            endArray()
        }
    }
}
