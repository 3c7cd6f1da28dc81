import IlkMatching
import IlkProtocol
import Testing

@Suite struct `A saved audience` {
    /// Thirty people who like toys, thirty who like books.
    private func shop() throws -> Shop {
        let shop = try Shop()
        for kind in ["toy", "book"] {
            for user in 0..<30 {
                try shop.append(
                    (0..<6).map { shop.event("\(kind)-fan-\(user)", "\(kind)-\((user * 7 + $0 * 3) % 20)") })
            }
        }
        return shop
    }

    @discardableResult
    private func save(_ shop: Shop, _ params: String) throws -> JSONObject {
        guard case .audienceSave(let request) = try shop.command("audience.save", params) else { return JSONObject() }
        return try shop.matching.save(request, at: shop.now)
    }

    private func get(_ shop: Shop, _ params: String) throws -> JSONValue {
        guard case .audienceGet(let request) = try shop.command("audience.get", params) else { return .null }
        return .object(try shop.matching.audience(request))
    }

    @Test func `is what was found when it was saved, in order, also after a restart`() throws {
        let shop = try shop()
        let found = try shop.users(#""item":"toy-3","k":20"#).users
        #expect(try save(shop, #""name":"toys","item":"toy-3","k":20"#)["users"] == .int(20))
        try shop.append(shop.event("newcomer", "toy-3", "order"))
        try shop.reopen()
        let first = try get(shop, #""name":"toys","limit":12"#)
        #expect(first["next_cursor"] == .string("11"))
        let rest = try get(shop, #""name":"toys","limit":12,"cursor":"11""#)
        let users = (first["users"]?.elements ?? []) + (rest["users"]?.elements ?? [])
        #expect(users.map { $0["id"] } == found.map { .string($0.id.text) })
        #expect(rest["next_cursor"] == .null)
        let list = JSONValue.object(try shop.matching.audiences())["audiences"]?.elements ?? []
        #expect(list.map { $0["name"] } == [.string("toys")] && list.map { $0["users"] } == [.int(20)])
    }

    @Test func `is a seed for others, and a border that they keep to`() throws {
        let shop = try shop()
        try save(shop, #""name":"some","members":["toy-fan-1","toy-fan-2","toy-fan-2","stranger"]"#)
        #expect(try get(shop, #""name":"some""#)["users"]?.elements.count == 3)
        let alike = try shop.users(#""audience":"some","k":10"#).users.map(\.id.text)
        #expect(alike.count == 10 && alike.allSatisfy { $0.hasPrefix("toy-fan") })
        #expect(!alike.contains("toy-fan-1") && !alike.contains("toy-fan-2"))
        let kept = try shop.users(#""items":["toy-1","toy-4","book-1"],"among":"some","k":50"#).users.map(\.id.text)
        #expect(Set(kept).isSubset(of: ["toy-fan-1", "toy-fan-2"]) && !kept.isEmpty)
    }

    @Test func `is replaced, deleted, and missed with the nearest name`() throws {
        let shop = try shop()
        try save(shop, #""name":"vip","members":["a","b"]"#)
        try save(shop, #""name":"vip","members":["c"]"#)
        #expect(try get(shop, #""name":"vip""#)["users"]?.elements.map { $0["id"] } == [.string("c")])
        let missed = #expect(throws: IlkError.self) { try get(shop, #""name":"vipp""#) }
        #expect(missed?.message == "no audience 'vipp' in 'shop'; did you mean 'vip'?")
        #expect(code { _ = try shop.users(#""audience":"vipp""#) } == .notFound)
        #expect(code { _ = try shop.users(#""item":"toy-1","among":"vipp""#) } == .notFound)
        #expect(try shop.matching.deleteAudience("vip")["deleted"] == .bool(true))
        #expect(code { _ = try shop.matching.deleteAudience("vip") } == .notFound)
    }

    @Test func `lets go of who is forgotten, whether or not there were events`() throws {
        let shop = try shop()
        try save(shop, #""name":"both","members":["toy-fan-1","stranger",7]"#)
        #expect(try shop.matching.forget(.string("toy-fan-1")) == 6)
        #expect(try shop.matching.forget(.string("stranger")) == 0)
        #expect(try get(shop, #""name":"both""#)["users"]?.elements.map { $0["id"] } == [.int(7)])
        #expect(code { _ = try shop.matching.forget(.string("stranger")) } == .notFound)
    }
}

@Suite struct `The channel of themes` {
    @Test func `brings products of liked themes, and says of which`() throws {
        let shop = try Shop()
        try shop.append(shop.event("ann", "toy-1"))
        guard case .matchItems(let request) = try shop.command("match.items", #""user":"ann","channels":{"theme":10}"#)
        else { return }
        let themes = [
            LikedTheme(title: "Play", share: 1, products: ["toy-1", "toy-2", "toy-3", "gone"].map { .string($0) }),
            LikedTheme(title: "Read", share: 0.5, products: ["book-1", "toy-3"].map { .string($0) }),
        ]
        let items = try shop.matching.items(request, themes: themes, at: shop.now).items
        // What the person has used is nothing new.
        #expect(items.map(\.id.text) == ["toy-2", "toy-3", "book-1"])
        #expect(items[0].reason == "of the theme 'Play', which is what this person likes")
        #expect(items[2].reason == "of the theme 'Read', which is what this person likes")
        #expect(try shop.matching.items(request, at: shop.now).items.isEmpty)
    }
}
