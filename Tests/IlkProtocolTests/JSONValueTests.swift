import Foundation
import IlkProtocol
import Testing

@Suite struct `JSON values` {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `read back as they were written`(seed: UInt64) throws {
        var randomness = Randomness(seed: seed)
        for _ in 0..<20 {
            let value = randomness.value()
            #expect(try JSONValue.parse(value.text) == value)
            #expect(try JSONText(value).parsed() == value)
        }
    }

    @Test(arguments: 1_000..<1_050 as Range<UInt64>)
    func `mean to Foundation what they mean to us`(seed: UInt64) throws {
        var randomness = Randomness(seed: seed)
        for _ in 0..<20 {
            let value = randomness.value()
            let theirs = try JSONSerialization.jsonObject(with: Data(value.text.utf8), options: .fragmentsAllowed)
            #expect(agree(value, theirs), "\(value.text)")
        }
    }

    @Test(arguments: 2_000..<2_050 as Range<UInt64>)
    func `are read from Foundation's text as from ours`(seed: UInt64) throws {
        var randomness = Randomness(seed: seed)
        let value = JSONValue.array([randomness.value()])
        let theirs = try JSONSerialization.jsonObject(with: Data(value.text.utf8))
        let pretty = try JSONSerialization.data(withJSONObject: theirs, options: .prettyPrinted)
        let reread = try JSONValue.parse([UInt8](pretty))
        #expect(agree(reread, theirs), "\(value.text)")
    }

    private func agree(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: return theirs is NSNull
        case .bool(let bool): return theirs as? Bool == bool
        case .int(let int): return (theirs as? NSNumber)?.int64Value == int
        case .uint(let uint): return (theirs as? NSNumber)?.uint64Value == uint
        case .double(let double):
            // Foundation goes by way of a Decimal here and there, and may miss the last digit.
            guard let theirs = (theirs as? NSNumber)?.doubleValue else { return false }
            return theirs == double || abs(theirs / double - 1) < 1e-15
        case .string(let text): return (theirs as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false
        case .array(let elements):
            guard let theirs = theirs as? [Any], theirs.count == elements.count else { return false }
            return zip(elements, theirs).allSatisfy { agree($0, $1) }
        case .object(let object):
            guard let theirs = theirs as? [String: Any], theirs.count == object.members.count else { return false }
            return object.members.allSatisfy { member in theirs[member.key].map { agree(member.value, $0) } ?? false }
        }
    }

