import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `lets points expire` {
        @Test func `as a column, a line or a patch says, and over a scroll into a file and back`() throws {
            let daemon = try Daemon.withoutModels()
            let soon = Int(Date().timeIntervalSince1970) + 3_600
            let past = Int(Date().timeIntervalSince1970) - 10
            let table = try daemon.file("a.csv", "id,vector,until\na,[1],\nb,[2],\(soon)\nc,[3],\(past)\n")
            let load = try CommandLineRun(
                "load", "things", table, "--create", "--metric", "l2", "--expires-column", "until", daemon: daemon)
            #expect(load.status == 0, "\(load.notes)")
            let shown = try CommandLineRun("get", "things", "a", "b", "c", daemon: daemon)
            #expect(shown.output.contains("\(soon)") && !shown.output.contains("\(past)"), "\(shown.output)")
            #expect(shown.notes.contains("not there: \"c\""), "\(shown.notes)")
            #expect(try CommandLineRun("count", "things", daemon: daemon).output.hasPrefix("2"))

            let scroll = try CommandLineRun("scroll", "things", "--all", "--with-vectors", "--json", daemon: daemon)
            let copy = try CommandLineRun(
                "load", "copy", "-", "--format", "ndjson", "--create", "--vector", "vector=1:l2", daemon: daemon,
                input: scroll.output)
            #expect(copy.status == 0, "\(copy.notes)")
            let copied = try CommandLineRun("get", "copy", "b", "--json", daemon: daemon)
            #expect(try JSONValue.parse(copied.output)["expires_at"]?.integer == soon)

            let patch = try CommandLineRun("patch", "copy", "--expires-at", "never", "b", daemon: daemon)
            #expect(patch.status == 0, "\(patch.notes)")
            let forever = try CommandLineRun("get", "copy", "b", "--json", daemon: daemon)
            #expect(try JSONValue.parse(forever.output)["expires_at"] == nil)
            let wrong = try CommandLineRun("patch", "copy", "--expires-at", "tomorrow", "b", daemon: daemon)
            #expect(wrong.status == 64)
            #expect(wrong.notes.contains("date -d tomorrow +%s"), "\(wrong.notes)")
        }

        @Test func `by themselves, and over a kill`() throws {
            let daemon = try Daemon()
            var wire = try daemon.connect()
            _ = try wire.result(
                "collection.create", #"{"name":"things","vectors":{"v":{"dimension":1,"metric":"l2"}}}"#)
            let end = Int(Date().timeIntervalSince1970) + 3
            _ = try wire.result(
                "points.upsert",
                #"{"collection":"things","points":[{"id":1,"vector":[1],"expires_at":\#(end)},{"id":2,"vector":[2]}]}"#)
            daemon.kill()
            try daemon.start()
            wire = try daemon.connect()
            try wire.wait(for: "things")
            let search = #"{"collection":"things","vector":[1],"k":2}"#
            while Date().timeIntervalSince1970 < Double(end) { usleep(20_000) }
            #expect(try wire.result("search", search)["hits"]?.array.map { $0["id"]?.integer } == [2])
            for _ in 0..<700 {
                let described = try wire.result("collection.describe", #"{"collection":"things"}"#)
                if described["expiring"]?.integer == 0 { break }
                usleep(10_000)
            }
            let described = try wire.result("collection.describe", #"{"collection":"things"}"#)
            #expect(described["expiring"]?.integer == 0)
            #expect(described["count"]?.integer == 1)
            #expect(described["sequence"]?.integer == 3)
        }
    }
}
