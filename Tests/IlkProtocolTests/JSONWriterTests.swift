import Foundation
import IlkProtocol
import Testing

@Suite struct `JSON writer` {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `sets commas between elements and members, and nowhere else`() {
        let text = text { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.int(1)
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.null()
            writer.endArray()
            writer.key(String("b"))
            writer.bool(false)
            writer.key("c")
            writer.json(JSONText(validated: Array("{\"x\":[1,2]}".utf8)))
            writer.key("d")
            writer.uint(.max)
            writer.endObject()
        }
        #expect(text == #"{"a":[1,{},[],null],"b":false,"c":{"x":[1,2]},"d":18446744073709551615}"#)
    }

    @Test func `escapes quotes, backslashes and control characters, and nothing else`() throws {
        let written = text { $0.string("a\"b\\c/\n\r\t\u{8}\u{0}\u{1F}\u{7F}é\u{2028}😀") }
        #expect(written == "\"a\\\"b\\\\c/\\n\\r\\t\\u0008\\u0000\\u001f\u{7F}é\u{2028}😀\"")
        for code in 0...UInt32(0x10FFFF) where code < 0x3000 || code % 97 == 0 {
            guard let scalar = Unicode.Scalar(code) else { continue }
            let string = "x\(Character(scalar))y"
            guard case .string(let back) = try JSONValue.parse(text { $0.string(string) }) else {
                throw NotThat("no string")
            }
            #expect(back.utf8.elementsEqual(string.utf8))
        }
    }

    @Test func `escapes strings that are not stored as UTF-8`() {
        let bridged = String(NSString(string: "a\"é\n"))
        #expect(text { $0.string(bridged) } == "\"a\\\"é\\n\"")
    }

    @Test func `writes the shortest text that reads back as the same float`() throws {
        #expect(text { $0.float(0.1) } == "0.1")
        #expect(text { $0.float(1) } == "1.0")
        #expect(text { $0.float(16_777_216) } == "16777216.0")
        #expect(text { $0.float(.greatestFiniteMagnitude) } == "3.4028235e+38")
        #expect(text { $0.float(.leastNonzeroMagnitude) } == "1e-45")
        #expect(text { $0.float(-0.0) } == "-0.0")
        var randomness = Randomness(seed: 1)
        for _ in 0..<20_000 {
            let float = randomness.float()
            let written = text { $0.float(float) }
            let back = try #require(try JSONValue.parse(written).asDouble)
            #expect(Float(back).bitPattern == float.bitPattern, "\(written)")
        }
    }

    @Test func `writes the shortest text that reads back as the same double`() throws {
        var randomness = Randomness(seed: 2)
        for _ in 0..<20_000 {
            let double = randomness.double()
            #expect(try JSONValue.parse(text { $0.double(double) }).asDouble?.bitPattern == double.bitPattern)
        }
    }

    @Test func `writes null for what JSON has no number for`() {
        #expect(text { $0.float(.nan) } == "null")
        #expect(text { $0.float(-.infinity) } == "null")
        #expect(text { $0.double(.infinity) } == "null")
        #expect(text { $0.value(.double(.nan)) } == "null")
    }

    @Test func `writes vectors as numbers or as base64`() {
        #expect(text { $0.vector([1, -2.5], base64: false) } == "[1.0,-2.5]")
        #expect(text { $0.vector([1, -2.5], base64: true) } == "\"AACAPwAAIMA=\"")
        #expect(text { $0.vector([], base64: true) } == "\"\"")
    }

    @Test func `writes ids as they were given`() {
        #expect(text { $0.id(.string("7")) } == "\"7\"")
        #expect(text { $0.id(.number(.max)) } == "18446744073709551615")
    }
}

extension JSONValue {
    var asDouble: Double? {
        switch self {
        case .int(let int): Double(int)
        case .uint(let uint): Double(uint)
        case .double(let double): double
        default: nil
        }
    }
}
