import Foundation
import IlkMatching
import IlkProtocol
import Testing

@Suite struct `Events` {
    @Test func `an event with a key is kept once, whatever is sent again`() throws {
        let shop = try Shop()
        let first = try shop.append(shop.event("u1", "toy-1", key: "a"), shop.event("u1", "toy-2", key: "b"))
        #expect(first == AppendReceipt(appended: 2, duplicates: 0, sequence: 2))
        let again = try shop.append(
            shop.event("u1", "toy-1", key: "a"), shop.event("u9", "book-1", "order", key: "b"),
            shop.event("u1", "toy-3", key: "c"), shop.event("u1", "toy-3", key: "c"))
        #expect(again.appended == 1)
        #expect(again.duplicates == 3)
        #expect(try shop.profile("u1")["actions"] == .int(3))
        #expect(code { _ = try shop.profile("u9") } == .notFound)
    }

    @Test func `an event without a key is another one each time`() throws {
        let shop = try Shop()
        try shop.append(shop.event("u1", "toy-1"))
        try shop.append(shop.event("u1", "toy-1"))
        #expect(try shop.profile("u1")["actions"] == .int(2))
    }

    @Test func `events are scrolled in their order, by user and by type`() throws {
        let shop = try Shop()
        try shop.append((0..<25).map { shop.event("u\($0 % 2)", "toy-\($0 % 7)", $0 % 5 == 0 ? "order" : "click") })
        var cursor: String?
        var items: [String] = []
        repeat {
            let page = try shop.matching.scroll(
                EventsScroll(collection: "shop", user: .string("u0"), type: nil, limit: 4, cursor: cursor))
            items += page.events.map(\.item.text)
            cursor = page.nextCursor
        } while cursor != nil
        #expect(items == (0..<25).filter { $0.isMultiple(of: 2) }.map { "toy-\($0 % 7)" })
        let orders = try shop.matching.scroll(
            EventsScroll(collection: "shop", user: nil, type: "order", limit: 100, cursor: nil))
        #expect(orders.events.map(\.sequence) == [1, 6, 11, 16, 21])
        #expect(
            try shop.matching.scroll(
                EventsScroll(collection: "shop", user: .string("nobody"), type: nil, limit: 9, cursor: nil)
            ).events.isEmpty)
    }

    @Test func `everything that was appended is there after a restart, and means the same`() throws {
        let shop = try Shop()
        var generator = SplitMix(state: 5)
        let types = ["click", "view", "like", "cart", "order", "return", "impression"]
        let events = (0..<3_000).map { number in
            shop.event(
                "u\(generator.next() % 50)", "\(Shop.kinds[Int(generator.next() % 3)])-\(generator.next() % 20)",
                types[Int(generator.next() % 7)], daysAgo: Double(generator.next() % 100), key: "e\(number)",
                value: Double(generator.next() % 90))
        }
        for start in stride(from: 0, to: events.count, by: 250) {
            try shop.append(Array(events[start..<start + 250]))
        }
        func everything() throws -> [JSONObject] { try (0..<50).map { try shop.profile("u\($0)") } }
        let question = #""user":"u7","k":20,"exclude":["bought"],"max_per":{"brand":8}"#
        let before = try everything()
        let items = try shop.ids(question)
        try shop.matching.checkInvariants()
        try shop.reopen()
        #expect(try everything() == before)
        #expect(try shop.ids(question) == items)
        #expect(try shop.append(events[0], events[2_999]).duplicates == 2)
    }

    @Test func `types of one's own count as they were declared`() throws {
        let shop = try Shop()
        #expect(code { try shop.append(shop.event("u1", "toy-1", "share")) } == .invalidRequest)
        guard
            case .eventsConfigure(let request) = try shop.command(
                "events.configure",
                #""types":{"share":{"weight":4},"hide":{"weight":-4,"half_life_days":5}},"retention_days":30"#)
        else { return }
        let (types, days) = try shop.matching.configure(request)
        #expect(types.entries.map(\.name).suffix(2) == ["share", "hide"])
        #expect(days == 30)
        try shop.append(shop.event("u1", "toy-1", "share"), shop.event("u1", "book-1", "hide"))
        try shop.reopen()
        guard case .array(let interests)? = try shop.profile("u1")["interests"] else { return }
        #expect(interests.count == 1)
    }

    @Test func `old events go with the next compaction`() throws {
        let shop = try Shop()
        try shop.append(shop.event("u1", "toy-1", daysAgo: 40), shop.event("u2", "toy-2", daysAgo: 20))
        guard case .eventsConfigure(let request) = try shop.command("events.configure", #""retention_days":30"#) else {
            return
        }
        _ = try shop.matching.configure(request)
        let report = try shop.matching.compact(at: shop.now) { _ in true }
        #expect(report.deleted == 1)
        #expect(report.events == 1)
        #expect(code { _ = try shop.profile("u1") } == .notFound)
        #expect(try shop.profile("u2")["actions"] == .int(1))
    }

    @Test func `a person who is forgotten leaves no byte behind`() throws {
        let shop = try Shop()
        let name = "person-with-a-long-name-7f3a"
        for batch in 0..<20 {
            try shop.append(
                (0..<50).map { number in
                    shop.event(
                        number % 2 == 0 ? name : "u\(number)", "toy-\(number % 20)",
                        number % 5 == 0 ? "order" : "click",
                        key: "\(number % 2 == 0 ? name : "k")-\(batch)-\(number)")
                })
        }
        #expect(try shop.matching.forget(.string(name)) == 500)
        #expect(code { _ = try shop.profile(name) } == .notFound)
        #expect(
            try shop.matching.scroll(
                EventsScroll(collection: "shop", user: .string(name), type: nil, limit: 10, cursor: nil)
            ).events.isEmpty)
        _ = try shop.matching.compact(at: shop.now) { _ in true }
        let files = try FileManager.default.contentsOfDirectory(atPath: shop.folder)
        #expect(files.contains("events.sqlite"))
        for file in files {
            let bytes = try Data(contentsOf: URL(filePath: shop.folder + "/" + file))
            #expect(bytes.range(of: Data(name.utf8)) == nil, "\(file) still has the name")
        }
        #expect(try shop.profile("u1")["actions"] == .int(20))
        #expect(code { _ = try shop.matching.forget(.string(name)) } == .notFound)
    }

    @Test func `events that cannot be are refused, and none of their batch is kept`() throws {
        let shop = try Shop()
        let refused: [(String, String)] = [
            (#"[{"user":"u1","item":"toy-1","type":"clik"}]"#, "did you mean 'click'"),
            (
                #"[{"user":"u1","item":"toy-1","type":"click"},{"user":"u1","item":"toy-1","type":"click","at":1e11}]"#,
                "milliseconds"
            ),
            (#"[{"user":"u1","item":"toy-1","type":"click","at":4000000000}]"#, "days from now"),
            (#"[{"user":"u1","type":"click"}]"#, "lacks 'item'"),
            (#"[{"user":"","item":"toy-1","type":"click"}]"#, "empty"),
            (#"[{"user":"u1","item":"toy-1","type":"click","context":7}]"#, "object"),
            (#"[{"user":"u1","item":"toy-1","type":"click","when":7}]"#, "unknown field"),
            ("[]", "empty"),
        ]
        for (events, hint) in refused {
            let error = #expect(throws: IlkError.self) {
                guard case .eventsAppend(let request) = try shop.command("events.append", #""events":\#(events)"#)
                else {
                    return
                }
                try shop.append(request.events)
            }
            #expect(error?.message.contains(hint) == true, "\(error?.message ?? "nothing") lacks \(hint)")
        }
        #expect(code { _ = try shop.profile("u1") } == .notFound)
    }
}

/// SplitMix64, for tests.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
