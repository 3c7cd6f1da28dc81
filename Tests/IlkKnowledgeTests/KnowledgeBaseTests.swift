import IlkCollection
import IlkKnowledge
import IlkProtocol
import Testing

@Suite struct `A knowledge base` {
    let archive: Archive

    init() throws { archive = try Archive(fields: [PayloadField(path: "metadata.lang", kind: .keyword)]) }

    /// Sections of a handbook, each of its own words.
    static let subjects = [
        "loom", "dye", "worm", "mulberry", "spindle", "shuttle", "warp", "cocoon", "brocade", "velvet", "taffeta",
        "organza",
    ]

    static func section(_ subject: String, sentences: Int = 24) -> String {
        "## About the \(subject)\n\n"
            + (0..<sentences).map { "Rule \($0) says that every \(subject) is looked at by master number \($0 * 7)." }
            .joined(separator: " ")
    }

    static func handbook(_ sections: [String]) -> String {
        "# The silk handbook\n\n" + sections.joined(separator: "\n\n")
    }

    static func document(
        _ id: String, _ text: String, title: String? = nil, metadata: String? = nil, context: String? = nil
    ) throws -> WireDocument {
        WireDocument(
            id: id, title: title, text: text, format: .markdown,
            metadata: try metadata.map { JSONText(try JSONValue.parse($0)) }, context: context)
    }

    // MARK: Writing

