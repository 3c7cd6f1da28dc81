import Foundation
import IlkDatasets
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `NDJSON` {
    @Test func `points come with id, vectors and payload, as points upsert takes them`() throws {
        let scratch = try Scratch()
        let base64 = Base64Vector.encode([1, 2])
        let text = """
            {"id":"a","vector":[1,2.5],"payload":{"n": 1, "s":"ü"}}
            {"id":18446744073709551615,"vectors":{"image":[3,4],"text":"\(base64)"}}

            {"vector":"\(base64)"}
            """
        for path in [try scratch.write("a.ndjson", text), try scratch.writeGzipped("a.jsonl", Array(text.utf8))] {
            let (records, refused) = try entries(path)
            #expect(refused.isEmpty)
            #expect(records.map(\.id) == [.string("a"), .number(.max), nil])
            #expect(records.map(\.line) == [1, 2, 4])
            #expect(records.map(\.row) == [0, 1, 2])
            #expect(records[0].vectors.map(\.vector) == [[1, 2.5]])
            #expect(records[0].vectors[0].field == nil)
            #expect(records[1].vectors.map(\.field) == ["image", "text"])
            #expect(records[1].vectors.map(\.vector) == [[3, 4], [1, 2]])
            #expect(try records[0].payload?.parsed() == .object(JSONObject([("n", .int(1)), ("s", .string("ü"))])))
        }
    }

    @Test func `a bad line is refused with its number, reason and text, and the next one is read`() throws {
        let scratch = try Scratch()
        let bad = [
            ("{", "not JSON"), ("[1,2]", "an array; send an object"),
            (#"{"id":-1,"vector":[1]}"#, "id is -1"), (#"{"id":"","vector":[1]}"#, "is empty"),
            (#"{"id":1,"vector":[1,"x"]}"#, "vector[1] is a string"),
            (#"{"id":1,"vector":[1e300]}"#, "over the range of a 32-bit float"),
            (#"{"id":1,"vector":[NaN]}"#, "not JSON"), (#"{"id":1,"vector":"AAA"}"#, "not base64"),
            (#"{"id":1,"vector":[]}"#, "is empty"),
            (#"{"id":1,"vector":[1],"paylod":{}}"#, "did you mean 'payload'?"),
            (#"{"id":1,"vector":[1],"payload":7}"#, "expected an object"),
            (#"{"id":1,"vector":[1],"vectors":{}}"#, "both"),
        ]
        let text = bad.map(\.0).joined(separator: "\n") + "\n" + #"{"id":"last","vector":[1]}"#
        let (records, refused) = try entries(try scratch.write("a.ndjson", text))
        #expect(records.map(\.id) == [.string("last")])
        #expect(records.first?.row == bad.count)
        #expect(refused.map(\.line) == Array(1...bad.count))
        for (refused, (line, reason)) in zip(refused, bad) {
            #expect(refused.reason.contains(reason), "\(line): \(refused.reason)")
            #expect(refused.text == line)
        }
    }

    @Test func `every record carries its line as it stands, up to 64 KiB, for whoever refuses it later`() throws {
        let scratch = try Scratch()
        let long = #"{"id":"long","vector":[1],"payload":{"t":"\#(String(repeating: "x", count: 70_000))"}}"#
        let lines = [#"{ "id":"a", "vector":[1,2.50] }"#, #"{"vector":[3]}"#, long]
        let (records, _) = try entries(try scratch.write("a.ndjson", lines.joined(separator: "\r\n")))
        let texts = records.map { $0.text.map { String(decoding: $0, as: UTF8.self) } }
        #expect(texts == [lines[0], lines[1], String(long.prefix(65_536))])
    }

    @Test func `a byte order mark, carriage returns and a missing last line end do not matter`() throws {
        let scratch = try Scratch()
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("{\"vector\":[1]}\r\n   \r\n{\"vector\":[2]}".utf8)
        let (records, refused) = try entries(try scratch.write("a.ndjson", bytes))
        #expect(refused.isEmpty)
        #expect(records.map(\.vectors[0].vector) == [[1], [2]])
        #expect(records.map(\.line) == [1, 3])
    }

    @Test func `lines longer than the buffer are read, and skipping lands on the right line`() throws {
        let scratch = try Scratch()
        let long = (0..<200_000).map { String($0 % 7) }.joined(separator: ",")
        let text = (0..<4).map { "{\"id\":\($0),\"vector\":[1],\"payload\":{\"a\":[\(long)]}}" }.joined(separator: "\n")
        let path = try scratch.write("a.ndjson", text)
        #expect(try entries(path).records.map(\.id) == (0..<4).map { .number($0) })
        let (records, _) = try entries(path, skipping: 3)
        #expect(records.map(\.id) == [.number(3)])
        #expect(records.map(\.line) == [4])
        #expect(records.map(\.row) == [3])
    }

    @Test func `a line without end is refused without being held`() throws {
        let scratch = try Scratch()
        var bytes = [UInt8](repeating: UInt8(ascii: "7"), count: (16 << 20) + 400_000)
        bytes += Array("\n{\"vector\":[1]}\n".utf8)
        let (records, refused) = try entries(try scratch.writeGzipped("a.ndjson", bytes))
        #expect(refused.map(\.reason) == ["the line has over 16777216 bytes"])
        #expect(records.map(\.row) == [1])
    }

    @Test func `an empty file has no points`() throws {
        let scratch = try Scratch()
        #expect(try entries(try scratch.write("a.ndjson", "")).records.isEmpty)
        #expect(try entries(try scratch.writeGzipped("a.ndjson", [])).records.isEmpty)
    }

    @Test func `progress counts bytes of the file as it lies on the disk`() throws {
        let scratch = try Scratch()
        let text = (0..<5_000).map { "{\"vector\":[\($0)]}\n" }.joined()
        let path = try scratch.write("a.ndjson", text)
        let reader = try RecordReader(path: path)
        #expect(reader.bytes.total == text.utf8.count)
        while try reader.next() != nil {}
        #expect(reader.bytes.done == text.utf8.count)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `mutated lines never crash, and every line is told`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let scratch = try Scratch()
        var bytes = Array(
            (0..<20).map { "{\"id\":\"p\($0)\",\"vectors\":{\"v\":[1,\($0)]},\"payload\":{\"a\":[{}]}}\n" }.joined()
                .utf8)
        for _ in 0..<20 {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        let lines = bytes.split(separator: 0x0A).count { line in
            line.contains { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }
        }
        let (records, refused) = try entries(try scratch.write("a.ndjson", bytes))
        #expect(records.count + refused.count == lines)
    }
}