    @Test func `keep the order of members and the kind of numbers`() throws {
        let text = #"{"z":1,"a":1.0,"m":-7,"b":18446744073709551615,"e":1e3,"n":-0.5}"#
        let value = try JSONValue.parse(text)
        guard case .object(let object) = value else { throw NotThat("no object") }
        #expect(object.members.map(\.key) == ["z", "a", "m", "b", "e", "n"])
        #expect(
            object.members.map(\.value) == [.int(1), .double(1), .int(-7), .uint(.max), .double(1_000), .double(-0.5)])
        #expect(value.text == #"{"z":1,"a":1.0,"m":-7,"b":18446744073709551615,"e":1000.0,"n":-0.5}"#)
    }

    @Test func `keep the last value of a repeated key, in the place of the first`() throws {
        #expect(try JSONValue.parse(#"{"a":1,"b":2,"a":3}"#).text == #"{"a":3,"b":2}"#)
        let many = (0..<100).map { #""k\#($0 % 50)":\#($0)"# }.joined(separator: ",")
        guard case .object(let object) = try JSONValue.parse("{\(many)}") else { throw NotThat("no object") }
        #expect(object.members.map(\.key) == (0..<50).map { "k\($0)" })
        #expect(object.members.map(\.value) == (50..<100).map { .int($0) })
    }

    @Test func `written by hand keep every key and space, on one line`() throws {
        let text = try JSONText(written: Array("{\"a\": 1,\r\n \"a\":\"x\\ny\",\n\"b\":1.50}\n".utf8))
        #expect(String(decoding: text.bytes, as: UTF8.self) == #"{"a": 1,   "a":"x\ny", "b":1.50} "#)
        #expect(try text.parsed() == JSONValue.parse(#"{"a":"x\ny","b":1.5}"#))
    }

    @Test(arguments: ["", "{", "{} {}", "{\"a\":\"line\nend\"}", "{a:1}", "[1e400]"])
    func `written by hand are refused where they are no JSON`(text: String) {
        #expect(throws: IlkError.self) { try JSONText(written: Array(text.utf8)) }
    }

    @Test func `tell equivalent spellings of a key apart`() throws {
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2}"
        let value = try JSONValue.parse(text)
        #expect(value.text == text)
        guard case .object(var object) = value else { throw NotThat("no object") }
        object["\u{E9}"] = nil
        #expect(object.members.map(\.value) == [.int(2)])
        #expect(object["\u{E9}"] == nil)
    }

    @Test func `of a hundred thousand members are read at once`() throws {
        let members = (0..<100_000).map { #""key \#($0)":\#($0)"# }.joined(separator: ",")
        guard case .object(let object) = try JSONValue.parse("{\(members)}") else { throw NotThat("no object") }
        #expect(object.members.count == 100_000)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "nul", "tru", "'a'", "\"a", "\"\u{1}\"", "\"\\x\"",
        "\"\\ud800\"", "01", "1.", ".5",
        "+1", "-", "1e", "0x1", "NaN", "Infinity", "-Infinity", "1 2", "[] []", "\u{FEFF}1", "/*c*/1",
    ])
    func `are refused as a parse error where the text is no JSON`(text: String) {
        do {
            let value = try JSONValue.parse(text)
            Issue.record("read as \(value)")
        } catch {
            #expect(error.code == .parseError)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `are refused where the bytes are not UTF-8`() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x28, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
        ] {
            #expect(throws: IlkError.self) { try JSONValue.parse(bytes) }
        }
    }

    @Test func `are refused where a number is over every range, with the place and what to do`() {
        for (text, message) in [
            (
                "[1,1e400]",
                "the line is not JSON that ilk reads: 1e400 at byte 3 is over the range of a 64-bit float; send a smaller number"
            ),
            (
                #"{"1e999":[true,18446744073709551616]}"#,
                "the line is not JSON that ilk reads: 18446744073709551616 at byte 15 is over the range of a 64-bit integer; "
                    + "send it as a string, or with a fraction"
            ),
            (
                #"["\"",01]"#,
                "the line is not JSON that ilk reads: 01 at byte 6 is no JSON number; write it like -1.5 or 2e-3"
            ),
            (
                "[-9223372036854775809]",
                "the line is not JSON that ilk reads: -9223372036854775809 at byte 1 is over the range of a 64-bit integer; "
                    + "send it as a string, or with a fraction"
            ),
        ] {
            do {
                let value = try JSONValue.parse(text)
                Issue.record("read as \(value)")
            } catch {
                #expect(error.message == message)
            }
        }
    }

    @Test(arguments: 3_000..<3_040 as Range<UInt64>)
    func `never refuse a number without saying which`(seed: UInt64) throws {
        var randomness = Randomness(seed: seed)
        let marks = Array("0123456789-+.eE")
        for _ in 0..<200 {
            let number = String(
                (0..<Int.random(in: 1...30, using: &randomness)).map { _ in
                    marks.randomElement(using: &randomness) ?? "0"
                })
            do {
                let value = try JSONValue.parse("[true,\(number)]")
                #expect(Double(number)?.isFinite == true, "\(number) was read as \(value)")
            } catch {
                #expect(!error.message.contains("while parsing a number"), "\(number): \(error)")
                let isNamed = error.message.contains("\(number) at byte 6 ")
                #expect(isNamed || !(number.first == "-" || number.first?.isNumber == true), "\(number): \(error)")
            }
        }
    }

    @Test func `nest 127 deep, and not one deeper`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try JSONValue.parse(nested(127)).text == nested(127))
        do {
            _ = try JSONValue.parse(nested(129))
            Issue.record("accepted")
        } catch {
            #expect(error.message.contains("128 deep"))
        }
    }
}