    @Test func `keeps a document with its passages, and gives it back`() throws {
        let text = Self.handbook(Self.subjects.prefix(3).map { Self.section($0) })
        let receipt = try archive.upsert(
            try Self.document("silk", text, metadata: #"{"lang":"en","year":2024}"#, context: "a secret"))
        #expect(receipt.documents == 1 && receipt.passages >= 6 && receipt.unchanged == 0)
        #expect(receipt.embedded == receipt.passages)
        let reply = try archive.get("silk", "wool", withPassages: true)
        let document = reply["documents"][0]
        #expect(document["text"].string == text)
        #expect(document["title"].string == "The silk handbook")
        #expect(document["format"].string == "markdown")
        #expect(document["metadata"]["year"].int == 2024)
        #expect(document["passage_count"].int == receipt.passages)
        #expect(document["passages"].elements.map { $0["passage"].int } == Array(0..<receipt.passages))
        #expect(reply["missing"].strings == ["wool"])
        #expect(!"\(reply)".contains("secret"))
        #expect(try archive.get("silk", withText: false)["documents"][0]["text"] == .null)
    }

    @Test func `replaces a document wholly, and passages that are gone are not found`() throws {
        try archive.upsert(try Self.document("d", Self.handbook(Self.subjects.map { Self.section($0) })))
        let receipt = try archive.upsert(try Self.document("d", "# Wool\n\nSheep are shorn in spring."))
        #expect(receipt.passages == 1 && receipt.embedded == 1)
        #expect(try archive.collection.count(nil) == 1)
        #expect(try archive.retrieve("velvet", mode: .lexical)["passages"].elements.isEmpty)
        #expect(try archive.retrieve("sheep", mode: .lexical)["passages"][0]["headings"].strings == ["Wool"])
    }

    @Test func `deletes documents with their passages`() throws {
        try archive.upsert(
            try Self.document("a", Self.handbook([Self.section("loom")])),
            try Self.document("b", Self.handbook([Self.section("dye")])))
        #expect(try archive.delete("a", "nobody").count == 1)
        #expect(try archive.retrieve("loom", mode: .lexical)["passages"].elements.isEmpty)
        #expect(try archive.list()["documents"].elements.map { $0["id"].string } == ["b"])
        #expect(try archive.collection.count(nil) == archive.get("b")["documents"][0]["passage_count"].int)
        #expect(try archive.delete("a").count == 0)
    }

    @Test func `lists documents in the order of their first insertion, a page at a time`() throws {
        let documents = try (0..<7).map { try Self.document("d\($0)", "Text \($0).", context: "a secret") }
        try archive.upsert(documents)
        try archive.upsert(try Self.document("d2", "Another text."))
        var ids: [String] = []
        var cursor: String?
        repeat {
            let page = try archive.list(limit: 3, cursor: cursor)
            #expect(page["count"].int == 7)
            #expect(!"\(page)".contains("secret"))
            ids += page["documents"].elements.map { $0["id"].string }
            cursor = page["next_cursor"] == .null ? nil : page["next_cursor"].string
        } while cursor != nil
        #expect(ids == (0..<7).map { "d\($0)" })
    }

    @Test func `is the same after it was closed and opened`() throws {
        let text = Self.handbook(Self.subjects.prefix(4).map { Self.section($0) })
        try archive.upsert(try Self.document("d", text, metadata: #"{"lang":"en"}"#))
        let before = (try archive.get("d", withPassages: true), try archive.retrieve("Which master looks at a worm?"))
        archive.reopen()
        #expect(try archive.get("d", withPassages: true) == before.0)
        #expect(try archive.retrieve("Which master looks at a worm?") == before.1)
        let receipt = try archive.upsert(try Self.document("d", text, metadata: #"{"lang":"en"}"#))
        #expect(receipt.embedded == 0 && receipt.unchanged == receipt.passages)
    }

    // MARK: What is embedded again

    @Test func `embeds only what an edit of a paragraph changed`() throws {
        var sections = Self.subjects.map { Self.section($0) }
        let first = try archive.upsert(try Self.document("d", Self.handbook(sections)))
        sections[5] = sections[5].replacing("Rule 11 says", with: "The eleventh rule, which is new, says")
        let second = try archive.upsert(try Self.document("d", Self.handbook(sections)))
        #expect(first.passages >= 30)
        #expect((1...4).contains(second.embedded), "\(second)")
        #expect(second.embedded + second.unchanged == second.passages)
        #expect(try archive.retrieve("eleventh", mode: .lexical)["passages"].elements.isEmpty == false)
    }

    @Test func `embeds only a section that was inserted before the others, and cites the others where they are now`()
        throws
    {
        let sections = Self.subjects.map { Self.section($0) }
        let first = try archive.upsert(try Self.document("d", Self.handbook(sections)))
        let longer = Self.handbook([Self.section("felt")] + sections)
        let second = try archive.upsert(try Self.document("d", longer))
        #expect(second.passages > first.passages)
        #expect(second.embedded <= second.passages - first.passages + 2, "\(first) \(second)")
        for passage in try archive.get("d", withPassages: true)["documents"][0]["passages"].elements {
            #expect(passage["text"].string == String(slice(longer, passage["start"].int..<passage["end"].int)))
        }
    }

    @Test func `embeds nothing again where only metadata changed, and filters see the new`() throws {
        let text = Self.handbook(Self.subjects.prefix(3).map { Self.section($0) })
        try archive.upsert(try Self.document("d", text, metadata: #"{"lang":"en"}"#))
        let receipt = try archive.upsert(try Self.document("d", text, metadata: #"{"lang":"fr"}"#))
        #expect(receipt.embedded == 0 && receipt.unchanged == receipt.passages)
        #expect(try archive.retrieve("loom", filter: "metadata.lang = 'en'")["passages"].elements.isEmpty)
        #expect(try !archive.retrieve("loom", filter: "metadata.lang = 'fr'")["passages"].elements.isEmpty)
    }

    @Test func `embeds a document again where its context changed, and finds it by that`() throws {
        let text = Self.handbook([Self.section("loom")])
        try archive.upsert(try Self.document("d", text))
        #expect(try archive.retrieve("Lyon", mode: .lexical)["passages"].elements.isEmpty)
        let receipt = try archive.upsert(try Self.document("d", text, context: "Policy of the weavers in Lyon"))
        #expect(receipt.embedded == receipt.passages)
        let found = try archive.retrieve("Lyon", mode: .lexical)
        #expect(!found["passages"].elements.isEmpty)
        #expect(!"\(found)".contains("Lyon"))
    }

    @Test func `keeps the innermost headings where a path is longer than its share of the model's limit`() throws {
        let headings = (1...6).map {
            String(repeating: "#", count: $0) + " Level \($0) " + String(repeating: "x", count: 140)
        }
        try archive.upsert(try Self.document("d", headings.joined(separator: "\n\n") + "\n\nText.", title: "T"))
        let passages = try archive.get("d", withPassages: true)["documents"][0]["passages"].elements
        let kept = try #require(passages.last)["headings"].strings
        #expect(kept.map { $0.prefix(7) } == ["Level 5", "Level 6"])
    }

    // MARK: What is refused

    @Test func `takes a document of nothing, which has no passages`() throws {
        let receipt = try archive.upsert(try Self.document("empty", ""), try Self.document("blank", " \n\n\t"))
        #expect((receipt.documents, receipt.passages, receipt.embedded) == (2, 0, 0))
        #expect(try archive.get("empty")["documents"][0]["passage_count"].int == 0)
        #expect(try archive.retrieve("anything")["passages"].elements.isEmpty)
    }

    @Test func `refuses a request with a document that cannot be, and changes nothing`() throws {
        let good = try Self.document("good", "Text.")
        let nested = WireDocument(
            id: "bad", text: String(repeating: "<div>", count: 100_000), format: .html)
        #expect(throws: IlkErrorWith("documents[1] (id \"bad\")")) {
            try checked { try archive.upsert(good, nested) }
        }
        let wrong = try Self.document("bad", "Text.", metadata: #"{"lang":7}"#)
        #expect(throws: IlkErrorWith("'metadata.lang' is declared keyword")) {
            try checked { try archive.upsert(good, wrong) }
        }
        let context = String(repeating: "x", count: WireDocument.maximumContext)
        #expect(throws: IlkErrorWith("'context' and 'title' have")) {
            try checked { try archive.upsert(good, try Self.document("bad", "Text.", context: context)) }
        }
        #expect(try archive.list()["documents"].elements.isEmpty)
    }

    @Test func `refuses a reply that is too long as soon as it is`() throws {
        try archive.upsert(try Self.document("d", Self.handbook(Self.subjects.map { Self.section($0) })))
        #expect(throws: IlkErrorWith("too long")) {
            try checked { try archive.get("d", withText: false, withPassages: true, limit: 4_000) }
        }
    }
}
