import Foundation
import IlkProtocol
import IlkService
import Testing

@Suite(.timeLimit(.minutes(2))) struct `The engine` {
    @Test func `answers ping, info and stats`() throws {
        let bench = try Bench()
        defer { bench.end() }
        #expect(try bench.result("ping")["pong"] == .bool(true))
        let info = try bench.result("info")
        #expect(info["blas"]?["threads"] == .int(1))
        #expect(info["pid"]?.integer == Int(getpid()))
        let stats = try bench.result("stats")
        #expect(stats["requests"]?["ping"]?["count"] == .int(1))
        #expect((stats["rss_bytes"]?.integer ?? 0) > 1 << 20)
    }

    @Test func `a collection lives from create to drop`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(100)
        #expect(try bench.result("collection.list")["collections"]?[0]?["name"] == .string("things"))
        #expect(try bench.result("collection.describe", #"{"collection":"things"}"#)["count"] == .int(100))

        let found = try bench.result("search", #"{"collection":"things","vector":[41.2,0],"k":3,"with_payload":true}"#)
        #expect(found["hits"]?.array.map { $0["id"] } == [.int(41), .int(42), .int(40)])
        #expect(found["hits"]?[0]?["payload"]?["n"] == .int(41))
        #expect(found["exhausted"] == .bool(false))
        #expect(found["took_us"]?.integer != nil)

        let patched = try bench.result("points.patch", #"{"collection":"things","ids":[41],"payload":{"n":1000}}"#)
        #expect(patched["patched"] == .int(1))
        #expect(try bench.result("points.count", #"{"collection":"things","filter":"n >= 1000"}"#)["count"] == .int(1))
        let deleted = try bench.result("points.delete", #"{"collection":"things","filter":"n < 10"}"#)
        #expect(deleted["deleted"] == .int(10))
        let got = try bench.result("points.get", #"{"collection":"things","ids":[5,41,"5"],"with_vectors":true}"#)
        #expect(got["missing"] == .array([.int(5), .string("5")]))
        #expect(got["points"]?[0]?["vectors"]?["v"]?.array.count == 2)

        #expect(try bench.result("collection.drop", #"{"collection":"things"}"#)["dropped"] == .bool(true))
        #expect(try bench.refusal("points.count", #"{"collection":"things"}"#).code != "internal")
    }

    @Test func `an unknown collection is refused with the nearest name`() throws {
        let bench = try Bench()
        defer { bench.end() }
        #expect(try bench.refusal("points.count", #"{"collection":"thngs"}"#).message.contains("collection.create"))
        try bench.fill(1)
        let refusal = try bench.refusal("points.count", #"{"collection":"thngs"}"#)
        #expect(refusal.code == "not_found")
        #expect(refusal.message == "no collection named 'thngs'; did you mean 'things'?")
    }

    @Test func `a name can be used again after its drop`() throws {
        let bench = try Bench()
        defer { bench.end() }
        for round in 1...5 {
            var left = 200
            while true {  // the name is held until the old writer is gone
                do {
                    try bench.fill(round)
                    break
                } catch let refused as Bench.Refused where refused.reply.contains("unavailable") && left > 0 {
                    left -= 1
                    Thread.sleep(forTimeInterval: 0.02)
                }
            }
            #expect(try bench.result("points.count", #"{"collection":"things"}"#)["count"] == .int(Int64(round)))
            try bench.result("collection.drop", #"{"collection":"things"}"#)
        }
    }

    @Test func `create refuses a name that is there`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(1)
        let refusal = try bench.refusal(
            "collection.create", #"{"name":"things","vectors":{"v":{"dimension":2,"metric":"l2"}}}"#)
        #expect(refusal.code == "already_exists")
    }

    @Test func `a batch of calls gets one array in their order, without the notifications`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(10)
        let (reply, _) = try bench.exchange(
            """
            [{"id":1,"method":"points.count","params":{"collection":"things"}},{"method":"ping"},\
            {"id":"two","method":"ping"},{"id":3,"method":"nonsense"}]
            """)
        let replies = try JSONValue.parse(String(decoding: reply, as: UTF8.self)).array
        #expect(replies.map { $0["id"] } == [.int(1), .string("two"), .int(3)])
        #expect(replies.first?["result"]?["count"] == .int(10))
        #expect(replies.last?["error"]?["data"]?["code"] == .string("unknown_method"))
    }

    @Test func `search.batch answers in order, and names the search that is wrong`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(50)
        let searches = (0..<40).map { #"{"vector":[\#($0),0],"k":1}"# }.joined(separator: ",")
        let found = try bench.result("search.batch", #"{"collection":"things","searches":[\#(searches)]}"#)
        #expect(found["results"]?.array.map { $0["hits"]?[0]?["id"]?.integer } == (0..<40).map { $0 })
        #expect(found["took_us"]?.integer != nil)
        let refusal = try bench.refusal(
            "search.batch", #"{"collection":"things","searches":[{"vector":[1,0],"k":1},{"vector":[1],"k":1}]}"#)
        #expect(refusal.code == "dimension_mismatch")
        #expect(refusal.message.hasPrefix("searches[1]: "))
    }

    @Test func `vectors of hits come in the form of the query`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(3)
        let base64 = unsafe [Float(1), 0].withUnsafeBytes { unsafe Data($0).base64EncodedString() }
        let asked = #"{"collection":"things","vector":"\#(base64)","k":1,"with_vectors":true}"#
        #expect(try bench.result("search", asked)["hits"]?[0]?["vector"] == .string(base64))
        let plain = try bench.result("search", #"{"collection":"things","vector":[1,0],"k":1,"with_vectors":true}"#)
        #expect(plain["hits"]?[0]?["vector"]?.array.count == 2)
    }

    @Test func `errors are counted by code and requests by method`() throws {
        let bench = try Bench()
        defer { bench.end() }
        _ = try bench.call("search", #"{"collection":"nothing","vector":[1]}"#)
        _ = try bench.call("no.such")
        let stats = try bench.result("stats")
        #expect(stats["errors"]?["not_found"] == .int(1))
        #expect(stats["errors"]?["unknown_method"] == .int(1))
        #expect(stats["requests"]?["search"]?["errors"] == .int(1))
    }

    @Test func `a search leaves its shares in the stats`() throws {
        let bench = try Bench()
        defer { bench.end() }
        try bench.fill(20)
        for _ in 0..<5 { try bench.result("search", #"{"collection":"things","vector":[1,0]}"#) }
        let shares = try bench.result("stats")["search_shares_us"]
        guard case .double(let mean)? = shares?["search"]?["mean"] else {
            Issue.record("no mean: \(String(describing: shares))")
            return
        }
        #expect(mean > 0)
    }

    @Test func `more waits than the queue holds is refused as overloaded, and everything is answered`() throws {
        let bench = try Bench { options in
            options.workers = 1
            options.queueLimit = 4
        }
        defer { bench.end() }
        try bench.fill(3_000)
        let boxes = (0..<200).map { _ in ReplyBox() }
        for box in boxes {
            bench.send(#"{"id":1,"method":"points.scroll","params":{"collection":"things","limit":3000}}"#, box)
        }
        var refused = 0
        for box in boxes {
            let reply = try JSONValue.parse(String(decoding: try #require(box.wait()), as: UTF8.self))
            guard let error = reply["error"] else { continue }
            refused += 1
            #expect(error["data"]?["code"] == .string("overloaded"))
            #expect((error["data"]?["retry_after_ms"]?.integer ?? 0) > 0)
        }
        #expect((1..<200).contains(refused))
        for box in boxes { #expect(box.replies.count == 1) }
    }

    @Test func `a reply over the limit is refused with what to do`() throws {
        let bench = try Bench { $0.replyLimit = 10_000 }
        defer { bench.end() }
        try bench.fill(500)
        for (method, params) in [
            ("points.scroll", #"{"collection":"things","limit":500,"with_vectors":true}"#),
            ("search", #"{"collection":"things","vector":[1,1],"k":400,"with_vectors":true}"#),
            ("search.batch", #"{"collection":"things","searches":[{"vector":[1,1],"k":300}]}"#),
        ] {
            let refusal = try bench.refusal(method, params)
            #expect(refusal.code == "too_large")
            #expect(refusal.message.contains("ask for fewer"))
        }
        #expect(try bench.result("points.scroll", #"{"collection":"things","limit":50}"#)["points"]?.array.count == 50)
    }

    @Test func `a second engine on the folder is refused and told who has it`() throws {
        let bench = try Bench()
        defer { bench.end() }
        let error = #expect(throws: IlkError.self) { try Bench(root: bench.root) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("process \(getpid())") == true)
    }

    @Test func `what was written is there after a stop, and nothing new is taken while stopping`() throws {
        let bench = try Bench()
        try bench.fill(30)
        bench.engine.stop()
        #expect(try bench.refusal("ping").code == "unavailable")
        let again = try Bench(root: bench.root)
        defer { again.end() }
        var left = 500
        while try again.call("points.count", #"{"collection":"things"}"#)["error"] != nil, left > 0 {
            left -= 1
            Thread.sleep(forTimeInterval: 0.01)
        }
        #expect(try again.result("points.count", #"{"collection":"things"}"#)["count"] == .int(30))
    }
}
