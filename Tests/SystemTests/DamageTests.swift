import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `lives with damage` {
        /// A stopped daemon with a checkpoint of 5,000 points of 16 dimensions in `things`.
        private func prepared() throws -> Daemon {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.result("collection.create", #"{"name":"things","vectors":{"v":{"dimension":16,"metric":"l2"}}}"#)
            var generator = Generator(state: 5)
            for first in stride(from: 0, to: 5_000, by: 500) {
                let points = (first..<first + 500).map { id in
                    let vector = (0..<16).map { _ in String(Float.random(in: 0...1, using: &generator)) }
                    return #"{"id":\#(id),"vector":[\#(vector.joined(separator: ","))]}"#
                }
                try wire.result(
                    "points.upsert", #"{"collection":"things","points":[\#(points.joined(separator: ","))]}"#)
            }
            #expect(daemon.terminate() == 0)
            return daemon
        }

        private func checkpoint(_ daemon: Daemon) throws -> String {
            let folder = daemon.data + "/collections/things"
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".hnsw") },
                "no checkpoint was written")
            return folder + "/" + name
        }

        private let query = #"{"collection":"things","id":17,"k":10}"#

        @Test(arguments: ["flip", "cut", "remove"])
        func `a damaged checkpoint is rebuilt while searches answer rightly`(damage: String) throws {
            let daemon = try prepared()
            try daemon.start()
            let before: JSONValue?
            do {
                let wire = try daemon.connect()
                try wire.wait(for: "things")
                before = try wire.result("search", #"{"collection":"things","id":17,"k":10,"exact":true}"#)["hits"]
            }
            #expect(daemon.terminate() == 0)
            let path = try checkpoint(daemon)
            var bytes = try Data(contentsOf: URL(filePath: path))
            switch damage {
            case "flip": bytes[bytes.count / 3] ^= 0x10
            case "cut": bytes.removeLast(bytes.count / 4)
            default: break
            }
            if damage == "remove" {
                try FileManager.default.removeItem(atPath: path)
            } else {
                try bytes.write(to: URL(filePath: path))
            }
            try daemon.start()
            let wire = try daemon.connect()
            var states: Set<String> = []
            for _ in 0..<2_000 {
                let state = try wire.result("collection.describe", #"{"collection":"things"}"#)["state"]?.string ?? ""
                states.insert(state)
                if state == "degraded" {
                    let found = try wire.result("search", query)["hits"]
                    let isStillDegraded =
                        try wire.result("collection.describe", #"{"collection":"things"}"#)["state"]?.string == state
                    #expect(found == before || !isStillDegraded)
                }
                if state == "ready" { break }
                usleep(2_000)
            }
            #expect(states.contains("ready"), "\(states)")
            #expect(
                try wire.result("search", #"{"collection":"things","id":17,"k":10,"exact":true}"#)["hits"] == before)
            #expect(try wire.result("search", #"{"collection":"things","id":17,"k":10,"ef":400}"#)["hits"] == before)
        }

        @Test func `one bad collection never stops the daemon`() throws {
            let daemon = try Daemon()
            let wire = try daemon.connect()
            try wire.fill(100)
            try wire.result("collection.create", #"{"name":"doomed","vectors":{"v":{"dimension":2,"metric":"l2"}}}"#)
            #expect(daemon.terminate() == 0)
            try Data(repeating: 0x42, count: 20_000).write(
                to: URL(filePath: daemon.data + "/collections/doomed/collection.sqlite"))
            try FileManager.default.createDirectory(
                atPath: daemon.data + "/collections/empty", withIntermediateDirectories: true)
            try daemon.start()
            let again = try daemon.connect()
            try again.wait(for: "things")
            try again.wait(for: "doomed", toBe: "quarantined")
            try again.wait(for: "empty", toBe: "quarantined")
            #expect(try again.result("points.count", #"{"collection":"things"}"#)["count"] == .int(100))
            #expect(try again.refusal("points.count", #"{"collection":"doomed"}"#) == "unavailable")
            let described = try again.result("collection.describe", #"{"collection":"doomed"}"#)
            #expect(described["reason"]?.string?.isEmpty == false)
            try again.result("collection.drop", #"{"collection":"doomed"}"#)
            try again.result("collection.drop", #"{"collection":"empty"}"#)
            #expect(try again.result("collection.list")["collections"]?.array.count == 1)
        }
    }
}
