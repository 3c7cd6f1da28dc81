import IlkCollection
import IlkProtocol
import IlkThemes
import Testing

@Suite struct `Feedback with keys` {
    let shop: Shop

    init() throws {
        shop = try Shop()
        try shop.add(Product.shelf)
        try shop.call(
            "theme.upsert",
            #"{"themes":[{"id":"tea","title":"Water kettle to make tea"},{"id":"pandas","title":"Panda plush toy"}]}"#)
    }

    private func feedback(_ keys: [String]) throws -> JSONValue {
        let events = keys.map { #"{"key":"\#($0)","theme":"tea","type":"click"}"# }.joined(separator: ",")
        return try shop.venues("feedback", #"{"events":[\#(events)]}"#, at: Shop.opening)
    }

    @Test func `counts once, in one request, in several and after a restart`() throws {
        let first = try feedback(["a", "b", "a"])
        #expect(first["counted"].int == 2 && first["duplicates"].int == 1)
        #expect(try feedback(["b", "c"])["counted"].int == 1)
        shop.reopen()
        let again = try feedback(["a", "b", "c", "d"])
        #expect(again["counted"].int == 1 && again["duplicates"].int == 3)
        #expect(try shop.traffic("tea", at: Shop.opening)["clicks"].int == 4)
    }

    @Test func `is remembered for over a hundred thousand keys`() throws {
        for round in 0..<3 {
            let keys = (0..<50_000).map { "k\(round)-\($0)" }
            #expect(try feedback(keys)["counted"].int == 50_000)
        }
        shop.reopen()
        // The newest are known, the oldest are not.
        #expect(try feedback(["k2-49999", "k1-0", "k0-49999"])["duplicates"].int == 3)
        #expect(try feedback(["k0-0"])["counted"].int == 1)
    }
}
