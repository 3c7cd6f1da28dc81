import Foundation
import IlkProtocol
import IlkService
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Jobs` {
    @Test func `a snapshot reports, answers, and can be restored under another name and over itself`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(200)
        let (line, notifications) = try bench.exchange(
            #"{"id":1,"method":"snapshot.create","params":{"collection":"things"}}"#)
        let result = try #require(try JSONValue.parse(String(decoding: line, as: UTF8.self))["result"])
        let job = try #require(result["job"]?.string)
        let path = try #require(result["path"]?.string)
        #expect(path.hasPrefix(bench.root + "/snapshots/things-"))
        #expect(!notifications.isEmpty)
        for notification in notifications {
            let notification = try JSONValue.parse(String(decoding: notification, as: UTF8.self))
            #expect(notification["method"] == .string("progress"))
            #expect(notification["params"]?["job"] == .string(job))
        }
        #expect(try bench.result("job.get", #"{"job":"\#(job)"}"#)["state"] == .string("done"))
        #expect(try bench.result("job.list")["jobs"]?.array.count == 1)

        try bench.result("points.delete", #"{"collection":"things","filter":"n < 150"}"#)
        let copy = try bench.result("snapshot.restore", #"{"collection":"copy","path":"\#(path)"}"#)
        #expect(copy["count"] == .int(200))
        #expect(try bench.result("points.count", #"{"collection":"things"}"#)["count"] == .int(50))
        try bench.result("snapshot.restore", #"{"collection":"things","path":"\#(path)"}"#)
        #expect(try bench.result("points.count", #"{"collection":"things"}"#)["count"] == .int(200))
        let found = try bench.result("search", #"{"collection":"things","vector":[3,0],"k":1}"#)
        #expect(found["hits"]?[0]?["id"] == .int(3))
    }

    @Test func `a damaged snapshot changes nothing`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(200)
        let path = bench.root + "/bad"
        try bench.result("snapshot.create", #"{"collection":"things","path":"\#(path)"}"#)
        let file = path + "/collection.sqlite"
        let handle = try FileHandle(forUpdating: URL(filePath: file))
        try handle.seek(toOffset: 16_384)  // past the first page, which is mostly free
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 65_536))
        try handle.close()
        #expect(try bench.call("snapshot.restore", #"{"collection":"things","path":"\#(path)"}"#)["error"] != nil)
        #expect(try bench.result("points.count", #"{"collection":"things"}"#)["count"] == .int(200))
        #expect(
            try bench.refusal("snapshot.restore", #"{"collection":"things","path":"/nowhere"}"#).code == "not_found")
    }

    @Test func `a rebuild answers when the graph is whole`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(500)
        let result = try bench.result("collection.rebuild", #"{"collection":"things"}"#)
        #expect(result["state"] == .string("ready"))
        let found = try bench.result("search", #"{"collection":"things","vector":[77,0],"k":1}"#)
        #expect(found["hits"]?[0]?["id"] == .int(77))
    }

    @Test func `an unknown job is refused with the nearest one`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(5)
        try bench.result("snapshot.create", #"{"collection":"things"}"#)
        let refusal = try bench.refusal("job.get", #"{"job":"snapshot-2"}"#)
        #expect(refusal.code == "not_found")
        #expect(refusal.message.contains("'snapshot-1'"))
        #expect(try bench.result("job.cancel", #"{"job":"snapshot-1"}"#)["cancelling"] == .bool(false))
    }
}
