import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `tells a story` {
        @Test func `it answers ping at once`() throws {
            let daemon = try Daemon()
            #expect(try daemon.connect().result("ping")["pong"] == .bool(true))
        }

        @Test func `a collection lives from create to drop`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(300)
            #expect(try wire.result("points.count", #"{"collection":"things"}"#)["count"] == .int(300))
            let found = try wire.result(
                "search", #"{"collection":"things","vector":[41.2,0],"k":3,"filter":"n != 42","with_payload":["n"]}"#)
            #expect(found["hits"]?.array.map { $0["id"]?.integer } == [41, 40, 43])
            #expect(found["hits"]?[0]?["payload"] == .object(JSONObject([("n", .int(41))])))
            let all = try wire.result("search", #"{"collection":"things","vector":[0,0],"k":10,"filter":"n < 3"}"#)
            #expect(all["hits"]?.array.count == 3)
            #expect(all["exhausted"] == .bool(true))
            #expect(
                try wire.result("points.patch", #"{"collection":"things","ids":[1],"payload":{"n":-1}}"#)["patched"]
                    == .int(1))
            #expect(
                try wire.result("points.delete", #"{"collection":"things","filter":"n < 100"}"#)["deleted"] == .int(100)
            )
            var seen: [Int] = []
            var cursor = "null"
            repeat {
                let page = try wire.result(
                    "points.scroll",
                    #"{"collection":"things","limit":64\#(cursor == "null" ? "" : #","cursor":\#(cursor)"#)}"#)
                seen += page["points"]?.array.compactMap { $0["id"]?.integer } ?? []
                cursor = page["next_cursor"]?.text ?? "null"
            } while cursor != "null"
            #expect(seen == Array(100..<300))
            try wire.result("collection.drop", #"{"collection":"things"}"#)
            #expect(try wire.result("collection.list")["collections"] == .array([]))
            #expect(!FileManager.default.fileExists(atPath: daemon.data + "/collections/things"))
        }

        @Test func `a snapshot of a live collection restores it`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(500)
            let path = try #require(try wire.result("snapshot.create", #"{"collection":"things"}"#)["path"]?.string)
            try wire.result("points.delete", #"{"collection":"things","filter":"n >= 0"}"#)
            try wire.result("snapshot.restore", #"{"collection":"things","path":"\#(path)"}"#)
            #expect(try wire.result("points.count", #"{"collection":"things"}"#)["count"] == .int(500))
        }

        @Test func `the socket is for its owner alone, or as --socket-mode says`() throws {
            let daemon = try Daemon()
            let mode = try FileManager.default.attributesOfItem(atPath: daemon.socket)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600)
            let open = try Daemon(arguments: ["--socket-mode", "660"])
            let wider = try FileManager.default.attributesOfItem(atPath: open.socket)[.posixPermissions] as? NSNumber
            #expect(wider?.intValue == 0o660)
        }
    }
}
