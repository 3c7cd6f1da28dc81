import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `comes and goes` {
        @Test func `a second daemon on the data folder is refused and told who has it`() throws {
            let daemon = try Daemon()
            let log = daemon.root + "/second.log"
            let second = try Daemon.launch(data: daemon.data, socket: daemon.root + "/t", log: log)
            let status = Daemon.exitStatus(of: second, within: 15)
            #expect(status != nil && status != 0)
            let said = try String(contentsOfFile: log, encoding: .utf8)
            #expect(said.contains("process \(daemon.process.processIdentifier)"), "\(said)")
        }

        @Test func `a socket on which a daemon listens is not taken from it`() throws {
            let daemon = try Daemon()
            let log = daemon.root + "/second.log"
            let second = try Daemon.launch(data: daemon.root + "/other", socket: daemon.socket, log: log)
            let status = Daemon.exitStatus(of: second, within: 15)
            #expect(status != nil && status != 0)
            #expect(try String(contentsOfFile: log, encoding: .utf8).contains("already listens"))
            #expect(try daemon.connect().result("ping")["pong"] == .bool(true))
        }

        @Test func `a stale socket is replaced`() throws {
            let daemon = try Daemon()
            daemon.kill()
            #expect(FileManager.default.fileExists(atPath: daemon.socket))
            try daemon.start()
            #expect(try daemon.connect().result("ping")["pong"] == .bool(true))
        }

        @Test func `a file that is no socket is left alone`() throws {
            let daemon = try Daemon()
            _ = daemon.terminate()
            try "precious".write(toFile: daemon.socket, atomically: true, encoding: .utf8)
            let again = try Daemon.launch(data: daemon.data, socket: daemon.socket, log: daemon.root + "/again.log")
            #expect(Daemon.exitStatus(of: again, within: 15) != 0)
            #expect(try String(contentsOfFile: daemon.socket, encoding: .utf8) == "precious")
        }

        @Test func `a socket path that is too long is refused in words`() throws {
            let root = "/tmp/ilk-" + UUID().uuidString.prefix(8)
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: root) }
            let process = try Daemon.launch(
                data: root + "/data", socket: root + "/" + String(repeating: "s", count: 120), log: root + "/log")
            let status = Daemon.exitStatus(of: process, within: 15)
            #expect(status != nil && status != 0)
            #expect(try String(contentsOfFile: root + "/log", encoding: .utf8).contains("at most 107"))
        }

        @Test func `SIGTERM answers what was asked, exits 0 and keeps the data`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(2_000)
            wire.send(
                #"{"id":77,"method":"points.upsert","params":{"collection":"things","points":[{"id":"last","vector":[5,5]}]}}"#
            )
            let reply = try wire.json()
            #expect(reply["id"] == .int(77))
            let began = Date()
            #expect(daemon.terminate() == 0, "\(daemon.log)")
            #expect(Date().timeIntervalSince(began) < 10)
            #expect(wire.line() == nil)
            #expect(!FileManager.default.fileExists(atPath: daemon.socket))
            try daemon.start()
            let again = try daemon.connect()
            try again.wait(for: "things")
            #expect(try again.result("points.count", #"{"collection":"things"}"#)["count"] == .int(2_001))
        }

        @Test func `SIGTERM does not wait for a client that does not read`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(5_000)
            let stuck = try daemon.connect()
            for _ in 0..<20 {
                stuck.send(
                    #"{"id":1,"method":"points.scroll","params":{"collection":"things","limit":5000,"with_vectors":true}}"#
                )
            }
            usleep(200_000)
            #expect(daemon.terminate() == 0, "\(daemon.log)")
        }
    }
}
