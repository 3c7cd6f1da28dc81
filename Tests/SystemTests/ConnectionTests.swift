import Foundation
import Glibc
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `keeps many connections` {
        @Test func `a thousand are served at once, and one more is told so`() throws {
            raiseDescriptorLimit()
            let daemon = try Daemon()
            usleep(50_000)  // the connection that waited for the daemon is gone by now
            var wires: [Wire] = []
            for _ in 0..<1_000 { wires.append(try daemon.connect()) }
            for (place, wire) in wires.enumerated() { wire.send(#"{"id":\#(place),"method":"ping"}"#) }
            for (place, wire) in wires.enumerated() { #expect(try wire.json()["id"]?.integer == place) }
            let surplus = try daemon.connect()
            #expect(try surplus.json()["error"]?["data"]?["code"] == .string("overloaded"))
            #expect(surplus.line() == nil)
            wires.removeLast(10)
            usleep(200_000)
            #expect(try daemon.connect().result("ping")["pong"] == .bool(true))
        }

        @Test func `a client that does not read is not read from, and others do not notice`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(5_000)
            let stuck = try daemon.connect()
            // Blanks, so that a few requests fill the socket.
            let request = Array(
                (#"{"id":1,"method":"points.scroll","params":{"collection":"things","limit":5000,"with_vectors":true}}"#
                    + String(repeating: " ", count: 4_096) + "\n").utf8)
            var sent = 0
            var idle = 0
            let before = daemon.residentBytes
            // Until nothing more goes in for half a second.
            while idle < 50 && sent < 64 << 20 {
                let count = stuck.sendWithoutWaiting(request)
                // A request that went in halfway is finished, so that the stream stays whole.
                if count > 0 && count < request.count { #expect(stuck.send(Array(request[count...]))) }
                sent += count
                if count == 0 {
                    idle += 1
                    usleep(10_000)
                } else {
                    idle = 0
                }
            }
            #expect(sent < 16 << 20, "\(sent) bytes were taken from a client that does not read")
            #expect(daemon.residentBytes - before < 128 << 20)
            let other = try daemon.connect()
            for _ in 0..<100 { #expect(try other.result("ping")["pong"] == .bool(true)) }
            // Once it reads, it gets everything.
            stuck.finishSending()
            var replies = 0
            while let line = stuck.line() {
                #expect(line.hasPrefix("{"))
                replies += 1
            }
            #expect(replies == (sent + request.count - 1) / request.count)
        }

        @Test func `clients that vanish in the middle leave nothing behind`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(5_000)
            for round in 0..<200 {
                let passer = try daemon.connect()
                passer.send(#"{"id":1,"method":"points.scroll","params":{"collection":"things","limit":5000}}"#)
                if round.isMultiple(of: 2) { passer.send(Array(#"{"id":2,"#.utf8)) }
            }
            usleep(300_000)
            #expect(try wire.result("stats")["connections"]?["open"]?.integer == 1)
        }

        private func raiseDescriptorLimit() {
            var limit = rlimit()
            _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = min(limit.rlim_max, 8_192)
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
    }
}
