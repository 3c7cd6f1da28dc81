import IlkCollection
import IlkProtocol
import Testing

@Suite struct `What upper floors keep with a collection` {
    private func text(_ value: String) throws -> JSONText { JSONText(try JSONValue.parse(value)) }

    @Test func `is there after closing and opening, and in a snapshot, in the order of first insertion`() throws {
        let bench = try Workbench()
        let collection = try bench.create()
        #expect(try collection.kept("theme").isEmpty)
        #expect(try collection.discard("theme", ["a"]) == 0)
        let keys = try collection.keep("theme", [("b", try text("1")), ("a", try text("2"))])
        #expect(try collection.keep("theme", [("c", try text("3")), ("b", try text("4"))]).last == keys[0])
        _ = try collection.keep("audience", [("b", try text("5"))])
        #expect(try collection.discard("theme", ["a", "nobody"]) == 1)
        try collection.snapshot(to: bench.root + "/copy") { _ in true }
        collection.close()
        for folder in [bench.folder, bench.root + "/copy"] {
            let opened = VectorCollection.open(name: "things", folder: folder, options: Workbench.options)
            opened.waitUntilLoaded()
            let kept = try opened.kept("theme")
            #expect(kept.map(\.id) == ["b", "c"])
            #expect(try kept.map(\.value) == [text("4"), text("3")])
            #expect(try opened.kept("audience").map(\.id) == ["b"])
            opened.close()
        }
    }

    @Test func `goes with one object in memory for each of its types`() throws {
        final class Shelf: CollectionCompanion {}
        final class Drawer: CollectionCompanion {}
        let bench = try Workbench()
        let collection = try bench.create()
        let shelf = try collection.companion { Shelf() }
        #expect(try collection.companion { Shelf() } === shelf)
        _ = try collection.companion { Drawer() }
        #expect(try collection.companion { Shelf() } === shelf)
        collection.close()
        let refusal = #expect(throws: IlkError.self) { try collection.companion { Shelf() } }
        #expect(refusal?.code == .unavailable)
    }
}
