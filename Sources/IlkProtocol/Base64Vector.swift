/// Vectors as base64 (RFC 4648, with padding) of little-endian f32: half the bytes and half the parsing of a JSON array.
///
/// Reading is strict, so that one vector has one text: no line breaks, no other alphabet, no missing padding, and no bits
/// that are not part of the vector.
public enum Base64Vector {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// For each byte its six bits, or 64 where it is none of the alphabet's.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 64, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// For each place in a quadruple and each byte there, its bits where they belong in three little-endian bytes.
    ///
    /// So a quadruple is four look-ups joined by `or`, and one store: three times as fast as shifting six bits at a time.
    private static let quadruples: [UInt32] = (0..<4).flatMap { place in
        values.map { value in
            let bits = UInt32(value)
            guard bits < 64 else { return noneOfTheAlphabet }
            return switch place {
            case 0: bits << 2
            case 1: bits >> 4 | (bits & 15) << 12
            case 2: (bits >> 2) << 8 | (bits & 3) << 22
            default: bits << 16
            }
        }
    }
    private static let noneOfTheAlphabet: UInt32 = 1 << 24

    /// A vector as base64 text.
    public static func encode(_ vector: [Float]) -> String {
        var bytes: [UInt8] = []
        encode(vector, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func encode(_ vector: [Float], into output: inout [UInt8]) {
        unsafe vector.withUnsafeBytes { bytes in
            let count = (bytes.count + 2) / 3 * 4
            // Written aside and appended at once: an append a character takes three times as long.
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { text in
                unsafe encode(bytes, into: text)
                unsafe output.append(contentsOf: UnsafeBufferPointer(text))
            }
        }
    }

    /// Fills `text`, which has room for exactly the characters of `bytes`.
    private static func encode(_ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableBufferPointer<UInt8>) {
        unsafe alphabet.withUnsafeBufferPointer { alphabet in
            let whole = bytes.count / 3 * 3
            var place = 0
            var written = 0
            while place < whole {
                let word = unsafe UInt32(bytes[place]) << 16 | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2])
                unsafe text[written] = alphabet[Int(word >> 18)]
                unsafe text[written + 1] = alphabet[Int(word >> 12 & 63)]
                unsafe text[written + 2] = alphabet[Int(word >> 6 & 63)]
                unsafe text[written + 3] = alphabet[Int(word & 63)]
                place += 3
                written += 4
            }
            guard place < bytes.count else { return }
            let isTwo = bytes.count - place == 2
            let word = unsafe UInt32(bytes[place]) << 16 | (isTwo ? UInt32(bytes[place + 1]) << 8 : 0)
            unsafe text[written] = alphabet[Int(word >> 18)]
            unsafe text[written + 1] = alphabet[Int(word >> 12 & 63)]
            unsafe text[written + 2] = isTwo ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "=")
            unsafe text[written + 3] = UInt8(ascii: "=")
        }
    }

    /// Reads base64 text back.
    ///
    /// - Returns: the floats, or what is wrong with the text, as the end of a sentence.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> Result<[Float], Problem> {
        let count = text.count
        guard count.isMultiple(of: 4) else { return .failure(Problem("its length, \(count), is no multiple of 4")) }
        guard count > 0 else { return .success([]) }
        let padding = unsafe text[count - 1] != UInt8(ascii: "=") ? 0 : text[count - 2] != UInt8(ascii: "=") ? 1 : 2
        let byteCount = count / 4 * 3 - padding
        guard byteCount.isMultiple(of: 4) else {
            return .failure(Problem("it holds \(byteCount) bytes, no whole number of 4-byte floats"))
        }
        var bad: Int?
        var hasLooseBits = false
        let floats = unsafe [Float](unsafeUninitializedCapacity: byteCount / 4 + 1) { floats, filled in
            // Room for one float more than there are: a quadruple is stored with a fourth byte, which the next one covers.
            let output = UnsafeMutableRawBufferPointer(floats)
            unsafe values.withUnsafeBufferPointer { values in
                var written = 0
                var place = 0
                // Whole quadruples; the last one, which may be padded, follows.
                let whole = padding == 0 ? count : count - 4
                var seen: UInt32 = 0
                unsafe quadruples.withUnsafeBufferPointer { quadruples in
                    while place < whole {
                        let a = unsafe quadruples[Int(text[place])], b = unsafe quadruples[256 + Int(text[place + 1])]
                        let c = unsafe quadruples[512 + Int(text[place + 2])]
                        let d = unsafe quadruples[768 + Int(text[place + 3])]
                        seen = a | b | c | d
                        if seen & noneOfTheAlphabet != 0 { return }
                        unsafe output.storeBytes(of: seen.littleEndian, toByteOffset: written, as: UInt32.self)
                        written += 3
                        place += 4
                    }
                }
                if seen & noneOfTheAlphabet != 0 {
                    bad = (place..<place + 4).first { unsafe values[Int(text[$0])] == 64 }
                    return
                }
                if padding > 0 {
                    let a = unsafe values[Int(text[place])], b = unsafe values[Int(text[place + 1])]
                    let c = unsafe padding == 1 ? values[Int(text[place + 2])] : 0
                    guard (a | b | c) & 64 == 0 else {
                        bad = (place..<place + 4).first { unsafe values[Int(text[$0])] == 64 }
                        return
                    }
                    guard padding == 1 ? c & 3 == 0 : b & 15 == 0 else {
                        hasLooseBits = true
                        return
                    }
                    let word = UInt32(a) << 18 | UInt32(b) << 12 | UInt32(c) << 6
                    unsafe output[written] = UInt8(truncatingIfNeeded: word >> 16)
                    if padding == 1 { unsafe output[written + 1] = UInt8(truncatingIfNeeded: word >> 8) }
                }
                filled = byteCount / 4
            }
        }
        if let bad {
            let byte = unsafe text[bad]
            let shown =
                (0x21..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "0x\(String(byte, radix: 16))"
            return .failure(Problem("\(shown) at byte \(bad) is none of its 64 characters"))
        }
        if hasLooseBits { return .failure(Problem("its last character has bits that belong to no byte")) }
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
