/// Vectors as base64 (RFC 4648, with padding) of little-endian f32: a third of the bytes and of the parsing of a JSON array.
public enum Base64Vector {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// For each byte its six bits, or 64 where it is none of the alphabet's.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 64, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// A vector as base64 text.
    public static func encode(_ vector: [Float]) -> String {
        var bytes: [UInt8] = []
        encode(vector, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func encode(_ vector: [Float], into output: inout [UInt8]) {
        unsafe vector.withUnsafeBytes { bytes in
            output.reserveCapacity(output.count + (bytes.count + 2) / 3 * 4)
            var place = 0
            while place < bytes.count {
                let left = bytes.count - place
                let first = unsafe UInt32(bytes[place]) << 16
                let second = unsafe left > 1 ? UInt32(bytes[place + 1]) << 8 : 0
                let third = unsafe left > 2 ? UInt32(bytes[place + 2]) : 0
                let word = first | second | third
                output.append(alphabet[Int(word >> 18)])
                output.append(alphabet[Int(word >> 12 & 63)])
                output.append(left > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "="))
                output.append(left > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "="))
                place += 3
            }
        }
    }

    /// Reads base64 text back.
    ///
    /// - Returns: the floats, or what is wrong with the text, as the end of a sentence.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> Result<[Float], Problem> {
        let count = text.count
        guard count.isMultiple(of: 4) else { return .failure(Problem("its length is no multiple of 4")) }
        guard count > 0 else { return .success([]) }
        let padding = unsafe text[count - 1] != UInt8(ascii: "=") ? 0 : text[count - 2] != UInt8(ascii: "=") ? 1 : 2
        let byteCount = count / 4 * 3 - padding
        guard byteCount.isMultiple(of: 4) else {
            return .failure(Problem("it holds \(byteCount) bytes, no whole number of 4-byte floats"))
        }
        var bad: Int?
        let floats = unsafe [Float](unsafeUninitializedCapacity: byteCount / 4 + 1) { floats, filled in
            let output = UnsafeMutableRawBufferPointer(floats)
            unsafe values.withUnsafeBufferPointer { values in
                var written = 0
                var place = 0
                // Whole quadruples; the last one, which may be padded, follows.
                let whole = padding == 0 ? count : count - 4
                var seen: UInt8 = 0
                while place < whole {
                    let a = unsafe values[Int(text[place])], b = unsafe values[Int(text[place + 1])]
                    let c = unsafe values[Int(text[place + 2])], d = unsafe values[Int(text[place + 3])]
                    seen |= a | b | c | d
                    if seen & 64 != 0 { break }
                    let word = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6 | UInt32(d)
                    unsafe output[written] = UInt8(truncatingIfNeeded: word >> 16)
                    unsafe output[written + 1] = UInt8(truncatingIfNeeded: word >> 8)
                    unsafe output[written + 2] = UInt8(truncatingIfNeeded: word)
                    written += 3
                    place += 4
                }
                if seen & 64 != 0 {
                    bad = (place..<place + 4).first { unsafe values[Int(text[$0])] == 64 }
                    return
                }
                if padding > 0 {
                    let a = unsafe values[Int(text[place])], b = unsafe values[Int(text[place + 1])]
                    let c = unsafe padding == 1 ? values[Int(text[place + 2])] : 0
                    guard (a | b | c) & 64 == 0 else { bad = place; return }
                    let word = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6
                    unsafe output[written] = UInt8(truncatingIfNeeded: word >> 16)
                    if padding == 1 { unsafe output[written + 1] = UInt8(truncatingIfNeeded: word >> 8) }
                }
                filled = byteCount / 4
            }
        }
        if let bad { return .failure(Problem("byte \(bad) is none of base64's")) }
        return .success(floats)
    }

    /// Reads base64 text back; nil where it is none.
    public static func decode(_ text: String) -> [Float]? {
        let bytes = Array(text.utf8)
        return unsafe bytes.withUnsafeBufferPointer { unsafe try? decode($0).get() }
    }

    /// The end of a sentence about a text.
    struct Problem: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }
}
