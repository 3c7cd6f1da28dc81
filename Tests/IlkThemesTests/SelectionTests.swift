import IlkProtocol
import Testing

@Suite struct `Products of a theme` {
    let shop: Shop

    init() throws {
        shop = try Shop()
        try shop.add(Product.shelf)
        try shop.call(
            "theme.upsert",
            #"{"themes":[{"id":"pandas","title":"Panda","hot_words":["plush"]},{"id":"cheap","title":"Lamps","indicators":{"price":{"percentile_max":50}}}]}"#
        )
    }

    private func isPanda(_ id: String) -> Bool { Int(id.dropFirst()).map { $0 % 4 == 0 } ?? false }

    @Test(arguments: [#"["lexical"]"#, #"["semantic"]"#, #"["lexical","semantic"]"#])
    func `are found each way, with rank and reason`(_ ways: String) throws {
        let found = try shop.call("theme.select", #"{"theme":"pandas","size":10,"by":\#(ways)}"#)
        #expect(found["products"].elements.count == 10)
        #expect(found["products"].ids.allSatisfy(isPanda), "\(found["products"].ids)")
        let way = ways.contains("lexical") ? "lexical" : "semantic"
        #expect(found["products"][0]["by"][way].int >= 1)
        let reason = found["products"][0]["reason"].string
        #expect(reason.contains(way == "lexical" ? "“panda”, “plush”" : "meaning"), "\(reason)")
        #expect(found["passing"].int == 40 && found["exhausted"] == .bool(false))
    }

    @Test func `keep to the indicators, whose percentiles are exact`() throws {
        let found = try shop.call(
            "theme.select",
            #"{"theme":"pandas","by":["lexical","indicators"],"indicators":{"category":"toys","price":{"percentile_max":30},"free_shipping":true}}"#
        )
        // Toys with free shipping cost 1, 13, 25 and 37: nearest rank of 30 % of four is the second.
        #expect(found["indicators"]["price"]["max"].double == 13)
        #expect(Set(found["products"].ids) == ["p0", "p12"])
        #expect(found["products"][0]["by"].keys == ["lexical", "indicators"])
        let reasons = found["products"].elements.map { $0["reason"].string }
        #expect(reasons.contains { $0.contains("price 1 ≤ 13 (30th percentile); free_shipping") }, "\(reasons)")
        #expect(found["exhausted"] == .bool(true))
    }

    @Test func `by indicators alone come by how well they keep to them`() throws {
        let found = try shop.call(
            "theme.select", #"{"text":"anything","by":["indicators"],"size":3,"indicators":{"price":{"max":20}}}"#)
        #expect(found["products"].ids == ["p0", "p1", "p2"])
        #expect(found["passing"].int == 20)
        let dear = try shop.call(
            "theme.select",
            #"{"text":"anything","by":["indicators"],"size":2,"indicators":{"price":{"percentile_min":90}}}"#)
        #expect(dear["products"].ids == ["p39", "p38"])
    }

    @Test func `of a theme with its own indicators keep to them`() throws {
        let found = try shop.call("theme.select", #"{"theme":"cheap","size":40}"#)
        #expect(found["by"].strings == ["lexical", "semantic", "indicators"])
        #expect(found["indicators"]["price"]["max"].double == 20)
        #expect(found["products"].ids.allSatisfy { Int($0.dropFirst())! < 20 })
        // The request's own threshold takes the place of the theme's.
        let other = try shop.call("theme.select", #"{"theme":"cheap","size":40,"indicators":{"price":{"max":3}}}"#)
        #expect(Set(other["products"].ids) == ["p0", "p1", "p2"])
    }

    @Test func `are fit to be sold, and weighed by quality`() throws {
        let found = try shop.call(
            "theme.select", #"{"theme":"pandas","size":10,"quality":{"stock":{"min":1}},"with_payload":["stock"]}"#)
        #expect(found["products"].elements.allSatisfy { $0["payload"]["stock"].int >= 1 })
        let dear = try shop.call(
            "theme.select", #"{"theme":"pandas","by":["lexical"],"size":10,"quality":{"price":{"weight":1}}}"#)
        #expect(dear["products"].ids.first == "p36")
        let cheap = try shop.call(
            "theme.select", #"{"theme":"pandas","by":["lexical"],"size":10,"quality":{"price":{"weight":-1}}}"#)
        #expect(cheap["products"].ids.first == "p0")
    }

    @Test func `pass the filter`() throws {
        let found = try shop.call("theme.select", #"{"theme":"pandas","filter":"brand = 'Nike' and price < 30"}"#)
        #expect(found["passing"].int == 8 && found["products"].elements.count == 8)
        #expect(try shop.refusal("theme.select", #"{"theme":"pandas","filter":"price <"}"#) != "")
    }

    @Test func `explain what was looked for`() throws {
        // Words that every tenth product has are not telling.
        try shop.add((0..<80).map { Product(id: "x\($0)", title: "thing \($0)", use: "to have") })
        let explain = try shop.call("theme.select", #"{"theme":"pandas","explain":true,"filter":"price < 30"}"#)[
            "explain"]
        #expect(explain["words"][0]["text"].string == "Panda" && explain["words"][1]["weight"].double == 0.8)
        #expect(explain["embedded"].string == "Panda. plush" && explain["filter"].string == "price < 30")
        #expect(explain["expansion"]["words"].elements.contains { $0["word"].string == "cuddle" }, "\(explain)")
        let plain = try shop.call("theme.select", #"{"theme":"pandas","explain":true,"expand":false}"#)["explain"]
        #expect(plain["expansion"]["words"].elements.isEmpty)
    }

    @Test func `of a theme that is like the value of a field have its words looked for`() throws {
        let brands = ["Zetamax", "Borealis", "Cumulus", "Dorado", "Equinox", "Fandango", "Galahad", "Hibiscus"]
        try shop.add(
            (0..<48).map { number in
                Product(
                    id: "q\(number)", title: "thing \(number)", use: "to have",
                    brand: number < 24 ? brands[number % 8] : "\(brands[number % 8]) \(number)")
            })
        let explain = try shop.call("theme.select", #"{"text":"zetamax","explain":true}"#)["explain"]
        let values = explain["expansion"]["values"]
        #expect(values[0]["value"].string == "Zetamax" && values[0]["field"].string == "brand", "\(explain)")
        #expect(values.elements.count <= 3)
    }

    @Test(arguments: [
        (#"{"size":3}"#, "lacks 'theme' or 'text'"), (#"{"theme":"pandas","text":"x"}"#, "send one of them"),
        (#"{"text":"  "}"#, "says nothing"), (#"{"theme":"pandas","by":[]}"#, "is empty"),
        (#"{"theme":"pandas","by":["lexicl"]}"#, "did you mean 'lexical'?"),
        (#"{"theme":"pandas","by":["lexical","lexical"]}"#, "again"),
        (#"{"theme":"pandas","by":["indicators"]}"#, "tool_schema"),
        (#"{"theme":"pandas","by":["lexical"],"indicators":{"price":{"max":3}}}"#, "'by' leaves them out"),
        (#"{"theme":"pandas","size":0}"#, "1 to 10000"),
        (#"{"theme":"pandas","using":"image"}"#, "no vector field named"),
    ])
    func `are refused with what to do next`(_ params: String, _ message: String) throws {
        let refusal = try shop.refusal("theme.select", params)
        #expect(refusal.contains(message), "\(refusal)")
    }

    @Test func `need words or a model, or indicators`() throws {
        let bare = try Shop(hasWords: false, hasModel: false)
        try bare.add((0..<4).map { Product(id: "p\($0)", title: "x", price: Double($0), vector: [1, Float($0)]) })
        #expect(try bare.refusal("theme.select", #"{"text":"panda"}"#).contains("by 'indicators' alone"))
        #expect(try bare.refusal("theme.select", #"{"text":"panda","by":["lexical"]}"#).contains("no text fields"))
        #expect(
            try bare.refusal("theme.select", #"{"text":"panda","by":["semantic"]}"#).contains(
                "no vector field with a model"))
        let found = try bare.call("theme.select", #"{"text":"panda","indicators":{"price":{"max":1}}}"#)
        #expect(found["products"].ids == ["p0", "p1"] && found["by"].strings == ["indicators"])
    }
}
