import IlkCollection
import IlkEmbedding
import IlkProtocol
import Testing

@Suite struct `Texts` {
    let bench: Workbench
    let shop: VectorCollection

    init() throws {
        bench = try Workbench()
        shop = try bench.create(.shop)
        try shop.upsert([
            UpsertPoint("panda", text: #"{"title":"熊猫毛绒玩具 plush panda","brand":"acme","price":20}"#),
            UpsertPoint("pipe", text: #"{"title":"steel pipe ABC-123","brand":"forge","price":90}"#),
            UpsertPoint("bowl", text: #"{"title":"stainless steel bowl","brand":"acme","price":9}"#),
        ])
    }

    @Test func `a point without a vector is found by what its text means`() throws {
        let reply = try shop.search(text: "plush panda", mode: .dense)
        #expect(reply.hits.first?.id == "panda")
        #expect(reply.hits.first?.scores?.dense == reply.hits.first?.score)
        #expect(reply.hits.count == 3)
    }

    @Test func `words find points, and nothing else does`() throws {
        let reply = try shop.search(text: "steel", mode: .lexical)
        #expect(Set(reply.hits.map(\.id)) == ["pipe", "bowl"])
        #expect(reply.exhausted)
        #expect(try shop.search(text: "ABC-123", mode: .lexical).hits.map(\.id) == ["pipe"])
        #expect(try shop.search(text: "熊猫", mode: .lexical).hits.map(\.id) == ["panda"])
    }

    @Test func `both legs are fused, and every hit says what each said of it`() throws {
        let reply = try shop.search(text: "steel bowl", explain: true)
        #expect(reply.hits.first?.id == "bowl")
        #expect(reply.hits.first?.scores?.dense != nil && reply.hits.first?.scores?.lexical != nil)
        #expect(reply.hits.first?.ranks == LegRanks(dense: 1, lexical: 1))
        #expect(reply.hits.map(\.score) == reply.hits.map(\.score).sorted(by: >))
        #expect(reply.hits.count == 3)
    }

    @Test func `a filter holds for both legs, and facets count what they found`() throws {
        let reply = try shop.search(text: "steel", filter: "brand = 'acme'", facets: ["brand"])
        #expect(Set(reply.hits.map(\.id)) == ["bowl", "panda"])
        #expect(reply.facets.first?.values.map(\.count) == [2])
    }

    @Test func `highlights are ranges of characters in the payload's text`() throws {
        let hits = try shop.search(text: "steel", mode: .lexical, highlight: true).hits
        let hit = try #require(hits.first { $0.id == "bowl" })
        #expect(hit.highlights.first?.path == "title")
        #expect(hit.highlights.first?.ranges == [10..<15])
    }

    @Test func `only a changed text is embedded again`() throws {
        let same = try shop.upsert([
            UpsertPoint("panda", text: #"{"title":"熊猫毛绒玩具 plush panda","brand":"acme","price":15}"#)
        ])
        #expect((same.embedded, same.unchanged) == (0, 1))
        #expect(try shop.count(.text("price = 15")) == 1)
        let other = try shop.upsert([UpsertPoint("panda", text: #"{"title":"wooden train","brand":"acme"}"#)])
        #expect((other.embedded, other.unchanged) == (1, 0))
        #expect(try shop.search(text: "wooden train", mode: .dense, k: 1).hits.first?.id == "panda")
        #expect(try shop.search(text: "panda", mode: .lexical).hits.isEmpty)
    }

    @Test func `a patch of the price leaves the vector, one of the title does not`() throws {
        try shop.patch(.ids(["bowl"]), #"{"price":8}"#)
        #expect(try shop.search(text: "stainless steel bowl", mode: .dense, k: 1).hits.first?.id == "bowl")
        try shop.patch(.ids(["bowl"]), #"{"title":"cotton towel"}"#)
        #expect(try shop.search(text: "cotton towel", mode: .dense, k: 1).hits.first?.id == "bowl")
        #expect(try shop.search(text: "cotton", mode: .lexical).hits.map(\.id) == ["bowl"])
        #expect(try shop.search(text: "stainless", mode: .lexical).hits.isEmpty)
        #expect(try shop.count(.text("price = 8")) == 1)
    }

    @Test func `a point without any text is there, and found by filters alone`() throws {
        try shop.upsert([UpsertPoint("bare", text: #"{"price":1}"#), UpsertPoint("blank", text: #"{"title":"  "}"#)])
        #expect(try shop.count(nil) == 5)
        #expect(try shop.search(text: "steel", mode: .dense).hits.count == 3)
        #expect(try shop.search(text: "steel", mode: .dense).exhausted)
    }

    @Test func `a vector needs the fingerprint of the field's model`() throws {
        let vector = [Float](repeating: 1, count: EmbeddingModel.hash.dimension)
        let mine = UpsertPoint(id: "mine", vectors: [(nil, vector)])
        #expect { try shop.upsert([mine]) } throws: { ($0 as? IlkError)?.code == .modelMismatch }
        #expect { try shop.upsert([mine], fingerprint: "other@1") } throws: {
            ($0 as? IlkError)?.code == .modelMismatch
        }
        try shop.upsert([mine], fingerprint: EmbeddingModel.hash.fingerprint)
        #expect { try shop.search(vector) } throws: { ($0 as? IlkError)?.code == .modelMismatch }
    }

    @Test func `deleted texts are gone from both legs`() throws {
        try shop.delete(.ids(["bowl"]))
        #expect(try shop.search(text: "steel", mode: .lexical).hits.map(\.id) == ["pipe"])
        #expect(try shop.search(text: "steel bowl").hits.map(\.id).contains("bowl") == false)
    }

    @Test func `what was acknowledged as durable is embedded after a restart, once`() throws {
        let points = try (0..<300).map { try UpsertPoint(.number($0), text: #"{"title":"number \#($0)"}"#) }
        let receipt = try shop.upsert(points, wait: .durable)
        #expect(receipt.embedded == 300)
        shop.close()
        let again = bench.openReady()
        try again.waitUntilEmbedded()
        #expect(try again.search(text: "number 123", mode: .dense, k: 1).hits.first?.id == 123)
        #expect(try again.search(text: "123", mode: .lexical, k: 1).hits.first?.id == 123)
        #expect(try again.upsert(points).unchanged == 300)
    }

    @Test func `the words are found after a restart, from the checkpoint or without it`() throws {
        shop.close()
        let again = bench.openReady()
        #expect(Set(try again.search(text: "steel", mode: .lexical).hits.map(\.id)) == ["pipe", "bowl"])
        try again.patch(.ids(["pipe"]), #"{"title":"copper pipe"}"#)
        again.close()
        let third = bench.openReady()
        #expect(try third.search(text: "steel", mode: .lexical).hits.map(\.id) == ["bowl"])
        #expect(try third.search(text: "copper", mode: .lexical).hits.map(\.id) == ["pipe"])
    }
}
