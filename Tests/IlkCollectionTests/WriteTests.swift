import IlkCollection
import IlkProtocol
import Testing

@Suite struct `Writes` {
    let bench: Workbench
    let collection: VectorCollection

    init() throws {
        bench = try Workbench()
        collection = try bench.create()
    }

    @Test func `an upsert is found by the next search`() throws {
        try collection.upsert([UpsertPoint("a", [0, 0]), UpsertPoint("b", [3, 4])])
        let hits = try collection.search([0, 0]).hits
        #expect(hits.map(\.id) == ["a", "b"])
        #expect(hits.map(\.distance) == [0, 5])
        #expect(hits.map(\.score) == [0, -5])
    }

    @Test func `a string id and the same number are two points`() throws {
        try collection.upsert([UpsertPoint("7", [0, 0]), UpsertPoint(7, [1, 0])])
        #expect(try collection.count(nil) == 2)
        #expect(try collection.search([1, 0], k: 1).hits.first?.id == 7)
    }

    @Test func `the largest unsigned id comes back as it was given`() throws {
        try collection.upsert([UpsertPoint(.number(.max), [0, 0])])
        #expect(try collection.search([0, 0]).hits.first?.id == .number(.max))
    }

    @Test func `each changed point adds one to the sequence`() throws {
        #expect(try collection.upsert([UpsertPoint("a", [0, 0]), UpsertPoint("b", [1, 1])]).sequence == 2)
        #expect(try collection.delete(.ids(["a", "nobody"])) == WriteReceipt(count: 1, sequence: 3))
        #expect(try collection.delete(.ids(["a"])) == WriteReceipt(count: 0, sequence: 3))
    }

    @Test func `an upsert with another vector moves the point`() throws {
        try collection.upsert([UpsertPoint("a", [0, 0]), UpsertPoint("b", [1, 0])])
        try collection.upsert([UpsertPoint("a", [9, 0])])
        let hits = try collection.search([0, 0]).hits
        #expect(hits.map(\.id) == ["b", "a"])
        #expect(hits.map(\.distance) == [1, 9])
    }

    @Test func `an upsert with the same vector changes only the payload`() throws {
        try collection.upsert([UpsertPoint("a", [1, 2], #"{"price":1}"#)])
        try collection.upsert([UpsertPoint("a", [1, 2], #"{"price":2}"#)])
        #expect(try collection.payload("a") == #"{"price":2}"#)
        #expect(try collection.count(.text("price = 2")) == 1)
        #expect(try collection.count(.text("price = 1")) == 0)
    }

    @Test func `one request may name a point twice, and the last wins`() throws {
        try collection.upsert([
            UpsertPoint("a", [0, 0]), UpsertPoint("a", [5, 0]), UpsertPoint("a", [7, 0], #"{"price":3}"#),
        ])
        #expect(try collection.count(nil) == 1)
        let hits = try collection.search([0, 0]).hits
        #expect(hits.map(\.distance) == [7])
        #expect(try collection.payload("a") == #"{"price":3}"#)
    }

    @Test func `a patch merges objects, and null removes`() throws {
        try collection.upsert([UpsertPoint("a", [0, 0], #"{"price":1,"brand":"x","size":{"w":1,"h":2}}"#)])
        try collection.patch(.ids(["a"]), #"{"price":5,"brand":null,"size":{"h":3}}"#)
        #expect(try collection.payload("a") == #"{"price":5,"size":{"w":1,"h":3}}"#)
        #expect(try collection.count(.text("price = 5 and not brand exists")) == 1)
    }

    @Test func `a patch that breaks a declared field changes nothing`() throws {
        try collection.upsert([UpsertPoint("a", [0, 0], #"{"price":1}"#), UpsertPoint("b", [0, 1], #"{"price":2}"#)])
        let error = #expect(throws: IlkError.self) {
            try collection.patch(.ids(["a", "b"]), #"{"price":"cheap"}"#)
        }
        #expect(error?.code == .invalidRequest)
        #expect(try collection.payload("a") == #"{"price":1}"#)
        #expect(try collection.payload("b") == #"{"price":2}"#)
    }

    @Test func `a filter selects what is patched and what is deleted`() throws {
        try collection.upsert((0..<10).map { try UpsertPoint(.number($0), [Float($0), 0], #"{"price":\#($0)}"#) })
        #expect(try collection.patch(.filter(.text("price >= 5")), #"{"brand":"dear"}"#).count == 5)
        #expect(try collection.delete(.filter(.text("brand = 'dear'"))).count == 5)
        #expect(try collection.count(nil) == 5)
        #expect(try collection.search([9, 0], k: 1).hits.first?.id == 4)
    }

    @Test(arguments: [[Float.nan, 0], [.infinity, 0], [1], [1, 2, 3], []])
    func `a vector that no search could measure is refused, and nothing is written`(vector: [Float]) throws {
        let error = #expect(throws: IlkError.self) {
            try collection.upsert([UpsertPoint("good", [0, 0]), UpsertPoint("bad", vector)])
        }
        #expect(error?.message.contains("points[1] (id \"bad\")") == true)
        #expect(try collection.count(nil) == 0)
    }

    @Test func `a zero vector is refused where the metric is cosine`() throws {
        let bench = try Workbench()
        let schema = CollectionSchema(vectors: [VectorField(name: "v", dimension: 2, metric: .cosine)])
        let collection = try bench.create(schema)
        #expect(throws: IlkError.self) { try collection.upsert([UpsertPoint("a", [0, 0])]) }
        try collection.upsert([UpsertPoint("a", [2, 0]), UpsertPoint("b", [0, 3])])
        let hits = try collection.search([5, 0]).hits
        #expect(hits.map(\.distance) == [0, 1])
        #expect(hits.map(\.score) == [1, 0])
    }

    @Test func `a vector comes back as it was given, whatever the metric`() throws {
        let bench = try Workbench()
        let schema = CollectionSchema(vectors: [VectorField(name: "v", dimension: 3, metric: .cosine)])
        let collection = try bench.create(schema)
        try collection.upsert([UpsertPoint("a", [3, 0.1, -7])])
        let point = try #require(try collection.get(ids: ["a"], withVectors: true, withPayload: .none).points.first)
        #expect(point.vectors.first?.vector == [3, 0.1, -7])
    }

    @Test func `several vector fields are searched each by itself`() throws {
        let bench = try Workbench()
        let schema = CollectionSchema(vectors: [
            VectorField(name: "image", dimension: 2, metric: .l2),
            VectorField(name: "text", dimension: 3, metric: .dot),
        ])
        let collection = try bench.create(schema)
        try collection.upsert([
            UpsertPoint(id: "both", vectors: [("image", [0, 0]), ("text", [1, 1, 1])]),
            UpsertPoint(id: "image", vectors: [("image", [1, 0])]),
            UpsertPoint(id: "text", vectors: [("text", [2, 2, 2])]),
        ])
        func ids(_ field: String, _ vector: [Float]) throws -> [PointID] {
            try collection.search(SearchRequest(collection: "things", query: .vector(WireVector(vector)), using: field))
                .hits.map(\.id)
        }
        #expect(try ids("image", [0, 0]) == ["both", "image"])
        #expect(try ids("text", [1, 1, 1]) == ["text", "both"])
        #expect(throws: IlkError.self) { try collection.search([0, 0]) }
    }
}
