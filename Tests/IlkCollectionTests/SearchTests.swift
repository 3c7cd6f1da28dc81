import Foundation
import IlkCollection
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `Searches` {
    let bench: Workbench
    let collection: VectorCollection
    static let count = 3_000
    static let dimension = 16

    /// 3,000 random vectors; `n` is the number, one in ten has no payload.
    init() throws {
        bench = try Workbench()
        collection = try bench.create(.l2(dimension: Self.dimension))
        var random = SplitMix64(seed: 1)
        for start in stride(from: 0, to: Self.count, by: 500) {
            try collection.upsert(
                (start..<start + 500).map { n in
                    let vector = (0..<Self.dimension).map { _ in Float.random(in: -1...1, using: &random) }
                    return try UpsertPoint(.number(UInt64(n)), vector, n.isMultiple(of: 10) ? "{}" : #"{"n":\#(n)}"#)
                })
        }
    }

    private func queries(_ count: Int) -> [[Float]] {
        var random = SplitMix64(seed: 2)
        return (0..<count).map { _ in (0..<Self.dimension).map { _ in Float.random(in: -1...1, using: &random) } }
    }

    private func recall(_ queries: [[Float]], filter: String? = nil) throws -> Double {
        var hit = 0
        var wanted = 0
        for query in queries {
            let truth = try collection.search(query, filter: filter, exact: true).hits
            let found = try collection.search(query, filter: filter).hits
            hit += Set(truth.map(\.id)).intersection(found.map(\.id)).count
            wanted += truth.count
        }
        return Double(hit) / Double(wanted)
    }

    @Test func `recall@10 is over 0.95 with default ef`() throws {
        #expect(try recall(queries(100)) >= 0.95)
    }

    @Test(arguments: [
        "n < 30", "n < 300", "n < 1500", "n >= 0", "not n exists", "n between 100 and 2900 and not n in (200, 201)",
    ])
    func `recall@10 under a filter is over 0.95, and every hit passes it`(filter: String) throws {
        #expect(try recall(queries(50), filter: filter) >= 0.95)
    }

    @Test func `a recall that is asked for is reached by what was measured, and by a scan where nothing else does`()
        throws
    {
        for _ in 0..<3_000 where !describe().contains(#""searches":"#) { Thread.sleep(forTimeInterval: 0.01) }
        var shares: [Double: Double] = [:]
        for asked in [0.8, 0.95, 0.999] {
            var hit = 0
            for query in queries(100) {
                let truth = try collection.search(query, exact: true).hits
                let found = try collection.search(
                    SearchRequest(
                        collection: "things", query: .vector(WireVector(query)), recall: asked, explain: true))
                #expect(
                    explained(found, "recall")
                        == .object(JSONObject([("asked", .double(asked)), ("measured", .bool(true))])))
                hit += Set(truth.map(\.id)).intersection(found.hits.map(\.id)).count
            }
            shares[asked] = Double(hit) / 1_000
        }
        #expect(shares[0.8]! >= 0.78 && shares[0.95]! >= 0.94 && shares[0.999]! >= 0.995, "\(shares)")
    }

    @Test func `a share of searches is measured again, by the fields that they filter by`() throws {
        collection.waitUntilReady()
        var kinds: [JSONValue] = []
        for query in queries(3_000) where kinds.count < 2 {
            _ = try collection.search(query)
            _ = try collection.search(query, ef: 20, filter: "n < 2500")
            _ = try collection.search(query, exact: true)
            Thread.sleep(forTimeInterval: 0.01)
            if case .array(let measured) = collection.measuredRecall { kinds = measured }
        }
        #expect(kinds.count == 2)
        for (kind, paths) in zip(kinds, [[], [JSONValue.string("n")]]) {
            guard case .object(let kind) = kind, case .double(let recall)? = kind["recall"] else {
                Issue.record("\(kind)")
                continue
            }
            #expect(kind["filter_fields"] == .array(paths) && kind["using"] == .string("v") && kind["asked"] == .null)
            #expect(recall >= 0.8)
        }
    }

    private func explained(_ reply: SearchReply, _ member: String) -> JSONValue? {
        guard case .object(let explain)? = reply.explain else { return nil }
        return explain[member]
    }

    private func describe() -> String { String(decoding: JSONText(collection.describe()).bytes, as: UTF8.self) }

    @Test(arguments: [1, 10, 100, 2_999, 3_000])
    func `k points come back whenever there are k`(k: Int) throws {
        for query in queries(5) {
            let reply = try collection.search(query, k: k)
            #expect(reply.hits.count == k)
            #expect(!reply.exhausted)
        }
    }

    @Test(arguments: [("n < 8", 7), ("n = 1", 1), ("n > 100000", 0), ("n < 200", 180)])
    func `fewer than k come back only where fewer match, and then the reply says so`(
        filter: String, matching: Int
    ) throws {
        for query in queries(5) {
            let reply = try collection.search(query, k: 200, filter: filter)
            #expect(reply.hits.count == matching)
            #expect(reply.exhausted)
        }
    }

    @Test func `max_distance keeps every point within it, and says that there are no more`() throws {
        for query in queries(5) {
            let truth = try collection.search(query, k: 5, exact: true).hits
            let reply = try collection.search(query, k: 50, maxDistance: truth[4].distance)
            #expect(reply.hits.map(\.id) == truth.map(\.id))
            #expect(reply.exhausted)
        }
    }

    @Test func `a search like a point leaves that point out`() throws {
        let request = SearchRequest(collection: "things", query: .point(5), k: 3)
        let hits = try collection.search(request).hits
        #expect(hits.count == 3)
        #expect(!hits.contains { $0.id == 5 })
    }

    @Test func `explain tells the plan, the exact number of matches and the distances`() throws {
        let reply = try collection.search(queries(1)[0], filter: "n < 30", explain: true)
        guard case .object(let explain)? = reply.explain else { Issue.record("no explain"); return }
        #expect(explain["plan"] == .string("scan_matching"))
        #expect(explain["matching"] == .int(27))
        #expect(explain["distances"] == .int(27))
        #expect(explain["exact"] == .bool(true))
    }

    @Test(arguments: [10, 44, 60, 150])
    func `many hits under a filter that most pass come from a walk alone`(k: Int) throws {
        let room = try Workbench()
        let wide = try room.create(.l2(dimension: 8))
        var random = SplitMix64(seed: 3)
        for start in stride(from: 0, to: 16_000, by: 4_000) {
            try wide.upsert(
                (start..<start + 4_000).map { n in
                    let vector = (0..<8).map { _ in Float.random(in: -1...1, using: &random) }
                    return try UpsertPoint(.number(UInt64(n)), vector, #"{"n":\#(n % 10)}"#)
                })
        }
        try wide.rebuild { _ in true }
        for start in stride(from: 0, to: 40, by: 8) {
            let query = Array(queries(3).joined())[start..<start + 8]
            let truth = try wide.search(Array(query), k: k, filter: "n > 0", exact: true).hits
            let reply = try wide.search(Array(query), k: k, filter: "n > 0", explain: true)
            #expect(explained(reply, "plan") == .string("walk_admitting"))
            #expect(explained(reply, "turned_into_scan") == .null)
            let found = Set(reply.hits.map(\.id)).intersection(truth.map(\.id)).count
            #expect(reply.hits.count == k && Double(found) >= 0.9 * Double(k))
        }
    }

    @Test func `logically equal filters give equal hits`() throws {
        let pairs = [("n between 10 and 14", "n in (11, 12, 13, 14)"), ("not (n < 100)", "n >= 100 or not n exists")]
        for (a, b) in pairs {
            for query in queries(5) {
                #expect(try collection.search(query, filter: a).hits == collection.search(query, filter: b).hits)
            }
        }
    }

    @Test func `a field that is not declared can be filtered by all the same`() throws {
        try collection.patch(.ids([3, 4]), #"{"colour":{"name":"红"}}"#)
        #expect(try collection.search(queries(1)[0], filter: "colour.name = '红'").hits.count == 2)
    }

    @Test func `deleted points never come back`() throws {
        try collection.delete(.filter(.text("n < 1500")))
        for query in queries(20) {
            let reply = try collection.search(query, k: 100)
            #expect(reply.hits.count == 100)
            #expect(
                try collection.get(ids: reply.hits.map(\.id), withVectors: false, withPayload: .none).missing.isEmpty)
        }
        #expect(try recall(queries(50)) >= 0.95)
    }

    @Test func `scrolling meets every point once, while points are rewritten`() throws {
        var seen: [PointID] = []
        var cursor: String?
        repeat {
            let page = try collection.scroll(
                PointsScroll(collection: "things", limit: 700, cursor: cursor, withPayload: .none))
            seen += page.points.map(\.id)
            cursor = page.nextCursor
            // Moves a point that was seen and one that was not to other ordinals.
            try collection.upsert([
                UpsertPoint(5, Array(repeating: Float(seen.count), count: 16)),
                UpsertPoint(2_900, Array(repeating: Float(seen.count), count: 16)),
            ])
        } while cursor != nil
        #expect(seen.count == Self.count)
        #expect(Set(seen).count == Self.count)
    }

    @Test func `facets count exactly`() throws {
        let facets = try collection.facets(
            PointsFacets(collection: "things", field: "n", filter: .text("n in (1, 2, 3)"), limit: 10))
        #expect(facets.map(\.value) == [.int(1), .int(2), .int(3)])
        #expect(facets.map(\.count) == [1, 1, 1])
    }
}
