import Foundation
import IlkCollection
import IlkProtocol
import Testing

/// Filters that are asked again, with and without a write between.
@Suite struct `A filter that is asked again` {
    private let bench: Workbench
    private let collection: VectorCollection

    init() throws {
        bench = try Workbench()
        collection = try bench.create()
        try collection.upsert(
            (0..<200).map { number in
                try UpsertPoint(
                    .number(UInt64(number)), [Float(number), 1],
                    #"{"price":\#(number),"brand":"\#(number % 2 == 0 ? "a" : "b")","hidden":\#(number)}"#)
            })
    }

    private func count(_ filter: String) throws -> Int {
        try collection.count(.text(filter))
    }

    private var cacheBytes: Int {
        guard case .object(let root) = collection.describe(), case .object(let memory)? = root["memory"],
            case .int(let bytes)? = memory["filter_cache"]
        else { return -1 }
        return Int(bytes)
    }

    @Test func `gives what is there now, after every kind of write`() throws {
        let filter = "price < 10 and brand = 'a'"
        for _ in 0..<2 { #expect(try count(filter) == 5) }
        try collection.upsert([UpsertPoint(0, [0, 1], #"{"price":90,"brand":"a"}"#)])
        for _ in 0..<2 { #expect(try count(filter) == 4) }
        try collection.patch(.ids([2]), #"{"brand":"b"}"#)
        for _ in 0..<2 { #expect(try count(filter) == 3) }
        try collection.delete(.ids([4]))
        for _ in 0..<2 { #expect(try count(filter) == 2) }
        try collection.upsert([UpsertPoint(1_000, [0, 1], #"{"price":1,"brand":"a"}"#)])
        for _ in 0..<2 { #expect(try count(filter) == 3) }
        try collection.delete(.filter(.text(filter)))
        for _ in 0..<2 { #expect(try count(filter) == 0) }
        #expect(try collection.search([0, 1], filter: "brand = 'a' and price < 10").hits.isEmpty)
        try collection.patch(.filter(.text("brand = 'b' and price < 10")), #"{"brand":"a"}"#)
        #expect(try count(filter) == 6)
        collection.close()
    }

    @Test func `finds the same hits, and shares its memory with other ways to write it`() throws {
        #expect(cacheBytes == 0)
        let first = try collection.search([50, 1], k: 20, filter: "price between 20 and 80 and brand = 'b'")
        let bytes = cacheBytes
        #expect(bytes > 0)
        let again = try collection.search([50, 1], k: 20, filter: "brand = 'b' and not not (price between 20 and 80)")
        #expect(again.hits.map(\.id) == first.hits.map(\.id))
        #expect(cacheBytes == bytes)
        collection.close()
    }

    @Test func `takes no memory after a write, and is right where a field is not declared`() throws {
        for _ in 0..<2 { #expect(try count("hidden < 10 and price >= 5") == 5) }
        #expect(cacheBytes > 0)
        try collection.patch(.ids([199]), #"{"hidden":0}"#)
        #expect(cacheBytes == 0)
        #expect(try count("hidden < 10 and price >= 5") == 6)
        collection.close()
    }

    @Test func `takes bounded memory among 1,000 others`() throws {
        var largest = 0
        for number in 0..<1_000 {
            #expect(try count("price < \(Double(number) / 10) or brand = 'c'") == min(200, (number + 9) / 10))
            largest = max(largest, cacheBytes)
        }
        // 128 filters over 200 points: some hundred bytes each.
        #expect(largest > 0 && largest < 256 << 10)
        collection.close()
    }

    @Test func `is refused each time where it does not fit its field`() throws {
        for _ in 0..<2 { #expect(throws: IlkError.self) { try count("brand < 3") } }
        #expect(cacheBytes == 0)
        collection.close()
    }
}
