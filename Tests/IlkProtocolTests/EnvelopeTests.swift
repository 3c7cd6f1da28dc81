import IlkProtocol
import Testing

@Suite struct `Request envelope` {
    @Test func `is JSON-RPC, and its version may be left out but not be another`() throws {
        #expect(try call(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#) == Call(id: .int(1), command: .success(.ping)))
        #expect(try call(#" { "method" : "ping" , "id" : 1 } "#) == Call(id: .int(1), command: .success(.ping)))
        for version in ["\"1.0\"", "2.0", "2", "[]"] {
            let call = try call(#"{"jsonrpc":\#(version),"id":1,"method":"ping"}"#)
            #expect(call.id == .int(1))
            #expect(
                try refusal(of: call).message == #"the request's jsonrpc is not "2.0"; send "2.0", or leave it out"#)
        }
    }

    @Test(arguments: [
        ("1", RequestID.int(1)), ("-9223372036854775808", .int(.min)), ("9223372036854775807", .int(.max)),
        ("null", .null),
        (#""""#, .string("")), (#""a\"\u00e9\n""#, .string("a\"é\n")),
    ])
    func `gives back any id that is a string, an integer or null`(text: String, id: RequestID) throws {
        #expect(try call(#"{"id":\#(text),"method":"ping"}"#) == Call(id: id, command: .success(.ping)))
        // Whatever else is wrong with the request.
        #expect(try call(#"{"method":"pong","params":7,"nonsense":[],"id":\#(text)}"#).id == id)
    }

    @Test(arguments: [
        ("1.5", "a number with a fraction or exponent"), ("1e3", "a number with a fraction or exponent"),
        ("true", "a boolean"),
        ("[1]", "an array"), ("{}", "an object"), ("9223372036854775808", "an integer over 9223372036854775807"),
    ])
    func `is refused with the id null where its id is anything else`(text: String, found: String) throws {
        let call = try call(#"{"id":\#(text),"method":"ping"}"#)
        #expect(call.id == .null)
        let error = try refusal(of: call)
        #expect(error.code == .invalidRequest)
        #expect(error.message == "the request's id is \(found); expected a string, a signed 64-bit integer, or null")
    }

    @Test func `without an id is a notification`() throws {
        #expect(try call(#"{"method":"ping"}"#) == Call(id: .absent, command: .success(.ping)))
        #expect(try call(#"{"method":"ping"}"#).id.isAbsent)
        #expect(try !call(#"{"method":"ping","id":null}"#).id.isAbsent)
    }

    @Test(arguments: [
        (#"{"id":1}"#, "the request lacks 'method'"),
        (#"{"id":1,"method":7}"#, "the request's method is an integer; expected a string"),
        (#"{"id":1,"method":null}"#, "the request lacks 'method'"),
        (#"{"id":1,"methud":"ping"}"#, "unknown field 'methud' in the request; did you mean 'method'?"),
        (#"{"id":1,"method":"ping","x":1}"#, "unknown field 'x' in the request; known are jsonrpc, id, method, params"),
        (#"{"id":1,"method":"ping","method":"info"}"#, "field 'method' stands twice in the request; send it once"),
        (#"{"id":1,"id":2,"method":"ping"}"#, "field 'id' stands twice in the request; send it once"),
        (
            #"{"id":1,"method":"search","params":["products",[1,2]]}"#,
            #"the request's params are an array; send an object with named fields, such as {"collection":…}"#
        ),
        (#"{"id":1,"method":"search","params":"x"}"#, "search is a string; send an object"),
        (#"{"id":1,"method":"ping","params":{"x":1}}"#, "unknown field 'x' in ping; it takes none"),
    ])
    func `is refused for what is wrong with it`(line: String, message: String) throws {
        let error = try refusal(of: try call(line))
        #expect(error.code == .invalidRequest)
        #expect(error.message == message)
    }

    @Test(arguments: [
        ("serach", "; did you mean 'search'?"), ("points.upsrt", "; did you mean 'points.upsert'?"),
        ("PING", "; did you mean 'ping'?"),
        ("collection.list ", "; did you mean 'collection.list'?"), ("select", ""), ("", ""),
    ])
    func `with an unknown method names the nearest one`(method: String, hint: String) throws {
        let error = try refusal(method, "{}")
        #expect(error.code == .unknownMethod)
        #expect(error.message == "no method '\(method)'\(hint)")
    }

    @Test func `may leave params out where nothing is required`() throws {
        for method in ["ping", "info", "stats", "collection.list", "job.list"] {
            for line in [
                #"{"id":1,"method":"\#(method)"}"#, #"{"id":1,"method":"\#(method)","params":{}}"#,
                #"{"id":1,"method":"\#(method)","params":null}"#,
            ] {
                guard case .success = try call(line).command else { throw NotThat(line) }
            }
        }
        #expect(try refusal(of: try call(#"{"id":1,"method":"search"}"#)).message == "search lacks 'collection'")
    }

    @Test(arguments: ["7", "\"x\"", "null", "true", "1.5"])
    func `that is no object says what to send`(line: String) throws {
        let call = try call(line)
        #expect(call.id == .null)
        #expect(try refusal(of: call).message.hasSuffix(#"; send {"id":…,"method":…,"params":{…}}"#))
    }

    @Test(arguments: ["", "{", "junk", "{\"id\":1,\"method\":\"ping\"", "{\"id\":1,\"method\":\"ping\"}}", "\u{0}"])
    func `that is not JSON is a parse error with the id null`(line: String) throws {
        let call = try call(line)
        #expect(call.id == .null)
        #expect(try refusal(of: call).code == .parseError)
    }

    @Test func `may be many in one array, each with an answer of its own`() throws {
        guard
            case .batch(let calls) = parsed(
                #"[{"id":1,"method":"ping"},7,{"id":"b","method":"serach"},{"method":"info"},[]]"#)
        else {
            throw NotThat("no batch")
        }
        #expect(calls.map(\.id) == [.int(1), .null, .string("b"), .absent, .null])
        #expect(
            calls.map { if case .success = $0.command { true } else { false } } == [true, false, false, true, false])
        #expect(try refusal(of: calls[4]).message.hasPrefix("the request is an array"))
    }

    @Test func `array must hold 1 to 1,000 requests`() throws {
        #expect(try refusal(of: try call("[]")).message == "an empty batch; send at least one request")
        func batch(_ count: Int) -> String {
            "[" + (0..<count).map { #"{"id":\#($0),"method":"ping"}"# }.joined(separator: ",") + "]"
        }
        guard case .batch(let calls) = parsed(batch(1_000)) else { throw NotThat("no batch") }
        #expect(calls.map(\.id) == (0..<1_000).map { .int($0) })
        let error = try refusal(of: try call(batch(1_001)))
        #expect(error.code == .tooLarge)
        #expect(error.message == "a batch of 1001 requests; send at most 1000")
    }

    @Test func `parser reads lines of every length one after the other`() throws {
        let parser = RequestParser()
        var randomness = Randomness(seed: 5)
        for _ in 0..<300 {
            let count = Int.random(in: 1...3_000, using: &randomness)
            let vector = (0..<count).map { _ in Float.random(in: -1...1, using: &randomness) }
            var writer = JSONWriter()
            writer.vector(vector, base64: Bool.random(using: &randomness))
            let line = Array(
                #"{"id":1,"method":"search","params":{"collection":"c","vector":\#(String(decoding: writer.bytes, as: UTF8.self))}}"#
                    .utf8)
            guard case .single(let call) = unsafe line.withUnsafeBytes({ unsafe parser.parse(line: $0) }),
                case .search(let search) = try call.command.get(),
                case .vector(let found) = search.query
            else { throw NotThat("no search") }
            #expect(found.values == vector)
        }
    }
}
