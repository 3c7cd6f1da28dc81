import Foundation
import IlkDatasets
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `CSV and TSV` {
    private func read(
        _ text: String, _ options: RecordOptions = RecordOptions(), name: String = "a.csv"
    ) throws -> (
        records: [DatasetRecord], refused: [RefusedRecord]
    ) {
        let scratch = try Scratch()
        return try withExtendedLifetime(scratch) { try entries(try scratch.write(name, text), options) }
    }

    private func payload(_ record: DatasetRecord) -> String {
        record.payload.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    @Test func `numbered columns are the vector, the others the payload with the types they look like`() throws {
        let text = """
            id,v0,v1,title,price,stock,sold_out,zip,brand.name,empty
            7,1,2.5,"Shoe, red",9.5,12,true,01234,Acme,
            x-1,-1e-3,4,"a ""b"" c",10,-3,False,5,"12",
            """
        let (records, refused) = try read(text)
        #expect(refused.isEmpty, "\(refused)")
        #expect(records.map(\.id) == [.number(7), .string("x-1")])
        #expect(records.map(\.vectors[0].vector) == [[1, 2.5], [-0.001, 4]])
        #expect(
            payload(records[0])
                == #"{"title":"Shoe, red","price":9.5,"stock":12,"sold_out":true,"zip":"01234","brand":{"name":"Acme"}}"#
        )
        #expect(
            payload(records[1])
                == #"{"title":"a \"b\" c","price":10,"stock":-3,"sold_out":false,"zip":5,"brand":{"name":12}}"#)
    }

    @Test func `declared fields decide their columns' types, and what does not fit is refused`() throws {
        var options = RecordOptions()
        options.fields = [
            PayloadField(path: "sku", kind: .keyword), PayloadField(path: "price", kind: .float),
            PayloadField(path: "n", kind: .int),
            PayloadField(path: "ok", kind: .bool),
        ]
        let text = "sku,price,n,ok,v0\n007,3,4,1,1\n8,x,4,0,1\n9,3,4.5,true,1\n10,1e999,4,true,1\n11,3,4,maybe,1\n"
        let (records, refused) = try read(text, options)
        #expect(records.map(payload) == [#"{"sku":"007","price":3.0,"n":4,"ok":true}"#])
        #expect(
            refused.map(\.reason) == [
                "column 'price': 'x' is no finite number", "column 'n': '4.5' is no integer",
                "column 'price': '1e999' is no finite number", "column 'ok': 'maybe' is neither true nor false",
            ])
        #expect(refused.map(\.line) == [3, 4, 5, 6])
        #expect(refused.first?.text == "8,x,4,0,1")
    }

    @Test func `a vector column holds JSON or base64, and named ones go to their fields`() throws {
        let base64 = Base64Vector.encode([3, 4])
        let text = "id\tvector.image\tvector.text\na\t[1, 2]\t\(base64)\nb\t\t[5,6]\nc\t\t\nd\t[1,x]\t\n"
        let (records, refused) = try read(text, name: "a.tsv")
        #expect(records.map { $0.vectors.map(\.field) } == [["image", "text"], ["text"]])
        #expect(records.map { $0.vectors.map(\.vector) } == [[[1, 2], [3, 4]], [[5, 6]]])
        #expect(refused.map(\.line) == [4, 5])
        #expect(refused.first?.reason == "it has no vector")
        let quoted = try read("id,vector\na,\"[1,2]\"\n")
        #expect(quoted.records.map(\.vectors[0].vector) == [[1, 2]])
    }

    @Test func `quoted fields may hold line ends, and lines are counted through them`() throws {
        let (records, refused) = try read("id,t,v0\r\n1,\"a\r\nb\",1\r\n2,c,x\r\n3,\"d\n\ne\",3\r\n4,f,4")
        #expect(records.map(\.id) == [.number(1), .number(3), .number(4)])
        #expect(records.map(\.line) == [2, 5, 8])
        #expect(payload(records[0]) == #"{"t":"a\r\nb"}"#)
        #expect(refused.map(\.line) == [4])
    }

    @Test func `ragged rows, bad numbers and bad quotes are refused one by one`() throws {
        let rows = [
            ("1,2", "it has 2 fields, the header 3"), ("1,2,3,4", "it has 4 fields, the header 3"),
            ("1,nan,3", "field 2 is 'nan', no finite number"), ("1,inf,3", "no finite number"),
            ("1,,3", "field 2 is ''"),
            ("1,1.5x,3", "'1.5x'"), (",1,3", "its id is empty"),
            ("1,\"1\"2,3", "text follows the closing quote of field 2"),
            ("1,1e99,3", "no finite number"),
        ]
        let (records, refused) = try read("id,v0,v1\n" + rows.map(\.0).joined(separator: "\n") + "\nlast,1,2\n")
        #expect(records.map(\.id) == [.string("last")])
        #expect(refused.count == rows.count)
        for (refused, (row, reason)) in zip(refused, rows) {
            #expect(refused.reason.contains(reason), "\(row): \(refused.reason)")
        }
    }

    @Test func `every record carries its text as it stands, line ends and quotes among it`() throws {
        let (records, _) = try read("id,t,v0\n1,\"a \"\"b\"\"\nc\",1\n2,d,2\n")
        let texts = records.map { $0.text.map { String(decoding: $0, as: UTF8.self) } }
        #expect(texts == ["1,\"a \"\"b\"\"\nc\",1", "2,d,2"])
    }

    @Test func `a quote that is never closed costs only its line`() throws {
        let (records, refused) = try read("id,t,v0\n1,\"open,1\n2,x,2\n3,y,3\n")
        #expect(refused.map(\.line) == [2])
        #expect(refused.map(\.reason) == ["a quote is not closed; write a quote within a quoted field twice"])
        #expect(records.map(\.id) == [.number(2), .number(3)])
        #expect(records.map(\.line) == [3, 4])
    }

    @Test func `text that is not UTF-8 is refused`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("a.csv", Array("t,v0\n".utf8) + [0xFF, 0xFE] + Array(",1\nok,2\n".utf8))
        let (records, refused) = try entries(path)
        #expect(refused.map(\.reason) == ["field 1 is not UTF-8"])
        #expect(records.count == 1)
    }

    @Test func `a header that cannot be used is told at once`() throws {
        let cases = [
            ("", "the file is empty"), ("id,title\n1,x", "no vector in the header"),
            ("id,id,v0\n", "column 'id' stands twice"),
            ("\"id,v0\n1,2", "a quote in the header row is not closed"),
        ]
        for (text, expected) in cases {
            let said = complaint { _ = try read(text) }
            #expect(said.contains(expected), "\(said)")
        }
        var options = RecordOptions()
        options.vectorColumns = "q"
        #expect(complaint { _ = try read("id,v0\n1,2", options) }.contains("no columns q0, q1, … in the header"))
    }

    @Test func `options name the id column and the vector columns; nameless columns are passed over`() throws {
        var options = RecordOptions()
        options.idColumn = "sku"
        options.vectorColumns = "pixel"
        let (records, refused) = try read(",sku,pixel2,pixel1,v0\n0,a,2,1,x\n", options)
        #expect(refused.isEmpty)
        #expect(records.map(\.id) == [.string("a")])
        #expect(records.map(\.vectors[0].vector) == [[1, 2]])
        #expect(records.map(payload) == [#"{"v0":"x"}"#])
    }

    @Test func `a named column says when points expire`() throws {
        var options = RecordOptions()
        options.expiryColumn = "until"
        let (records, refused) = try read("id,vector,until\na,[1],1767225600\nb,[1],\nc,[1],soon\nd,[1],-3\n", options)
        #expect(records.map(\.expiry) == [.at(1_767_225_600), .never])
        #expect(
            refused.map(\.reason) == [
                "it expires at 'soon', which is no whole number of seconds since 1970",
                "its expiry is -3; give seconds since 1970, up to 253402300799, or \"never\"",
            ])
    }

    @Test func `blank lines are no records, and skipping counts as reading does`() throws {
        let scratch = try Scratch()
        let text = "\u{FEFF}v0,v1,t\n1,1,\"a\nb\"\n\n2,2,c\n\"3,3,d\n4,4,e\n"
        let path = try scratch.write("a.csv", text)
        let (records, refused) = try entries(path)
        #expect(records.map(\.row) == [0, 1, 3])
        #expect(refused.map(\.row) == [2])
        for count in 0...4 {
            let rest = try entries(path, skipping: count)
            #expect(rest.records.map(\.row) == records.map(\.row).filter { $0 >= count })
            #expect(rest.refused == refused.filter { $0.row >= count })
            #expect(rest.records.map(\.line) == records.filter { $0.row >= count }.map(\.line))
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `mutated text never crashes`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let scratch = try Scratch()
        var bytes = Array(("id,v0,v1,t\n" + (0..<40).map { "\($0),1,2,\"x \"\"\($0)\"\"\ny\"\n" }.joined()).utf8)
        let alphabet = Array("\",\n\r0\\".utf8) + [0xFF, 0]
        for _ in 0..<10 {
            bytes[Int.random(in: 11..<bytes.count, using: &generator)] = alphabet.randomElement(using: &generator) ?? 0
        }
        let path = try scratch.write("a.csv", bytes)
        let whole = try entries(path)
        #expect(whole.records.count + whole.refused.count > 0)
        let rest = try entries(path, skipping: 5)
        #expect(rest.records.map(\.row) == whole.records.map(\.row).filter { $0 >= 5 })
    }
}
