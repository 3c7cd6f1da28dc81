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
                #"{"id":1,"method":"points.scroll","params":{"collection":"things","limit":10000,"with_vectors":true}}"# + "\n"
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
                        + #"{"id":2,"method":"points.upsert","params":{"collection":"things","points":[{"id":7,"vector":[1,1],"payload":{"n":\#(round)}}]}}"#)
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
            Array("junk".utf8), Array("{".utf8), [0], [0, 1, 2, 255], [0xC3, 0x28], Array(#"{"id":1,"method":"ping\#0"}"#.utf8),
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

        @Test func `mutated lines each get exactly one reply`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(50)
            let seeds = [
                #"{"jsonrpc":"2.0","id":1,"method":"search","params":{"collection":"things","vector":[1.5,-2e3],"k":3,"filter":"n < 5 and not n in (1,2)","with_payload":true}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"points.upsert","params":{"collection":"things","points":[{"id":"a","vectors":{"v":"AACAPwAAAEA="},"payload":{"n":[1,2],"s":"é\u0041"}}]}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"points.scroll","params":{"collection":"things","limit":5,"filter":{"op":"=","field":"n","value":3}}}"#,
                #"[{"id":1,"method":"ping"},{"id":2,"method":"points.count","params":{"collection":"things"}}]"#,
            ].map { Array($0.utf8) }
            var generator = Generator(state: 20_26)
            for _ in 0..<40 {
                var sent: [UInt8] = []
                let count = 50
                for _ in 0..<count {
                    var line = seeds.randomElement(using: &generator)!
                    for _ in 0...Int.random(in: 0..<4, using: &generator) {
                        let place = Int.random(in: 0..<line.count, using: &generator)
                        switch Int.random(in: 0..<4, using: &generator) {
                        case 0: line[place] = .random(in: 0...255, using: &generator)
                        case 1: line.remove(at: place)
                        case 2: line.insert(Array("0123456789{}[]\",:".utf8).randomElement(using: &generator)!, at: place)
                        default: line.removeSubrange(place..<min(line.count, place + 8))
                        }
                        if line.isEmpty { line = [UInt8(ascii: "0")] }
                    }
                    // A line feed would make two lines of it; a blank line is none; a request without an id has no reply.
                    line = line.map { $0 == 10 || $0 == 13 ? 32 : $0 }
                    if line.allSatisfy({ $0 == 32 || $0 == 9 }) { line = [UInt8(ascii: "0")] }
                    sent += line + [10]
                }
                wire.send(sent + Array((#"{"id":"end","method":"ping"}"# + "\n").utf8))
                var replies = 0
                while true {
                    let reply = try wire.json()
                    if reply["id"] == .string("end") { break }
                    replies += 1
                }
                // Replies that overtake the ping's are counted in the next round; a mutation may drop an id.
                #expect(replies <= 2 * count)
            }
            #expect(try daemon.connect().result("ping")["pong"] == .bool(true))
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
