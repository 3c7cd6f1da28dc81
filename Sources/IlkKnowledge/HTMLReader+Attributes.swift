extension HTMLReader {
    /// Attributes of one element; pages have a few dozen.
    static let maximumAttributes = 1_000

    /// Whether an element has more attributes than any page needs.
    ///
    /// The parser compares each attribute with all before it: 40,000 took 3 s, a million would take half an hour, and it
    /// cannot be stopped meanwhile. So tags are looked through before it sees them, by its own rules for names and quotes.
    static func hasTooManyAttributes(_ bytes: [UInt8]) -> Bool {
        var position = 0
        while let tag = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
            position = tag + 1
            guard position < bytes.count, isNameStart(bytes[position]) else { continue }
            let nameStart = position
            while position < bytes.count, isName(bytes[position]) { position += 1 }
            let name = bytes[nameStart..<position]
            guard count(in: bytes, from: &position) <= maximumAttributes else { return true }
            if isRaw(name) { skipRaw(bytes, from: &position) }
        }
        return false
    }

    /// Counts the attributes of a tag and goes to its end.
    private static func count(in bytes: [UInt8], from position: inout Int) -> Int {
        var count = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
            guard isNameStart(bytes[position]) else {
                position += 1
                continue
            }
            count += 1
            while position < bytes.count, isName(bytes[position]) { position += 1 }
            skipBlanks(bytes, from: &position)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else { continue }
            position += 1
            skipBlanks(bytes, from: &position)
            guard position < bytes.count else { break }
            let quote = bytes[position]
            if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                position = bytes[(position + 1)...].firstIndex(of: quote).map { $0 + 1 } ?? bytes.count
            } else {
                while position < bytes.count, bytes[position] > 32, bytes[position] != UInt8(ascii: ">") {
                    position += 1
                }
            }
        }
        return count
    }

    /// Whether an element's content is no markup.
    private static func isRaw(_ name: ArraySlice<UInt8>) -> Bool {
        let lower = name.map { $0 | 0x20 }
        return lower.elementsEqual("script".utf8) || lower.elementsEqual("style".utf8)
    }

    /// Goes to the end tag of a script or style.
    private static func skipRaw(_ bytes: [UInt8], from position: inout Int) {
        while let tag = bytes[min(position, bytes.count)...].firstIndex(of: UInt8(ascii: "<")) {
            position = tag + 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "/") { return }
        }
        position = bytes.count
    }

    private static func skipBlanks(_ bytes: [UInt8], from position: inout Int) {
        while position < bytes.count, bytes[position] <= 32 { position += 1 }
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isName(_ byte: UInt8) -> Bool {
        isNameStart(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }
}
