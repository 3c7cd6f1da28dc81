/// Base64 (RFC 4648), as `tokenizer.json` holds character maps.
enum Base64Bytes {
    /// The bytes, or nil where the text is no base64.
    static func decoded(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count / 4 * 3)
        var (bits, count, padding): (UInt32, Int, Int) = (0, 0, 0)
        for byte in text.utf8 {
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte) - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte) - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) + 4
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            default: return nil
            }
            guard padding == 0 else { return nil }
            bits = bits << 6 | value
            count += 1
            if count == 4 {
                for shift in [UInt32(16), 8, 0] { output.append(UInt8(truncatingIfNeeded: bits >> shift)) }
                (bits, count) = (0, 0)
            }
        }
        guard count != 1, padding <= 2 else { return nil }
        if count > 1 { output.append(UInt8(truncatingIfNeeded: bits >> (count == 2 ? 4 : 10))) }
        if count > 2 { output.append(UInt8(truncatingIfNeeded: bits >> 2)) }
        return output
    }
}
