import Foundation
import IlkCollection
import IlkProtocol
import Testing

/// Filters over payload fields that the collection does not declare.
@Suite struct `A field that is not declared` {
    private let bench: Workbench
    private let collection: VectorCollection

    init() throws {
        bench = try Workbench()
        collection = try bench.create()
        try collection.upsert((0..<500).map { try Self.point($0, hidden: $0) })
    }

    private static func point(_ number: Int, hidden: Int) throws -> UpsertPoint {
        try UpsertPoint(
            .number(UInt64(number)), [Float(number), 1],
            #"{"price":\#(number),"hidden":\#(hidden),"word":"w\#(number % 7)","deep":{"a":[\#(number % 3),9]}}"#)
    }

    private func count(_ filter: String) throws -> Int { try collection.count(.text(filter)) }

    private var issues: [JSONValue] {
        guard case .object(let root) = collection.describe(), case .array(let issues)? = root["issues"] else {
            return []
        }
        return issues
    }

    private func bytes(of part: String) -> Int {
        collection.memory.first { $0.part == part }?.bytes ?? -1
    }

    @Test func `is filtered, counted and searched by like any other`() throws {
        for _ in 0..<2 {
            #expect(try count("hidden < 10 and price >= 5") == 5)
            #expect(try count("deep.a = 1") == 167)
            #expect(try count("word in ('w0', 'w6') or hidden = 1") == 144)
            #expect(try count("not word exists") == 0)
            let hits = try collection.search([100, 1], k: 3, filter: "hidden > 200").hits
            #expect(hits.map(\.id) == [201, 202, 203])
            let facets = try collection.facets(
                PointsFacets(collection: "things", field: "word", filter: .text("hidden < 7"), limit: 10))
            #expect(facets.map(\.count) == Array(repeating: 1, count: 7))
        }
        collection.close()
    }

    @Test func `is read once, and follows what is written from then on`() throws {
        #expect(bytes(of: "undeclared_fields") == 0)
        #expect(try count("hidden < 10") == 10)
        let once = bytes(of: "undeclared_fields")
        #expect(once > 0)
        try collection.upsert([Self.point(3, hidden: 900), Self.point(501, hidden: 2)])
        #expect(try count("hidden < 10") == 10)
        try collection.patch(.ids([4]), #"{"hidden":901}"#)
        #expect(try count("hidden < 10") == 9)
        try collection.patch(.ids([5]), #"{"hidden":null}"#)
        #expect(try count("hidden < 10") == 8)
        try collection.delete(.ids([6, 7]))
        #expect(try count("hidden < 10") == 6)
        // Another vector: the point moves to another ordinal.
        try collection.upsert([try UpsertPoint(8, [3, 3], #"{"hidden":8}"#)])
        #expect(try count("hidden < 10") == 6)
        try collection.delete(.filter(.text("hidden >= 900")))
        #expect(try count("hidden >= 10") == 490)
        #expect(try collection.search([3, 3], k: 1, filter: "hidden = 8").hits.map(\.id) == [8])
        #expect(bytes(of: "undeclared_fields") < 2 * once)
        #expect(bytes(of: "filter_cache") > 0)
        collection.close()
    }

    @Test func `raises one issue, which counts and says what to do`() throws {
        #expect(issues.isEmpty)
        for _ in 0..<3 { _ = try count("hidden < 10 and price > 3") }
        let issue = try #require(issues.first)
        #expect(issues.count == 1)
        #expect(collection.issueCount == 1)
        guard case .object(let members) = issue else { return }
        #expect(members["count"] == .int(3))
        guard case .string(let what)? = members["what"], case .string(let remedy)? = members["do"],
            case .int(let since)? = members["since"]
        else {
            Issue.record("an issue lacks a member: \(issue)")
            return
        }
        #expect(what.contains("'hidden'"))
        #expect(remedy.contains("declares"))
        #expect(abs(since - Int64(Date().timeIntervalSince1970)) < 60)
        collection.close()
    }

    @Test func `takes bounded memory, however many are asked for, and a filter may name more than are kept`() throws {
        for number in 0..<100 { #expect(try count("field\(number) exists") == 0) }
        #expect(issues.count == 64)
        #expect(bytes(of: "undeclared_fields") < 8 * 40_000)
        let many = (0..<12).map { "hidden != \($0 + 1_000) and other\($0) is_empty" }.joined(separator: " and ")
        for _ in 0..<2 { #expect(try count(many) == 500) }
        collection.close()
    }

    @Test func `is exact beside a writer`() throws {
        let bench = bench, collection = collection
        let writing = Thread {
            for round in 0..<60 {
                _ = try? collection.upsert((0..<20).map { try Self.point($0, hidden: (round % 2) * 1_000 + $0) })
            }
        }
        writing.start()
        for _ in 0..<60 {
            // The twenty points are moved by one transaction.
            let low = try count("hidden < 20")
            #expect(low == 0 || low == 20)
        }
        while !writing.isFinished { Thread.sleep(forTimeInterval: 0.01) }
        #expect(try count("hidden >= 1000") == 20)
        collection.close()
        withExtendedLifetime(bench) {}
    }
}
