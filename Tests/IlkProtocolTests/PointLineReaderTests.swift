import IlkProtocol
import Testing

@Suite struct `Point line reader` {
    private func point(_ line: String) throws -> PointLineReader.Point {
        let bytes = Array(line.utf8)
        let reader = PointLineReader()
        return try unsafe bytes.withUnsafeBytes { try unsafe reader.point($0) }
    }

    @Test func `reads what points.upsert takes, with or without an id`() throws {
        let full = try point(#"{"id":"a","vectors":{"image":[1,2],"text":"AACAPw=="},"payload":{"n" : 1}}"#)
        #expect(full.id == .string("a"))
        #expect(full.vectors.map(\.field) == ["image", "text"])
        #expect(full.vectors.map(\.vector) == [[1, 2], [1]])
        #expect(full.payload == JSONText(validated: Array(#"{"n":1}"#.utf8)))
        #expect(full.expiry == .never)
        #expect(try point(#"{"vector":[3],"expires_at":1767225600}"#).expiry == .at(1_767_225_600))
        let bare = try point(#"{"vector":[3]}"#)
        #expect(bare.id == nil && bare.payload == nil)
        #expect(bare.vectors.map(\.vector) == [[3]])
    }

    @Test(arguments: [
        ("[1]", "the point is an array; send an object"),
        (#"{"vector":[1],"ID":1}"#, "unknown field 'ID' in the point; did you mean 'id'?"),
        (#"{"vector":["a"]}"#, "the point's vector[0] is a string; expected a number"),
        (#"{"vectors":{"v":[1,{}]}}"#, "the point's vectors.v[1] is an object; expected a number"),
        (#"{"id":-1,"vector":[1]}"#, "the point's id is -1; an id is a string or an unsigned integer"),
        (
            #"{"vector":[1],"payload":{"a":1,"a":2}}"#,
            "the point's payload has an object where 'a' stands twice; send it once"
        ),
    ])
    func `refuses what the daemon would`(line: String, message: String) {
        do {
            let point = try point(line)
            Issue.record("read as \(point)")
        } catch {
            #expect((error as? IlkError)?.message == message)
        }
    }

    @Test func `reads a vector alone`() throws {
        let reader = PointLineReader()
        #expect(try reader.vector(Array("[1, 2.5]".utf8)) == [1, 2.5])
        #expect(try reader.vector(Array(#""AACAPw==""#.utf8)) == [1])
        #expect(throws: IlkError.self) { try reader.vector(Array("{}".utf8)) }
        #expect(throws: IlkError.self) { try reader.vector(Array("[1".utf8)) }
    }
}
