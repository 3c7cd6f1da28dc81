import Foundation
import IlkProtocol
import IlkService
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A memory limit` {
    @Test func `lets writers go on, wait and be refused, by how near it is`() {
        func admission(_ held: Int) -> MemoryLimit.Admission {
            MemoryLimit(bytes: 1_000 << 20, held: { held << 20 }).admission()
        }
        #expect(admission(500) == .now)
        #expect(admission(900) == .now)
        guard case .later(let early) = admission(910), case .later(let late) = admission(990) else {
            Issue.record("near the limit nobody waits")
            return
        }
        #expect(early > 0 && early < late && late <= 0.2)
        guard case .refused(let error) = admission(1_000) else {
            Issue.record("at the limit nobody is refused")
            return
        }
        #expect(
            error.code == .overloaded && error.message.contains("holds 1000 MiB")
                && error.message.contains("--memory-limit"))
    }

    @Test func `that is not set refuses nothing`() {
        #expect(MemoryLimit(bytes: nil, held: { .max }).admission() == .now)
    }

    @Test func `refuses what would make the daemon grow, and nothing else`() throws {
        let first = try Bench()
        try first.fill(100)
        first.engine.stop()
        let bench = try Bench(root: first.root) { $0.memoryLimit = 1 << 20 }
        defer { bench.end() }
        for _ in 0..<1_000 where try bench.call("points.count", #"{"collection":"things"}"#)["result"] == nil {
            Thread.sleep(forTimeInterval: 0.01)
        }
        let refusal = try bench.refusal(
            "points.upsert", #"{"collection":"things","points":[{"id":1000,"vector":[1,1]}]}"#)
        #expect(refusal.code == "overloaded")
        let found = try bench.result("search", #"{"collection":"things","vector":[41.2,0],"k":3}"#)
        #expect(found["hits"]?.array.count == 3)
        let deleted = try bench.result("points.delete", #"{"collection":"things","ids":[1,2]}"#)
        #expect(deleted["deleted"] == .int(2))
        #expect(try bench.result("points.count", #"{"collection":"things"}"#)["count"] == .int(98))
        #expect(try bench.result("stats")["memory_limit_bytes"] == .int(1 << 20))
        try bench.result("collection.drop", #"{"collection":"things"}"#)
    }
}
