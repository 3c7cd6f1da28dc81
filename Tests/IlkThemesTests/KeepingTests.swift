import IlkProtocol
import Testing

@Suite struct `A shop's themes` {
    let shop: Shop

    init() throws { shop = try Shop() }

    private let three = """
        {"themes":[
          {"id":"pandas","title":"Panda toys","description":"For those who love bears.","hot_words":["panda","plush"],
           "industry":"toys","season":"winter","heat":12.5},
          {"id":"tea","title":"Afternoon tea","hot_words":["kettle"],"industry":"kitchen","heat":3},
          {"id":"read","title":"A place to read","expansions":["lamp","rug"],"industry":"home",
           "indicators":{"price":{"percentile_max":50}}}]}
        """

    @Test func `are kept as they were sent, through closing and opening`() throws {
        let receipt = try shop.call("theme.upsert", three)
        #expect(receipt["themes"].int == 3 && receipt["total"].int == 3)
        let before = try shop.call("theme.get", #"{"ids":["read","pandas","nobody"]}"#)
        #expect(before["themes"].ids == ["read", "pandas"] && before["missing"].strings == ["nobody"])
        #expect(before["themes"][1]["hot_words"].strings == ["panda", "plush"])
        #expect(before["themes"][1]["heat"].double == 12.5)
        #expect(before["themes"][0]["indicators"]["price"]["percentile_max"].int == 50)
        shop.reopen()
        #expect(try shop.call("theme.get", #"{"ids":["read","pandas","nobody"]}"#) == before)
    }

    @Test func `are replaced wholly, and keep their place`() throws {
        try shop.call("theme.upsert", three)
        try shop.call("theme.upsert", #"{"themes":[{"id":"pandas","title":"Bears"},{"id":"new","title":"New"}]}"#)
        let list = try shop.call("theme.list", "{}")
        #expect(list["themes"].ids == ["pandas", "tea", "read", "new"])
        #expect(list["themes"][0].keys == ["id", "title"])
        #expect(list["count"].int == 4 && list["next_cursor"] == .null)
    }

    @Test func `come a page at a time, also by industry`() throws {
        try shop.call("theme.upsert", three)
        let first = try shop.call("theme.list", #"{"limit":2}"#)
        #expect(first["themes"].ids == ["pandas", "tea"])
        shop.reopen()
        let second = try shop.call("theme.list", #"{"limit":2,"cursor":"\#(first["next_cursor"].string)"}"#)
        #expect(second["themes"].ids == ["read"] && second["next_cursor"] == .null)
        #expect(try shop.call("theme.list", #"{"industry":"kitchen"}"#)["themes"].ids == ["tea"])
        #expect(try shop.refusal("theme.list", #"{"cursor":"x"}"#).contains("next_cursor"))
    }

    @Test func `are deleted, and not found afterwards`() throws {
        try shop.call("theme.upsert", three)
        #expect(try shop.call("theme.delete", #"{"ids":["tea","nobody"]}"#)["deleted"].int == 1)
        #expect(try shop.call("theme.list", "{}")["themes"].ids == ["pandas", "read"])
        #expect(!(try shop.call("theme.match", #"{"idea":"a kettle for tea"}"#)["themes"].ids.contains("tea")))
        shop.reopen()
        #expect(try shop.call("theme.list", "{}")["themes"].ids == ["pandas", "read"])
        #expect(
            try shop.refusal("theme.select", #"{"theme":"panda"}"#)
                == "no theme 'panda' in 'shop'; did you mean 'pandas'?")
    }

    @Test(arguments: [
        (#"{"themes":[]}"#, "is empty"), (#"{"themes":[{"id":"a"}]}"#, "lacks 'title'"),
        (#"{"themes":[{"id":"a","title":" "}]}"#, "says nothing"),
        (#"{"themes":[{"id":"","title":"x"}]}"#, "1 to 200"),
        (#"{"themes":[{"id":"a","title":"x"},{"id":"a","title":"y"}]}"#, "again"),
        (#"{"themes":[{"id":"a","title":"x","hotwords":["y"]}]}"#, "did you mean 'hot_words'?"),
        (#"{"themes":[{"id":"a","title":"x","heat":"hot"}]}"#, "expected a number"),
        (
            #"{"themes":[{"id":"a","title":"x"},{"id":"b","title":"y","indicators":{"prise":{"max":3}}}]}"#,
            "did you mean 'price'?"
        ),
        (#"{"themes":[{"id":"b","title":"y","indicators":{"price":{"percentile_max":130}}}]}"#, "the nearest is 100"),
    ])
    func `that are wrong change nothing`(_ params: String, _ message: String) throws {
        try shop.call("theme.upsert", three)
        let before = try shop.call("theme.list", "{}")
        let refusal = try shop.refusal("theme.upsert", params)
        #expect(refusal.contains(message), "\(refusal)")
        #expect(try shop.call("theme.list", "{}") == before)
    }

    // MARK: From an idea

    @Test func `are found by an idea, by meaning and by words`() throws {
        try shop.call("theme.upsert", three)
        let found = try shop.call("theme.match", #"{"idea":"plush panda","k":2}"#)["themes"]
        #expect(found.ids.first == "pandas" && found.elements.count == 2)
        #expect(found[0]["by"]["lexical"].int == 1 && found[0]["by"]["semantic"].int == 1)
        #expect(try shop.call("theme.match", #"{"idea":"plush panda","industry":"kitchen"}"#)["themes"].ids == ["tea"])
        #expect(
            try shop.refusal("theme.match", #"{"idea":"x","industry":"kitchn"}"#).contains("did you mean 'kitchen'?"))
    }

    @Test func `of equal nearness come by heat`() throws {
        try shop.call(
            "theme.upsert",
            #"{"themes":[{"id":"cool","title":"Garden chairs","heat":1},{"id":"hot","title":"Garden chairs","heat":9}]}"#
        )
        #expect(try shop.call("theme.match", #"{"idea":"chairs"}"#)["themes"].ids == ["hot", "cool"])
    }

    @Test func `belong to products, not to documents`() throws {
        #expect(try shop.call("theme.list", "{}")["count"].int == 0)
        #expect(try shop.call("theme.match", #"{"idea":"anything"}"#)["themes"].elements.isEmpty)
    }
}
