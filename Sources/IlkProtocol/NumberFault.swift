import Glibc

/// The first number of a document that cannot be read, found after simdjson has refused it without saying where.
struct NumberFault: CustomStringConvertible {
    /// Its text, cut where it is long.
    let text: String
    /// Where it begins, counted in bytes from 0.
    let offset: Int
    /// What is wrong with it and what to do.
    let reason: String

    var description: String { "\(text) at byte \(offset) \(reason)" }

    /// Nil where every number can be read.
    init?(in bytes: UnsafeRawBufferPointer) {
        var place = 0
        var isInString = false
        while place < bytes.count {
            let byte = unsafe bytes[place]
            if isInString {
                if byte == UInt8(ascii: "\\") { place += 1 }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if Self.isPart(byte) && byte != UInt8(ascii: "e") && byte != UInt8(ascii: "E") {
                var end = place + 1
                while end < bytes.count, unsafe Self.isPart(bytes[end]) { end += 1 }
                let number = unsafe Array(bytes[place..<end])
                if let reason = Self.reason(number) {
                    text = String(decoding: number.prefix(40), as: UTF8.self) + (number.count > 40 ? "…" : "")
                    offset = place
                    self.reason = reason
                    return
                }
                place = end - 1
            } else if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) {
                // A word such as `true`: the e in it begins no number.
                while place + 1 < bytes.count, unsafe (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[place + 1])
                {
                    place += 1
                }
            }
            place += 1
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isPart(_ byte: UInt8) -> Bool {
        isDigit(byte) || "+-.eE".utf8.contains(byte)
    }

    private static func reason(_ number: [UInt8]) -> String? {
        var rest = number[...]
        func digits(_ rest: inout ArraySlice<UInt8>) -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        let malformed = "is no JSON number; write it like -1.5 or 2e-3"
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leadsWithZero = rest.first == UInt8(ascii: "0")
        let whole = digits(&rest)
        guard whole > 0, !(leadsWithZero && whole > 1) else { return malformed }
        let isInteger = rest.isEmpty
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits(&rest) > 0 else { return malformed }
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, "+-".utf8.contains(sign) { rest = rest.dropFirst() }
            guard digits(&rest) > 0 else { return malformed }
        }
        guard rest.isEmpty else { return malformed }
        let text = String(decoding: number, as: UTF8.self)
        if isInteger {
            guard Int64(text) == nil, UInt64(text) == nil else { return nil }
            return "is over the range of a 64-bit integer; send it as a string, or with a fraction"
        }
        guard Double(text)?.isFinite != true else { return nil }
        return "is over the range of a 64-bit float; send a smaller number"
    }
}
