import Foundation
import IlkMatching
import IlkProtocol
import Testing

@Suite struct `People for items` {
    /// Nine people, three for each kind of goods, and one who does everything.
    private func shop() throws -> Shop {
        let shop = try Shop()
        for (place, kind) in Shop.kinds.enumerated() {
            for person in 0..<3 {
                try shop.append(
                    (0..<6).map { shop.event("\(kind)-fan-\(person)", "\(kind)-\(3 * $0 + person + place)") })
            }
        }
        try shop.append(Shop.kinds.map { shop.event("all", "\($0)-1") })
        return shop
    }

    @Test func `those who like such things come first`() throws {
        let shop = try shop()
        let found = try shop.users(#""item":"toy-19","k":3"#).users.map(\.id.text)
        #expect(Set(found) == ["toy-fan-0", "toy-fan-1", "toy-fan-2"], "\(found)")
    }

    @Test func `a new item has its audience, too`() throws {
        let shop = try shop()
        try shop.upsert([UpsertPoint(id: .string("just-in"), vectors: [(nil, [0, 1, 0, 0.1])])])
        let found = try shop.users(#""item":"just-in","k":3"#).users.map(\.id.text)
        #expect(Set(found) == ["shoe-fan-0", "shoe-fan-1", "shoe-fan-2"], "\(found)")
    }

    @Test func `people like others are found, and those are left out`() throws {
        let shop = try shop()
        try shop.append(shop.event("book-fan-0", "book-4"), shop.event("book-fan-1", "book-4"))
        let found = try shop.users(#""users":["book-fan-0"],"k":2"#).users.map(\.id.text)
        #expect(Set(found) == ["book-fan-1", "book-fan-2"], "\(found)")
    }

    @Test func `who bought it already is left out when asked`() throws {
        let shop = try shop()
        try shop.append(shop.event("toy-fan-0", "toy-5", "order"))
        let everybody = try shop.users(#""item":"toy-5","k":50"#).users.map(\.id.text)
        let others = try shop.users(#""item":"toy-5","k":50,"exclude":["bought"]"#).users.map(\.id.text)
        #expect(everybody.contains("toy-fan-0"))
        #expect(!others.contains("toy-fan-0"))
        #expect(others.contains("toy-fan-1"))
    }

    @Test func `only what was done with items that pass counts`() throws {
        let shop = try shop()
        let found = try shop.users(#""item":"toy-1","k":50,"filter":"kind = 'shoe'""#).users.map(\.id.text)
        #expect(!found.contains { $0.hasPrefix("toy-fan") }, "\(found)")
    }

    @Test func `items and people that are alike are found`() throws {
        let shop = try shop()
        #expect(try shop.similar(#""item":"toy-4","k":3"#).allSatisfy { $0.hasPrefix("toy-") && $0 != "toy-4" })
        try shop.append(shop.event("toy-fan-0", "shoe-1"), shop.event("toy-fan-0", "toy-1"))
        #expect(try shop.similar(#""user":"all","k":1"#) == ["toy-fan-0"])
        #expect(code { _ = try shop.similar(#""item":"gone""#) } == .notFound)
        #expect(code { _ = try shop.users(#""items":["gone"]"#) } == .notFound)
        #expect(code { _ = try shop.users(#""users":["gone"]"#) } == .notFound)
        #expect(code { _ = try shop.users(#""item":"toy-1","users":["all"]"#) } == .invalidRequest)
    }

    /// What one tenant's goods and people are to another, whatever was done.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a filter for a tenant's goods is never broken`(seed: UInt64) throws {
        let shop = try Shop()
        var generator = SplitMix(state: seed)
        try shop.append(
            (0..<400).map { _ in
                shop.event(
                    "u\(generator.next() % 20)", "\(Shop.kinds[Int(generator.next() % 3)])-\(generator.next() % 20)",
                    ["click", "cart", "order", "impression"][Int(generator.next() % 4)])
            })
        for user in 0..<20 {
            let kind = Shop.kinds[Int(generator.next() % 3)]
            let found = try shop.ids(
                #""user":"u\#(user)","k":40,"filter":"kind = '\#(kind)'","mmr":0.3,"max_per":{"brand":4}"#)
            #expect(found.allSatisfy { $0.hasPrefix(kind) }, "\(kind): \(found)")
            #expect(Set(found).count == found.count)
        }
    }
}
