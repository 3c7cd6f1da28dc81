import Foundation
import IlkProtocol
import Testing

@Suite struct `Base64 vectors` {
    @Test(arguments: 0...65)
    func `agree with Foundation's base64 at every length`(count: Int) throws {
        var randomness = Randomness(seed: UInt64(count))
        let vector = (0..<count).map { _ in randomness.float() }
        let text = Base64Vector.encode(vector)
        let bytes = vector.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
        #expect(text == Data(bytes).base64EncodedString())
        #expect(Base64Vector.decode(text)?.map(\.bitPattern) == vector.map(\.bitPattern))
    }

    @Test(arguments: [
        ("A", "its length, 1, is no multiple of 4"),
        ("AACAPw=", "its length, 7, is no multiple of 4"),
        ("AACAPw", "its length, 6, is no multiple of 4"),
        ("AACA", "it holds 3 bytes, no whole number of 4-byte floats"),
        ("AACAPwA=", "it holds 5 bytes, no whole number of 4-byte floats"),
        ("AACA!w==", "'!' at byte 4 is none of its 64 characters"),
        ("A-CAPw==", "'-' at byte 1 is none of its 64 characters"),
        ("AA=APw==", "'=' at byte 2 is none of its 64 characters"),
        ("AACAPw=A", "it holds 6 bytes, no whole number of 4-byte floats"),
        ("AACA====", "'=' at byte 4 is none of its 64 characters"),
        ("AACAPx==", "its last character has bits that belong to no byte"),
        ("\\nACAPw==", "0xa at byte 0"),
        ("ÄCAPw==", "0xc3 at byte 0 is none of its 64 characters"),
    ])
    func `are strict`(text: String, reason: String) throws {
        let error = try refusal("search", #"{"collection":"c","vector":"\#(text)"}"#)
        #expect(error.code == .invalidRequest)
        #expect(error.message.hasPrefix("search.vector is not base64 of floats: \(reason)"), "\(error.message)")
    }

    @Test func `change by a flipped byte or are refused, but never trap`() {
        var randomness = Randomness(seed: 9)
        let good = Array(Base64Vector.encode((0..<8).map { _ in randomness.float() }).utf8)
        for place in good.indices {
            for byte in UInt8(0x20)..<0x7F where byte != good[place] {
                var bad = good
                bad[place] = byte
                let text = String(decoding: bad, as: UTF8.self)
                // Reading is strict: what is accepted is what we would have written.
                if let vector = Base64Vector.decode(text) { #expect(Base64Vector.encode(vector) == text) }
            }
            for length in 0..<good.count {
                let text = String(decoding: good[..<length], as: UTF8.self)
                if let vector = Base64Vector.decode(text) { #expect(Base64Vector.encode(vector) == text) }
            }
        }
    }

    @Test func `with values that are no numbers are refused by the component's index`() throws {
        for (value, name) in [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")] {
            let text = Base64Vector.encode([1, 2, value])
            let error = try refusal("search", #"{"collection":"c","vector":"\#(text)"}"#)
            #expect(error.message == "search.vector[2] is \(name); send finite numbers")
        }
    }
}
