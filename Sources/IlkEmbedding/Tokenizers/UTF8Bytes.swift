/// Code points in UTF-8 that a damaged model may have broken: no answer lies past the text's end.
enum UTF8Bytes {
    /// U+2581, which stands for a space in pieces.
    static let wordMark: [UInt8] = [0xE2, 0x96, 0x81]

    /// How many bytes a code point has, by its first; 1 for what cannot begin one.
    @inline(__always)
    static func length(lead: UInt8) -> Int {
        switch lead {
        case 0xF0...: 4
        case 0xE0...: 3
        case 0xC0...: 2
        default: 1
        }
    }

    /// The code point of `length` bytes; U+FFFD where they are none.
    @inline(__always)
    static func codePoint(in text: borrowing Span<UInt8>, at start: Int, length: Int) -> UInt32 {
        let lead = UInt32(text[start])
        var value: UInt32
        switch length {
        case 1: return lead < 0x80 ? lead : 0xFFFD
        case 2: value = lead & 0x1F
        case 3: value = lead & 0x0F
        default: value = lead & 0x07
        }
        for place in start + 1..<start + length { value = value << 6 | UInt32(text[place] & 0x3F) }
        return value <= 0x10FFFF ? value : 0xFFFD
    }

    /// The code point at a place, U+FFFD where there is none, and moves past it.
    @inline(__always)
    static func scalar(in text: borrowing Span<UInt8>, at place: inout Int) -> Unicode.Scalar {
        let length = min(length(lead: text[place]), text.count - place)
        defer { place += length }
        return Unicode.Scalar(codePoint(in: text, at: place, length: length)) ?? "\u{FFFD}"
    }

    /// Appends a code point.
    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        if scalar.isASCII {
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else {
            bytes += UTF8.encode(scalar)!
        }
    }
}
