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
                let number = unsafe bytes[place..<end]
                if let reason = unsafe Self.reason(number) {
                    text = unsafe String(decoding: number.prefix(40), as: UTF8.self) + (number.count > 40 ? "…" : "")
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

    private static func reason(_ number: Slice<UnsafeRawBufferPointer>) -> String? {
        var rest = unsafe number
        func skipDigits() -> Int {
            let start = unsafe rest.startIndex
            while let byte = unsafe rest.first, isDigit(byte) { unsafe rest.removeFirst() }
            return unsafe rest.startIndex - start
        }
        func skip(_ bytes: String) -> Bool {
            guard let byte = unsafe rest.first, bytes.utf8.contains(byte) else { return false }
            unsafe rest.removeFirst()
            return true
        }
        let malformed = "is no JSON number; write it like -1.5 or 2e-3"
        _ = skip("-")
        let leadsWithZero = unsafe rest.first == UInt8(ascii: "0")
        let digits = skipDigits()
        guard digits > 0, !(leadsWithZero && digits > 1) else { return malformed }
        let isInteger = unsafe rest.isEmpty
        if skip("."), skipDigits() == 0 { return malformed }
        let hasExponent = skip("eE")
        if hasExponent {
            _ = skip("+-")
            if skipDigits() == 0 { return malformed }
        }
        guard unsafe rest.isEmpty else { return malformed }

        // Most numbers are seen to be in range without reading them.
        if isInteger && digits <= 18 || !isInteger && !hasExponent && digits <= 300 { return nil }
        let text = unsafe String(decoding: number, as: UTF8.self)
        if isInteger {
            guard Int64(text) == nil, UInt64(text) == nil else { return nil }
            return "is over the range of a 64-bit integer; send it as a string, or with a fraction"
        }
        guard Double(text)?.isFinite != true else { return nil }
        return "is over the range of a 64-bit float; send a smaller number"
    }
}
