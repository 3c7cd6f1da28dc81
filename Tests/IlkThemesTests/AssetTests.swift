import IlkCollection
import IlkProtocol
import IlkThemes
import IlkVectors
import Testing

@Suite struct `Merchants' assets` {
    let shop: Shop

    init() throws {
        shop = try Shop()
        try shop.call(
            "theme.upsert", #"{"themes":[{"id":"pandas","title":"Panda toys"},{"id":"tea","title":"Tea and kettles"}]}"#
        )
    }

    private let library = """
        {"assets":[
          {"id":"a1","merchant":"dodo","kind":"template","url":"https://dodo.example/a1","text":"panda toys in the snow","tags":["winter"]},
          {"id":"a2","merchant":"dodo","kind":"picture","text":"kettles and tea on a table","tags":["winter","kitchen"]},
          {"id":"a1","merchant":"lumo","kind":"template","text":"panda toys and lamps"}]}
        """

    @Test func `fit a theme by their style, best first`() throws {
        try shop.assets("assets.upsert", library)
        let pandas = try shop.assets("assets", #"{"merchant":"dodo","theme":"pandas"}"#)
        #expect(pandas["assets"].ids == ["a1", "a2"] && pandas["count"].int == 2)
        #expect(pandas["assets"][0]["score"].double > pandas["assets"][1]["score"].double)
        #expect(try shop.assets("assets", #"{"merchant":"dodo","theme":"tea"}"#)["assets"].ids == ["a2", "a1"])
        #expect(try shop.assets("assets", #"{"merchant":"dodo","text":"tea","k":1}"#)["assets"].ids == ["a2"])
    }

    @Test func `are chosen by kind and tags, and listed in the order in which they came`() throws {
        try shop.assets("assets.upsert", library)
        func ids(_ params: String) throws -> [String] { try shop.assets("assets", params)["assets"].ids }
        #expect(try ids(#"{"merchant":"dodo"}"#) == ["a1", "a2"])
        #expect(try ids(#"{"merchant":"dodo","kind":"picture"}"#) == ["a2"])
        #expect(try ids(#"{"merchant":"dodo","tags":["winter","kitchen"]}"#) == ["a2"])
        #expect(try ids(#"{"merchant":"dodo","theme":"pandas","tags":["summer"]}"#) == [])
    }

    @Test func `may have vectors of their own, of the field's length`() throws {
        let dimension = try shop.collection.schema().vectors[0].dimension
        let vector = (["1"] + Array(repeating: "0", count: dimension - 1)).joined(separator: ",")
        try shop.assets("assets.upsert", #"{"assets":[{"id":"v","merchant":"dodo","vector":[\#(vector)]}]}"#)
        #expect(try shop.assets("assets", #"{"merchant":"dodo","theme":"tea"}"#)["assets"].ids == ["v"])
        let short = try shop.refusalOfAssets(
            "assets.upsert", #"{"assets":[{"id":"w","merchant":"dodo","vector":[1,0]}]}"#)
        #expect(short.contains("assets[0].vector has 2 components") && short.contains("\(dimension)"), "\(short)")
    }

    @Test func `are replaced, deleted, and kept through closing and opening`() throws {
        try shop.assets("assets.upsert", library)
        try shop.assets(
            "assets.upsert", #"{"assets":[{"id":"a1","merchant":"dodo","text":"a kettle"}]}"#)
        let before = try shop.assets("assets", #"{"merchant":"dodo","theme":"tea"}"#)
        #expect(
            before["assets"].elements.contains { $0["text"].string == "a kettle" && $0["kind"].string == "picture" })
        shop.reopen()
        #expect(try shop.assets("assets", #"{"merchant":"dodo","theme":"tea"}"#) == before)
        #expect(try shop.assets("assets.delete", #"{"merchant":"dodo","ids":["a1","a9"]}"#)["deleted"].int == 1)
        shop.reopen()
        #expect(try shop.assets("assets", #"{"merchant":"dodo"}"#)["assets"].ids == ["a2"])
        #expect(try shop.assets("assets", #"{"merchant":"lumo"}"#)["assets"].ids == ["a1"])
    }

    /// Names that are prefixes of each other, differ by what separates names elsewhere, or only in how a letter is spelled.
    private static let names = ["a", "aa", "a:a", "1:a", "2:aa", "a\u{1F}", "é", "e\u{301}", "A", "a ", "*", "%"]

    @Test(arguments: 1...8)
    func `are never seen, counted or deleted by another merchant`(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        // By UTF-8: two spellings of a letter are two merchants.
        var truth: [[UInt8]: [[UInt8]: String]] = [:]
        func name() -> String { Self.names[Int.random(in: 0..<Self.names.count, using: &generator)] }
        for step in 0..<120 {
            let merchant = name()
            let key = Array(merchant.utf8)
            func quoted(_ text: String) -> String { JSONValue.string(text).text }
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                let id = name(), secret = "secret \(step) of \(key)"
                try shop.assets(
                    "assets.upsert",
                    #"{"assets":[{"id":\#(quoted(id)),"merchant":\#(quoted(merchant)),"text":"\#(secret)"}]}"#)
                truth[key, default: [:]][Array(id.utf8)] = secret
            case 5:
                let id = name()
                let had = truth[key]?.removeValue(forKey: Array(id.utf8)) != nil
                let deleted = try shop.assets(
                    "assets.delete", #"{"merchant":\#(quoted(merchant)),"ids":[\#(quoted(id))]}"#)
                #expect(deleted["deleted"].int == (had ? 1 : 0))
            case 6 where step % 3 == 0: shop.reopen()
            default:
                let subject = Bool.random(using: &generator) ? #","theme":"pandas""# : ""
                let seen = try shop.assets(
                    "assets", #"{"merchant":\#(quoted(merchant)),"k":1000\#(subject)}"#)
                let expected = truth[key]?.values.sorted() ?? []
                #expect(seen["assets"].elements.map { $0["text"].string }.sorted() == expected, "\(merchant)")
                #expect(seen["count"].int == expected.count)
                #expect(seen["assets"].elements.allSatisfy { Array($0["merchant"].string.utf8) == key })
            }
        }
    }

    @Test(arguments: [
        ("assets.upsert", #"{"assets":[]}"#, "is empty"),
        ("assets.upsert", #"{"assets":[{"id":"a","merchant":"m"}]}"#, "what is its style?"),
        ("assets.upsert", #"{"assets":[{"id":"a","merchant":"m","text":" "}]}"#, "says nothing"),
        ("assets.upsert", #"{"assets":[{"id":"a","merchant":"m","text":"x","vector":[1]}]}"#, "send one of them"),
        ("assets.upsert", #"{"assets":[{"id":"a","text":"x"}]}"#, "lacks 'merchant'"),
        ("assets.upsert", #"{"assets":[{"id":"a","merchant":"","text":"x"}]}"#, "1 to 200"),
        (
            "assets.upsert", #"{"assets":[{"id":"a","merchant":"m","text":"x"},{"id":"a","merchant":"m","text":"y"}]}"#,
            "again"
        ),
        ("assets", #"{"theme":"tea"}"#, "lacks 'merchant'"),
        ("assets", #"{"merchant":"m","theme":"teas"}"#, "did you mean 'tea'?"),
        ("assets", #"{"merchant":"m","theme":"tea","text":"x"}"#, "send one of them"),
        ("assets.delete", #"{"merchant":"m","ids":[]}"#, "empty"),
    ])
    func `that are wrongly asked for are refused`(_ method: String, _ params: String, _ message: String) throws {
        let refusal = try shop.refusalOfAssets(method, params)
        #expect(refusal.contains(message), "\(refusal)")
    }
}

extension Shop {
    /// What a client's line about assets is answered.
    @discardableResult
    fileprivate func assets(_ method: String, _ params: String) throws -> JSONValue {
        let line = #"{"method":"theme.\#(method)","params":{"collection":"shop",\#(params.dropFirst())}"#
        let parsed = unsafe Array(line.utf8).withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed else { throw IlkError(.internal, line) }
        let merchandiser = try merchandiser
        switch try call.command.get() {
        case .assetUpsert(let request): return .object(try merchandiser.upsertAssets(request))
        case .assetMatch(let request): return .object(try merchandiser.assets(request))
        case .assetDelete(let request): return .object(try merchandiser.deleteAssets(request))
        default: throw IlkError(.internal, "theme.\(method) is none of assets'")
        }
    }

    fileprivate func refusalOfAssets(_ method: String, _ params: String) throws -> String {
        do {
            try assets(method, params)
            return ""
        } catch let error as IlkError {
            return error.message
        }
    }
}
