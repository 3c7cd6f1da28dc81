import IlkCollection
import IlkProtocol
import IlkThemes
import Synchronization
import Testing

@Suite struct `A batch of themes` {
    let shop: Shop

    init() throws {
        shop = try Shop()
        try shop.add(Product.shelf)
        try shop.call(
            "theme.upsert",
            """
            {"themes":[{"id":"pandas","title":"Panda toys"},{"id":"bears","title":"Plush panda"},{"id":"lamps","title":"Desk lamp"},
            {"id":"dear","title":"Rugs","indicators":{"price":{"percentile_min":95}}}]}
            """)
    }

    @Test func `fills every theme, and reports on all`() throws {
        let reply = try shop.call("theme.batch", #"{"size":10,"floors":{"by":"brand","size":4}}"#)
        #expect(reply["themes"].ids == ["pandas", "bears", "lamps", "dear"])
        for venue in reply["themes"].elements {
            let shown = venue["floors"].elements.flatMap { $0["products"].strings }
            #expect(Set(shown).count == shown.count && Set(shown).isSubset(of: venue["products"].strings))
        }
        let report = reply["report"]
        #expect(report["themes"].int == 4 && report["passing"].int == 40)
        let all = Set(reply["themes"].elements.flatMap { $0["products"].strings })
        #expect(report["products"].int == all.count && report["unreached"]["count"].int == 40 - all.count)
        #expect(report["coverage"].double == Double(all.count) / 40)
        #expect(report["thin"].strings == ["dear"] && report["failed"].elements.isEmpty)
        #expect(report["overlap"]["closest"][0]["themes"].strings == ["pandas", "bears"])
        #expect(report["overlap"]["closest"][0]["jaccard"].double == 1)
        #expect(report["unreached"]["values"]["category"].elements.contains { $0["value"].string == "kitchen" })
    }

    @Test func `gives what theme.select gives`() throws {
        let batch = try shop.call("theme.batch", #"{"themes":["lamps","dear"],"size":5}"#)["themes"]
        for venue in batch.elements {
            let own = try shop.call("theme.select", #"{"theme":"\#(venue["id"].string)","size":5}"#)
            #expect(own["products"].ids == venue["products"].strings)
        }
        #expect(batch[0]["floors"] == .null)
    }

    @Test func `may give no product to two themes`() throws {
        let reply = try shop.call("theme.batch", #"{"size":8,"exclusive":true,"themes":["bears","pandas"]}"#)
        let all = reply["themes"].elements.flatMap { $0["products"].strings }
        #expect(all.count == 16 && Set(all).count == 16)
    }

    @Test func `tells of a theme that cannot be filled, and fills the others`() throws {
        try shop.call("theme.upsert", #"{"themes":[{"id":"bad","title":"Boats","indicators":{"brand":"Boaty"}}]}"#)
        let reply = try shop.call("theme.batch", #"{"size":5}"#)
        #expect(reply["report"]["failed"].strings == ["bad"])
        #expect(reply["themes"][4]["error"]["message"].string.contains("which no point has"))
        #expect(reply["themes"][0]["products"].elements.count == 5)
    }

    @Test func `reports how far it is, and ends when it is told to`() throws {
        let seen = Mutex<[Int]>([])
        let request = try request(#"{"size":5}"#)
        _ = try shop.merchandiser.batch(request, threads: 2) { progress in
            seen.withLock { $0.append(progress.done) }
            return true
        }
        #expect(seen.withLock { $0.sorted() } == [0, 1, 2, 3, 4])
        #expect(throws: IlkError(.cancelled, "the batch was cancelled; nothing was kept")) {
            try shop.merchandiser.batch(request, threads: 1) { $0.done < 1 }
        }
    }

    @Test(arguments: [
        (#"{"themes":["pandas","pandas"]}"#, "twice"), (#"{"themes":["panda"]}"#, "did you mean 'pandas'?"),
        (#"{"floors":{"by":"categry"}}"#, "did you mean 'category'?"),
        (#"{"floors":{"sise":3}}"#, "did you mean 'size'?"),
        (#"{"size":0}"#, "1 to 1000"), (#"{"indicators":{"price":{"min":5000}}}"#, ""),
    ])
    func `is refused with what to do next`(_ params: String, _ message: String) throws {
        let refusal = try shop.refusal("theme.batch", params)
        #expect(refusal.contains(message), "\(refusal)")
        if message.isEmpty {
            // A threshold that no product meets is every theme's own trouble.
            #expect(try shop.call("theme.batch", params)["report"]["failed"].elements.count == 4)
        }
    }

    private func request(_ params: String) throws -> ThemeBatch {
        let line = #"{"method":"theme.batch","params":{"collection":"shop",\#(params.dropFirst())}"#
        let parsed = unsafe Array(line.utf8).withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed, case .themeBatch(let request) = try call.command.get() else {
            throw IlkError(.internal, line)
        }
        return request
    }
}
