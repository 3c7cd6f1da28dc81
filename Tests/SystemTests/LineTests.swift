import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `reads lines` {
        @Test func `pipelined requests are all answered, in any order`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(2_000)
            var lines = ""
            for id in 1...500 {
                lines +=
                    id.isMultiple(of: 5)
                    ? #"{"id":\#(id),"method":"search","params":{"collection":"things","vector":[\#(id),0],"k":1,"exact":true}}"#
                    : #"{"id":\#(id),"method":"ping"}"#
                lines += "\n"
            }
            wire.send(Array(lines.utf8))
            var seen: [Int] = []
            for _ in 1...500 {
                let reply = try wire.json()
                let id = try #require(reply["id"]?.integer)
                seen.append(id)
                if id.isMultiple(of: 5) { #expect(reply["result"]?["hits"]?[0]?["id"]?.integer == id) }
            }
            #expect(seen.sorted() == Array(1...500))
        }

        @Test func `a short request overtakes a long one`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(20_000)
            wire.send(
                #"{"id":1,"method":"points.scroll","params":{"collection":"things","limit":10000,"with_vectors":true}}"#
                    + "\n"
                    + #"{"id":2,"method":"ping"}"#)
            #expect(try wire.json()["id"] == .int(2))
            #expect(try wire.json()["id"] == .int(1))
        }

        @Test func `writes of one connection are applied in the order sent, whatever their length`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(0)
            let padding = String(repeating: "x", count: 100_000)
            for round in 0..<20 {
                wire.send(
                    #"{"id":1,"method":"points.upsert","params":{"collection":"things","points":[{"id":7,"vector":[1,1],"payload":{"n":1,"long":"\#(padding)"}}]}}"#
                        + "\n"
                        + #"{"id":2,"method":"points.upsert","params":{"collection":"things","points":[{"id":7,"vector":[1,1],"payload":{"n":\#(round)}}]}}"#
                )
                for _ in 0..<2 { #expect(try wire.json()["result"]?["upserted"] == .int(1)) }
                let point = try wire.result("points.get", #"{"collection":"things","ids":[7]}"#)["points"]?[0]
                #expect(point?["payload"]?["n"]?.integer == round)
                #expect(point?["payload"]?["long"] == nil)
            }
        }

        @Test func `a request in pieces is one request`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            for byte in Array((#"{"id":"a","method":"ping"}"# + "\n").utf8) { wire.send([byte]) }
            #expect(try wire.json()["id"] == .string("a"))
        }

        @Test(arguments: [
            Array("junk".utf8), Array("{".utf8), [0], [0, 1, 2, 255], [0xC3, 0x28],
            Array(#"{"id":1,"method":"ping\#0"}"#.utf8),
            Array("\"".utf8), Array("[1,".utf8), Array(repeating: UInt8(ascii: "["), count: 50_000),
        ])
        func `junk gets -32700 and the next line is read`(junk: [UInt8]) throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            wire.send(junk + [UInt8(ascii: "\n")] + Array((#"{"id":9,"method":"ping"}"# + "\n").utf8))
            let reply = try wire.json()
            #expect(reply["error"]?["code"] == .int(-32700))
            #expect(reply["id"] == .null)
            #expect(try wire.json()["id"] == .int(9))
        }

        @Test func `a line over the limit is refused once and skipped without being held`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            wire.send(#"{"id":0,"method":"ping"}"#)
            _ = try wire.json()
            let before = daemon.residentBytes
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
            for _ in 0..<256 { #expect(wire.send(piece)) }
            wire.send("")
            wire.send(#"{"id":9,"method":"ping"}"#)
            let reply = try wire.json()
            #expect(reply["error"]?["data"]?["code"] == .string("too_large"))
            #expect(try wire.json()["id"] == .int(9))
            #expect(daemon.residentBytes - before < 64 << 20)
        }

        @Test func `a half line at the end gets nothing, and what came before is answered`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(10)
            wire.send(
                Array(
                    (#"{"id":1,"method":"points.delete","params":{"collection":"things","ids":[1]}}"# + "\n"
                        + #"{"id":2,"method":"points.delete","params":{"collection":"things","ids":[2]}}"#).utf8))
            wire.finishSending()
            #expect(try wire.json()["id"] == .int(1))
            #expect(wire.line() == nil)
            #expect(try daemon.connect().result("points.count", #"{"collection":"things"}"#)["count"] == .int(9))
        }

        /// `ILK_MUTATIONS` runs more of them.
        @Test func `mutated lines each get exactly the replies they should`() throws {
            let rounds = (ProcessInfo.processInfo.environment["ILK_MUTATIONS"].flatMap { Int($0) } ?? 5_000) / 50
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(50)
            var mutations = Mutations(seed: 20_26)
            var memory = 0
            for round in 0..<rounds {
                var sent: [UInt8] = []
                var expected = 0
                for _ in 0..<50 {
                    let line = mutations.next()
                    expected += Mutations.replies(to: line)
                    sent += line + [UInt8(ascii: "\n")]
                }
                wire.send(sent)
                for _ in 0..<expected { _ = try wire.json() }
                if round == rounds / 4 { memory = daemon.residentBytes }
            }
            // A surplus reply would come before this one, or in its place.
            #expect(try wire.result("ping")["pong"] == .bool(true))
            #expect(
                daemon.residentBytes < memory + 64 << 20, "memory grew from \(memory) to \(daemon.residentBytes) bytes")
        }
    }
}

/// Good lines with a few bytes changed.
struct Mutations {
    private var generator: Generator
    private let seeds: [[UInt8]] = [
        #"{"jsonrpc":"2.0","id":1,"method":"search","params":{"collection":"things","vector":[1.5,-2e3],"k":3,"filter":"n < 5 and not n in (1,2)","with_payload":true}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"points.upsert","params":{"collection":"things","points":[{"id":"a","vectors":{"v":"AACAPwAAAEA="},"payload":{"n":[1,2],"s":"é\u0041"}}]}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"points.scroll","params":{"collection":"things","limit":5,"with_payload":["n"]}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"points.delete","params":{"collection":"things","filter":"n between 3 and 4"}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"points.facets","params":{"collection":"things","field":"n","limit":3}}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"search.batch","params":{"collection":"things","searches":[{"vector":[1,2]},{"id":3}]}}"#,
        #"[{"id":1,"method":"ping"},{"id":2,"method":"points.count","params":{"collection":"things"}}]"#,
    ].map { Array($0.utf8) }
    private let marks = Array("0123456789{}[]\",:-eE.\\".utf8)

    init(seed: UInt64) { generator = Generator(state: seed) }

    /// A line that is not empty and holds no line feed.
    mutating func next() -> [UInt8] {
        var line = seeds.randomElement(using: &generator) ?? []
        for _ in 0...Int.random(in: 0..<4, using: &generator) where !line.isEmpty {
            let place = Int.random(in: 0..<line.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: line[place] = .random(in: 0...255, using: &generator)
            case 1: line.remove(at: place)
            case 2: line.insert(marks.randomElement(using: &generator) ?? 0, at: place)
            case 3: line.removeSubrange(place..<min(line.count, place + 8))
            default: line.insert(contentsOf: line[place..<min(line.count, place + 16)], at: place)
            }
        }
        line = line.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        return line.isEmpty ? [UInt8(ascii: "0")] : line
    }

    /// 1, but 0 for what became a notification, or a batch of nothing else.
    static func replies(to line: [UInt8]) -> Int {
        func isNotification(_ call: Call) -> Bool {
            if case .success = call.command { call.id.isAbsent } else { false }
        }
        switch unsafe line.withUnsafeBytes({ unsafe RequestParser().parse(line: $0) }) {
        case .single(let call): return isNotification(call) ? 0 : 1
        case .batch(let calls): return calls.allSatisfy(isNotification) ? 0 : 1
        }
    }
}

/// A small generator with a seed of its own.
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
