import Foundation
import IlkMatching
import IlkProtocol
import Testing

@Suite struct `Items for a person` {
    @Test func `what was just done changes the next answer`() throws {
        let shop = try Shop()
        #expect(try shop.ids(#""user":"u1","channels":{"content":10}"#).isEmpty)
        try shop.append(shop.event("u1", "toy-3"))
        let toys = try shop.ids(#""user":"u1","k":5,"channels":{"content":10}"#)
        #expect(toys.count == 5)
        #expect(toys.allSatisfy { $0.hasPrefix("toy-") && $0 != "toy-3" })
        try shop.append(shop.event("u1", "book-3", "order"))
        let both = try shop.ids(#""user":"u1","k":10,"channels":{"content":20}"#)
        #expect(both[0].hasPrefix("book-"))
        #expect(both.contains { $0.hasPrefix("toy-") })
    }

    @Test func `events of the request count as the newest`() throws {
        let shop = try Shop()
        try shop.append(shop.event("u1", "toy-3", daysAgo: 30))
        let events = #""events":[{"item":"shoe-2","type":"cart"}]"#
        #expect(try shop.ids(#""user":"u1",\#(events),"k":3,"channels":{"content":9}"#)[0].hasPrefix("shoe-"))
        #expect(try shop.ids(#"\#(events),"k":3,"channels":{"content":9}"#).allSatisfy { $0.hasPrefix("shoe-") })
        #expect(try shop.ids(#""user":"u1","k":3,"channels":{"content":9}"#).allSatisfy { $0.hasPrefix("toy-") })
    }

    @Test func `a person with several interests gets something of each`() throws {
        let shop = try Shop()
        for number in 0..<5 {
            try shop.append(shop.event("u1", "toy-\(number)"), shop.event("u1", "book-\(number)"))
        }
        guard case .array(let interests)? = try shop.profile("u1")["interests"] else { return }
        #expect(interests.count == 2)
        let found = try shop.ids(#""user":"u1","k":10,"channels":{"content":40}"#)
        #expect(found.count { $0.hasPrefix("toy-") } >= 3)
        #expect(found.count { $0.hasPrefix("book-") } >= 3)
        #expect(!found.contains { $0.hasPrefix("shoe-") })
    }

    @Test func `reasons name the event`() throws {
        let shop = try Shop()
        try shop.append(shop.event("u1", "toy-3", daysAgo: 1.5), shop.event("u1", "toy-3", "cart", daysAgo: 1.2))
        let content = try shop.items(#""user":"u1","k":1,"channels":{"content":5}"#)
        #expect(content.items[0].reason == "like toy-3, which was put in the cart yesterday")
        try shop.append(
            shop.event("u2", "toy-3", "order", daysAgo: 20), shop.event("u2", "book-9", "order", daysAgo: 19),
            shop.event("u2", "book-9", "order", daysAgo: 9))
        let together = try shop.items(#""user":"u1","k":1,"channels":{"item_cf":5}"#)
        #expect(together.items[0].id == .string("book-9"))
        #expect(together.items[0].reason == "goes with toy-3, which was put in the cart yesterday")
        let people = try shop.items(#""user":"u1","k":1,"channels":{"u2u2i":5}"#)
        #expect(people.items[0].reason == "chosen by somebody who also chose toy-3")
        let again = try shop.items(#""user":"u2","k":1,"channels":{"again":5}"#)
        #expect(again.items[0].reason == "bought twice, last 9 days ago")
        let tag = try shop.items(#""user":"u1","k":1,"channels":{"tag":5}"#)
        #expect(tag.items[0].reason.hasSuffix("100 % of what this person likes"))
    }

    @Test(arguments: ["popular", "trending"])
    func `what many like comes first, within the filter`(channel: String) throws {
        let shop = try Shop()
        for user in 0..<9 {
            try shop.append(shop.event("u\(user)", "shoe-7"))
            if user < 5 { try shop.append(shop.event("u\(user)", "toy-1")) }
        }
        #expect(try shop.ids(#""channels":{"\#(channel)":10}"#) == ["shoe-7", "toy-1"])
        #expect(try shop.ids(#""channels":{"\#(channel)":10},"filter":"kind = 'toy'""#) == ["toy-1"])
    }

    @Test func `what was popular long ago trends no more`() throws {
        let shop = try Shop()
        for user in 0..<9 { try shop.append(shop.event("u\(user)", "shoe-7", daysAgo: 20)) }
        for user in 0..<2 { try shop.append(shop.event("u\(user)", "toy-1")) }
        #expect(try shop.ids(#""channels":{"popular":10},"k":1"#) == ["shoe-7"])
        #expect(try shop.ids(#""channels":{"trending":10},"k":1"#) == ["toy-1"])
    }

    @Test func `new items get a chance, the newest first`() throws {
        let shop = try Shop(perKind: 4)
        #expect(try shop.ids(#""channels":{"new":10},"k":3"#) == ["book-3", "book-2", "book-1"])
        try shop.append((0..<30).map { _ in shop.event("u1", "book-3", "impression") })
        #expect(try shop.ids(#""channels":{"new":10},"k":2"#) == ["book-2", "book-1"])
    }

    @Test func `everybody gets something, known or not`() throws {
        let shop = try Shop()
        try shop.append(shop.event("u1", "toy-1"))
        #expect(try shop.ids(#""user":"stranger","k":20"#).count == 20)
        #expect(try shop.ids(#""user":"u1","k":20"#).count == 20)
    }

    @Test func `what was seen or bought is left out when asked`() throws {
        let shop = try Shop(perKind: 3)
        try shop.append(shop.event("u1", "toy-0"), shop.event("u1", "toy-1", "order"))
        let custom = #""user":"u1","channels":{"custom":9},"custom":["toy-0","toy-1","toy-2"]"#
        #expect(try shop.ids(custom) == ["toy-0", "toy-1", "toy-2"])
        #expect(try shop.ids(custom + #","exclude":["bought"]"#) == ["toy-0", "toy-2"])
        #expect(try shop.ids(custom + #","exclude":["seen"]"#) == ["toy-2"])
    }

    @Test func `an item that was shown often rests`() throws {
        let shop = try Shop(perKind: 3)
        try shop.append((0..<3).map { _ in shop.event("u1", "toy-0", "impression") })
        try shop.append((0..<3).map { _ in shop.event("u1", "toy-1", "impression", daysAgo: 3) })
        let custom = #""user":"u1","channels":{"custom":9},"custom":["toy-0","toy-1","toy-2"]"#
        #expect(try shop.ids(custom + #","frequency_cap":{"impressions":3}"#) == ["toy-1", "toy-2"])
        #expect(try shop.ids(custom + #","frequency_cap":{"impressions":3,"hours":100}"#) == ["toy-2"])
        #expect(try shop.ids(custom + #","frequency_cap":{"impressions":4,"hours":100}"#).count == 3)
    }

    @Test func `no rule of variety is broken`() throws {
        let shop = try Shop()
        for number in 0..<6 { try shop.append(shop.event("u1", "toy-\(number)")) }
        let limited = try shop.items(#""user":"u1","k":20,"max_per":{"brand":2}"#)
        var counts: [String: Int] = [:]
        for item in limited.items {
            let payload = try #require(try item.payload?.parsed())
            guard case .object(let members) = payload, case .string(let brand)? = members["brand"] else { continue }
            counts[brand, default: 0] += 1
        }
        #expect(counts.count == 4)
        #expect(counts.values.allSatisfy { $0 == 2 })
        let apart = try shop.items(#""user":"u1","k":9,"scatter":{"field":"kind","window":3}"#)
        let kinds = apart.items.map { $0.id.text.split(separator: "-")[0] }
        for start in 0..<7 { #expect(Set(kinds[start..<start + 3]).count == 3, "\(kinds)") }
        let similar = try shop.ids(#""user":"u1","k":6"#), varied = try shop.ids(#""user":"u1","k":6,"mmr":0.7"#)
        func kindCount(_ ids: [String]) -> Int { Set(ids.map { $0.split(separator: "-")[0] }).count }
        #expect(kindCount(varied) >= kindCount(similar))
    }

    @Test func `of an item with several values each counts`() throws {
        let shop = try Shop(perKind: 0)
        let brands = [#"["a","b"]"#, #"["b","c"]"#, #"["a"]"#, "[]", #"["c","a","d"]"#, #"["d"]"#]
        try shop.upsert(
            brands.enumerated().map { place, brands in
                let payload = try JSONValue.parse(#"{"brand":\#(brands)}"#)
                return UpsertPoint(
                    id: .number(UInt64(place)), vectors: [(nil, [1, 0, 0, 0])], payload: JSONText(payload))
            })
        let custom = #""channels":{"custom":9},"custom":[0,1,2,3,4,5],"#
        #expect(try shop.ids(custom + #""max_per":{"brand":1}"#) == ["0", "3", "5"])
        #expect(try shop.ids(custom + #""max_per":{"brand":2}"#) == ["0", "1", "2", "3", "5"])
        #expect(try shop.ids(custom + #""k":4,"scatter":{"field":"brand","window":2}"#) == ["0", "3", "1", "2"])
        #expect(
            try shop.ids(custom + #""max_per":{"brand":1},"pins":[{"id":5,"position":1}]"#) == ["5", "0", "3"])
    }

    @Test func `boosts lift, pins stand where they were put`() throws {
        let shop = try Shop(perKind: 3)
        let custom = #""channels":{"custom":9},"custom":["toy-0","toy-1","toy-2"]"#
        #expect(
            try shop.ids(custom + #","boosts":[{"filter":"price = 12","factor":50}]"#) == ["toy-2", "toy-0", "toy-1"])
        let pinned = try shop.items(
            custom + #","k":4,"pins":[{"id":"book-1","position":2},{"id":"gone","position":1}]"#)
        #expect(pinned.items.map(\.id.text) == ["toy-0", "book-1", "toy-1", "toy-2"])
        #expect(pinned.items[1].reason == "pinned")
    }

    @Test func `chance is logged, and the same seed draws the same`() throws {
        let shop = try Shop()
        let question = #""channels":{"new":50},"k":10,"explore":0.5,"seed":"#
        let first = try shop.items(question + "3"), again = try shop.items(question + "3")
        #expect(first.items.map(\.id) == again.items.map(\.id))
        #expect(first.items.map(\.id) != (try shop.items(question + "4").items.map(\.id)))
        for item in first.items {
            let propensity = try #require(item.propensity)
            #expect(propensity > 0 && propensity <= 1)
            #expect(item.isExplored == (propensity < 0.1))
        }
    }

    @Test func `a channel that speaks louder in the merge comes first`() throws {
        let shop = try Shop(perKind: 3)
        try shop.append(shop.event("u1", "shoe-0"))
        let both = #""channels":{"custom":2,"popular":2},"custom":["toy-0","toy-1"],"#
        for merge in ["ranks", "scores"] {
            #expect(try shop.ids(both + #""merge":"\#(merge)","weights":{"popular":3}"#)[0] == "shoe-0")
            #expect(try shop.ids(both + #""merge":"\#(merge)","weights":{"custom":3}"#)[0] == "toy-0")
        }
    }

    @Test func `what cannot be asked is refused with what can`() throws {
        let shop = try Shop(perKind: 3)
        let refused: [(String, String)] = [
            (#""k":3"#, "lacks 'user'"), (#""user":"u1","channels":{"contend":5}"#, "did you mean 'content'"),
            (#""user":"u1","channels":{"als":5}"#, "channel 'als' has no model"),
            (#""user":"u1","channels":{}"#, "empty"),
            (#""user":"u1","max_per":{"colour":2}"#, "no payload field 'colour'"),
            (#""user":"u1","k":0"#, "choose 1 to 1000"), (#""user":"u1","mmr":2"#, "choose 0 to 1"),
            (#""user":"u1","exclude":["sold"]"#, "seen or bought"), (#""user":"u1","filter":"price <"#, ""),
            (#""user":"u1","channels":{"query":5}"#, "needs 'query'"),
            (#""user":"u1","channels":{"new":5},"custom":["toy-1"]"#, "does not name 'custom'"),
            (#""vector":[1,2],"channels":{"content":5}"#, "4"), (#""user":"u1","usr":1"#, "did you mean 'user'"),
            (#""user":"u1","pins":[{"id":"toy-1","position":99}]"#, "choose 1 to 20"),
            (#""user":"u1","events":[{"item":"toy-1","type":"clic"}]"#, "did you mean 'click'"),
        ]
        for (params, hint) in refused {
            let error = #expect(throws: IlkError.self) { _ = try shop.items(params) }
            #expect(hint.isEmpty || error?.message.contains(hint) == true, "\(error?.message ?? "") lacks \(hint)")
        }
    }
}
