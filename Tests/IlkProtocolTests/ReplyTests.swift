import IlkProtocol
import Testing

@Suite struct `Lines of replies and requests` {
    private func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }

    @Test func `carry a result with the id as it came`() {
        func line(_ id: RequestID) -> String {
            text(
                Reply.result(id: id) { writer in
                    writer.beginObject()
                    writer.key("pong")
                    writer.bool(true)
                    writer.endObject()
                })
        }
        #expect(line(.int(-7)) == #"{"jsonrpc":"2.0","id":-7,"result":{"pong":true}}"#)
        #expect(line(.string("a\"b")) == #"{"jsonrpc":"2.0","id":"a\"b","result":{"pong":true}}"#)
        #expect(line(.null) == #"{"jsonrpc":"2.0","id":null,"result":{"pong":true}}"#)
    }

    @Test func `carry an error with JSON-RPC's number and ilk's word`() {
        #expect(
            text(Reply.error(id: .int(1), IlkError(.notFound, "no collection 'a'")))
                == #"{"jsonrpc":"2.0","id":1,"error":{"code":-32004,"message":"no collection 'a'","data":{"code":"not_found","retryable":false}}}"#
        )
        #expect(
            text(Reply.error(id: .null, IlkError(.overloaded, "wait", retryAfterMilliseconds: 50)))
                == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32006,"message":"wait","data":{"code":"overloaded","retryable":true,"retry_after_ms":50}}}"#
        )
    }

    @Test(arguments: ErrorCode.allCases)
    func `of errors come back as the errors they were`(code: ErrorCode) throws {
        for wait in [nil, 250] {
            let error = IlkError(code, "what to do: \"this\"\n", retryAfterMilliseconds: wait)
            #expect(try ClientLine.read(Reply.error(id: .int(3), error)) == .reply(id: 3, .failure(error)))
            #expect(try ClientLine.read(Reply.error(id: .null, error)) == .reply(id: nil, .failure(error)))
        }
    }

    @Test func `have a number of its own for every code`() {
        #expect(Set(ErrorCode.allCases.map(\.number)).count == ErrorCode.allCases.count)
        #expect(ErrorCode.allCases.allSatisfy { (-32_768 ... -32_000).contains($0.number) })
    }

    @Test func `tell progress as notifications`() throws {
        let params = JSONObject([("job", .string("rebuild-1")), ("done", .int(3)), ("eta_s", .double(1.5))])
        let line = Reply.notification(method: "progress", params: params)
        #expect(
            text(line) == #"{"jsonrpc":"2.0","method":"progress","params":{"job":"rebuild-1","done":3,"eta_s":1.5}}"#)
        #expect(try ClientLine.read(line) == .notification(method: "progress", params: params))
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `carry any value there and back`(seed: UInt64) throws {
        var randomness = Randomness(seed: seed)
        let value = randomness.value()
        let line = Reply.result(id: .int(5)) { $0.value(value) }
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try ClientLine.read(line) == .reply(id: 5, .success(value)))
    }

    @Test func `of requests are read by the parser`() throws {
        let params = JSONObject([("collection", .string("c")), ("filter", .string("a = 'x\n'"))])
        for line in [
            ClientLine.request(id: 9, method: "points.count", params: .object(params)),
            ClientLine.request(id: 9, method: "points.count", params: JSONText(.object(params))),
        ] {
            guard case .single(let call) = parsed(line) else { throw NotThat("no single") }
            #expect(call.id == .int(9))
            guard case .pointsCount(let count) = try call.command.get() else { throw NotThat("no count") }
            #expect(count.collection == "c" && count.filter == .text("a = 'x\n'"))
        }
    }

    @Test(arguments: ["", "{", "[]", "7", "{}", #"{"id":1}"#, #"{"id":1,"error":7}"#, #"{"id":1,"error":{"code":1}}"#])
    func `that no daemon of ilk's sends are refused`(line: String) {
        #expect(throws: IlkError.self) { try ClientLine.read(Array(line.utf8)) }
    }

    @Test func `with an error of another daemon's are read as far as they go`() throws {
        let line = #"{"id":1,"error":{"code":-32601,"message":"Method not found"}}"#
        #expect(
            try ClientLine.read(Array(line.utf8)) == .reply(id: 1, .failure(IlkError(.internal, "Method not found"))))
    }
}
