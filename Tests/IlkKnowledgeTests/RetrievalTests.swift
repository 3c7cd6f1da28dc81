import IlkKnowledge
import IlkProtocol
import Testing

@Suite struct `Retrieval` {
    let archive: Archive
    typealias Base = `A knowledge base`

    init() throws {
        archive = try Archive(fields: [PayloadField(path: "metadata.lang", kind: .keyword)])
        var documents = try Base.subjects.enumerated().map { place, subject in
            try Base.document(
                "d\(place)", Base.handbook([Base.section(subject), Base.section("\(subject) shop", sentences: 8)]),
                title: "Book of \(subject)", metadata: #"{"lang":"en","place":\#(place)}"#)
        }
        let panda = (0..<40).map { "第\($0)只大熊猫今天吃了很多竹子和苹果，然后睡着了。" }.joined()
        documents.append(try Base.document("熊猫", "# 大熊猫\n\n\(panda)", metadata: #"{"lang":"zh"}"#))
        documents.append(
            WireDocument(
                id: "page",
                text:
                    "<html><head><title>Returns &amp; refunds</title><script>x()</script></head><body><h1>Returns</h1>"
                    + "<p>Goods may be <b>returned</b> within fourteen days.</p><h2>Refunds</h2>"
                    + "<p>The price is refunded by bank transfer.</p></body></html>",
                format: .html))
        try archive.upsert(documents)
    }

    @Test func `finds passages by meaning, by words and by both, and says what each said`() throws {
        for mode in [SearchMode.dense, .lexical, .hybrid] {
            let best = try archive.retrieve("velvet shop", mode: mode)["passages"][0]
            #expect(best["document"].string == "d9", "\(mode)")
            #expect(best["title"].string == "Book of velvet")
            #expect(best["headings"].strings.first == "The silk handbook")
            #expect(best["scores"].keys.contains("dense") == (mode != .lexical))
            #expect(best["scores"].keys.contains("lexical") == (mode != .dense))
            #expect(best["score"].double > 0)
        }
        #expect(try archive.retrieve("大熊猫吃什么？")["passages"][0]["document"].string == "熊猫")
    }

    @Test func `cites ranges of the stored text, for HTML of the text that was taken from it`() throws {
        for query in ["velvet shop", "大熊猫吃什么？", "refunded by bank transfer", "returned within fourteen days"] {
            for passage in try archive.retrieve(query, k: 8, window: 1)["passages"].elements {
                let text = try archive.text(of: passage["document"].string)
                #expect(passage["text"].string == String(slice(text, passage["start"].int..<passage["end"].int)))
            }
        }
        let page = try archive.retrieve("bank transfer", k: 1, mode: .lexical)["passages"][0]
        #expect(page["document"].string == "page" && page["title"].string == "Returns & refunds")
        #expect(try !archive.text(of: "page").contains("<"))
    }

    @Test func `comes best first, with no more than k passages`() throws {
        for k in [1, 3, 20] {
            let passages = try archive.retrieve("Which rule is about brocade?", k: k)["passages"].elements
            let scores = passages.map { $0["score"].double }
            #expect(scores == scores.sorted(by: >) && !scores.isEmpty && scores.count <= k)
        }
    }

    @Test func `filters by metadata and by document`() throws {
        let chinese = try archive.retrieve("rule of the loom", k: 50, filter: "metadata.lang = 'zh'")
        #expect(Set(chinese["passages"].elements.map { $0["document"].string }) == ["熊猫"])
        let some = try archive.retrieve("rule", k: 50, filter: "metadata.place in (2, 3)")
        #expect(Set(some["passages"].elements.map { $0["document"].string }) == ["d2", "d3"])
        let one = try archive.retrieve("rule", k: 50, filter: "document = 'd4'")
        #expect(Set(one["passages"].elements.map { $0["document"].string }) == ["d4"])
        #expect(one["exhausted"] == .bool(true))
    }

    @Test func `never exceeds its token budget, and says how many tokens there are`() throws {
        for budget in [1, 100, 400, 700, 1_500, 5_000] {
            let reply = try archive.retrieve("Which master looks at velvet?", k: 20, tokenBudget: budget, window: 2)
            let tokens = reply["passages"].elements.map { $0["tokens"].int }.reduce(0, +)
            #expect(reply["tokens"].int == tokens && tokens <= budget)
            #expect(budget < 700 || tokens > budget / 2)
        }
    }

    @Test func `takes no more passages of a document than asked for, and looks further for others`() throws {
        // More passages of one document than a first look fetches.
        try archive.upsert(
            try Base.document("long", Base.handbook((0..<60).map { Base.section("zeppelin part \($0)") })),
            try Base.document("short", "\(Base.section("balloon", sentences: 6)) A zeppelin is filled with helium."))
        let reply = try archive.retrieve("zeppelin", k: 4, mode: .lexical, perDocument: 1, explain: true)
        #expect(Set(reply["passages"].elements.map { $0["document"].string }) == ["long", "short"])
        #expect(reply["exhausted"] == .bool(true))
        let two = try archive.retrieve("zeppelin", k: 10, mode: .lexical, perDocument: 2)["passages"].elements
        let taken = two.filter { $0["document"].string == "long" }
            .reduce(0) { $0 + max($1["passages"].elements.count, 1) }
        #expect(taken == 2)
    }

    @Test func `widens passages by their neighbors into one range`() throws {
        let narrow = try archive.retrieve("velvet", k: 1)["passages"][0]
        let wide = try archive.retrieve("velvet", k: 1, window: 1)["passages"][0]
        #expect(wide["passage"] == narrow["passage"] && wide["document"] == narrow["document"])
        #expect(wide["start"].int <= narrow["start"].int && wide["end"].int >= narrow["end"].int)
        #expect(wide["text"].string.count > narrow["text"].string.count)
        let numbers = wide["passages"].elements.map(\.int)
        #expect(numbers.contains(narrow["passage"].int) && numbers.count >= 2)
        #expect(wide["text"].string.contains(narrow["text"].string))
    }

    @Test func `leaves out copies of a passage under another document`() throws {
        let text = "The night train to Samarkand leaves at nine from the third platform of the old station."
        try archive.upsert((0..<4).map { WireDocument(id: "copy\($0)", text: text) })
        let reply = try archive.retrieve("night train to Samarkand", k: 5, explain: true)
        #expect(reply["passages"].elements.count { $0["document"].string.hasPrefix("copy") } == 1)
        #expect(reply["explain"]["duplicates"].int >= 3)
    }

    @Test func `explains itself when asked, and only then`() throws {
        let reply = try archive.retrieve("velvet", explain: true)
        #expect(reply["explain"]["candidates"].int == 50)
        #expect(reply["explain"]["search"]["took_us"] != .null)
        #expect(reply["passages"][0]["ranks"]["dense"].int >= 1)
        #expect(try archive.retrieve("velvet")["explain"] == .null)
    }

    @Test func `refuses a question of nothing and a filter that is none`() throws {
        #expect(throws: IlkErrorWith("nothing to embed")) { try checked { try archive.retrieve("  ") } }
        #expect { try archive.retrieve("velvet", filter: "metadata.lang ==== 3") } throws: {
            ($0 as? IlkError)?.code == .invalidFilter
        }
    }

    @Test func `is not confused by documents that are replaced while it runs`() async throws {
        let versions = try [3, 5, 9].map { count in
            try Base.document("moving", Base.handbook((0..<count).map { Base.section("comet number \($0)") }))
        }
        try archive.upsert(versions[0])
        await withTaskGroup(of: Void.self) { [archive] group in
            group.addTask {
                for round in 1..<30 { _ = try? archive.upsert(versions[round % 3]) }
            }
            group.addTask {
                let texts = versions.map(\.text)
                for _ in 0..<60 {
                    guard let reply = try? archive.retrieve("comet", k: 4, mode: .lexical, window: 2) else { continue }
                    for passage in reply["passages"].elements {
                        let text = passage["text"].string
                        #expect(texts.contains { $0.contains(text) })
                    }
                }
            }
        }
    }
}
