import IlkProtocol
import IlkThemes
import IlkVectors
import Synchronization
import Testing

@Suite struct `Venues for people` {
    let shop: Shop
    let opening = Shop.opening

    init() throws {
        shop = try Shop()
        try shop.add(Product.shelf)
        try shop.call(
            "theme.upsert",
            """
            {"themes":[{"id":"pandas","title":"Panda plush toy"},{"id":"lamps","title":"Desk lamp to read by"},
              {"id":"tea","title":"Water kettle to make tea"},{"id":"rugs","title":"Wool rug to warm the floor"}]}
            """)
    }

    // MARK: Interest and covers

    @Test func `come by interest, with the product on the cover that is nearest to it`() throws {
        // p0, p4, … are pandas, p2, p6, … kettles.
        var first = 0
        for seed in 0..<100 {
            let shown = try shop.venues(
                "distribute", #"{"k":1,"seed":\#(seed),"reserve":false}"#, at: opening, likes: ["p8"])["themes"][0]
            guard shown["id"].string == "pandas" else { continue }
            first += 1
            #expect(shown["cover"].string == "p8" && shown["reason"].string.contains("near to the user's interests"))
        }
        // Nothing is known of the venues yet, so chance has its say.
        #expect(first >= 40, "\(first) of 100")
    }

    @Test func `are shown to people of whom nothing is known, with their best product`() throws {
        let shown = try shop.venues("distribute", #"{"k":4,"seed":1}"#, at: opening)["themes"]
        #expect(Set(shown.ids) == ["pandas", "lamps", "tea", "rugs"])
        for venue in shown.elements {
            let best = try shop.call("theme.select", #"{"theme":"\#(venue["id"].string)","size":1}"#)["products"]
            #expect(venue["cover"].string == best.ids.first)
            #expect(venue["reason"].string == "new: nothing is known of the user's interests")
        }
    }

    @Test func `are the same for the same seed, and only those that were named`() throws {
        func shown(_ seed: Int) throws -> [String] {
            try shop.venues(
                "distribute", #"{"k":2,"seed":\#(seed),"themes":["lamps","tea","rugs"],"reserve":false}"#, at: opening)[
                    "themes"
                ].ids
        }
        #expect(try shown(7) == shown(7))
        #expect(try (0..<20).allSatisfy { try !shown($0).contains("pandas") })
        #expect(try Set((0..<20).map { try shown($0) }).count > 1)
    }

    // MARK: Guarantees

    @Test func `get what is guaranteed them in time, evenly, and at first from those who like them`() throws {
        try shop.venues(
            "traffic", #"{"venues":[{"theme":"pandas","guarantee":{"exposures":100,"hours":10}}]}"#, at: opening)
        // Others are clicked on whenever they are shown, so that nothing but the guarantee speaks for pandas.
        var byHour = Array(repeating: 0, count: 10), likers = 0
        for visit in 0..<1_000 {
            let now = opening + Double(visit) * 36
            let isLiker = visit % 4 == 0
            let shown = try shop.venues(
                "distribute", #"{"k":1,"seed":\#(visit),"user":"u\#(visit)"}"#, at: now,
                likes: isLiker ? ["p0", "p4"] : ["p2", "p6"])["themes"][0]
            guard shown["id"].string == "pandas" else {
                try shop.venues(
                    "feedback", #"{"events":[{"theme":"\#(shown["id"].string)","type":"click"}]}"#, at: now)
                continue
            }
            byHour[visit / 100] += 1
            if isLiker { likers += 1 }
        }
        let total = byHour.reduce(0, +)
        #expect(total >= 95, "\(byHour)")
        #expect(byHour.prefix(5).reduce(0, +) >= 35, "\(byHour)")
        #expect(Double(likers) >= 0.6 * Double(total), "\(likers) of \(total)")
        let report = try shop.traffic("pandas", at: opening + 36_000)
        #expect(report["guaranteed"]["shown"].int >= 95 && report["guaranteed"]["hours_left"].double == 0)
    }

    @Test func `say that they come for a guarantee, and what is left of it`() throws {
        try shop.venues(
            "traffic", #"{"venues":[{"theme":"tea","guarantee":{"exposures":50,"hours":48}}]}"#, at: opening)
        let shown = try shop.venues("distribute", #"{"k":2,"seed":3}"#, at: opening + 40 * 3_600)["themes"]
        #expect(shown.ids.first == "tea")
        #expect(
            shown[0]["reason"].string
                == "new: 0 of 50 guaranteed exposures, 8 h left; nothing is known of the user's interests")
    }

    // MARK: Caps

    @Test func `never come more often in an hour than their cap allows, whoever asks at once`() throws {
        try shop.venues(
            "traffic", #"{"venues":[{"theme":"pandas","cap_per_hour":50},{"theme":"tea","cap_per_hour":7}]}"#,
            at: opening)
        let counts = Mutex<[String: Int]>([:])
        let failures = Mutex<[String]>([])
        Workers.run(8) { client in
            for visit in 0..<100 {
                do {
                    let shown = try shop.venues(
                        "distribute", #"{"k":3,"seed":\#(client * 1_000 + visit)}"#, at: opening + Double(visit))
                    counts.withLock { counts in for id in shown["themes"].ids { counts[id, default: 0] += 1 } }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let total = counts.withLock { $0 }
        #expect(total["pandas"] == 50 && total["tea"] == 7, "\(total)")
        #expect(try shop.traffic("pandas", at: opening + 100)["last_hour"].int == 50)
    }

    @Test func `are free again when the hour is over`() throws {
        try shop.venues("traffic", #"{"venues":[{"theme":"tea","cap_per_hour":2}]}"#, at: opening)
        func count(_ from: Double) throws -> Int {
            try (0..<10).reduce(0) { count, visit in
                let shown = try shop.venues(
                    "distribute", #"{"k":1,"themes":["tea"],"seed":1}"#, at: opening + from + Double(visit))
                return count + shown["themes"].elements.count
            }
        }
        #expect(try count(0) == 2)
        #expect(try count(1_800) == 0)
        #expect(try count(3_590) == 0)
        #expect(try count(3_720) == 2)
    }

    // MARK: Pacing

    @Test func `are spread over the time of their target, and rest when it is reached`() throws {
        try shop.venues(
            "traffic", #"{"venues":[{"theme":"rugs","target":{"exposures":200,"hours":24}}]}"#, at: opening)
        var byQuarter = Array(repeating: 0, count: 8)
        // Without a target it would be shown about 600 times a day.
        for visit in 0..<4_800 {
            let now = opening + Double(visit) * 36
            let shown = try shop.venues("distribute", #"{"k":1,"seed":\#(visit)}"#, at: now)["themes"]
            // Every tenth person opens whatever is shown.
            if visit % 10 == 0, let id = shown.ids.first {
                try shop.venues("feedback", #"{"events":[{"theme":"\#(id)","type":"click"}]}"#, at: now)
            }
            if shown.ids == ["rugs"] { byQuarter[visit / 600] += 1 }
        }
        let days = [byQuarter.prefix(4).reduce(0, +), byQuarter.suffix(4).reduce(0, +)]
        #expect(days.allSatisfy { (190...200).contains($0) }, "\(byQuarter)")
        // A quarter of the day may have twice its share, while the pace is being found.
        #expect(byQuarter.allSatisfy { $0 <= 110 } && byQuarter.suffix(4).allSatisfy { $0 >= 20 }, "\(byQuarter)")
    }

    // MARK: Growing and retiring

    @Test func `that are clicked on grow, and those that are not retire until nothing else is free`() throws {
        func tell(_ theme: String, _ kind: String, _ count: Int) throws {
            let event = #"{"theme":"\#(theme)","type":"\#(kind)"}"#
            let events = Array(repeating: event, count: count).joined(separator: ",")
            try shop.venues("feedback", #"{"events":[\#(events)]}"#, at: opening)
        }
        for (theme, clicks) in [("pandas", 60), ("lamps", 20), ("tea", 20)] {
            try tell(theme, "impression", 200)
            try tell(theme, "click", clicks)
        }
        try tell("rugs", "impression", 200)
        #expect(try shop.traffic("rugs", at: opening)["state"].string == "retired")
        #expect(try shop.traffic("pandas", at: opening)["state"].string == "growing")
        var first = 0
        for seed in 0..<50 {
            let shown = try shop.venues(
                "distribute", #"{"k":4,"seed":\#(seed),"reserve":false}"#, at: opening)["themes"]
            #expect(shown.ids.last == "rugs" && shown[3]["reason"].string.hasPrefix("retired: "))
            if shown.ids.first == "pandas" { first += 1 }
        }
        #expect(first >= 45, "\(first) of 50")
        // After two months little of that counts, and it is tried again.
        #expect(try shop.traffic("rugs", at: opening + 60 * 86_400)["state"].string == "growing")
    }

    @Test func `count orders more than clicks`() throws {
        try shop.venues(
            "feedback",
            #"{"events":[{"theme":"tea","user":"u1","type":"click"},{"theme":"rugs","type":"order"},{"theme":"rugs","type":"impression"}]}"#,
            at: opening)
        let tea = try shop.traffic("tea", at: opening), rugs = try shop.traffic("rugs", at: opening)
        #expect(tea["clicks"].int == 1 && rugs["orders"].int == 1 && rugs["exposures"].int == 1)
        #expect(rugs["click_rate"]["mean"].double > tea["click_rate"]["mean"].double)
    }

    // MARK: Keeping

    @Test func `keep their rules and counts through closing and opening`() throws {
        try shop.venues(
            "traffic",
            #"{"venues":[{"theme":"tea","guarantee":{"exposures":20,"hours":5},"cap_per_hour":9,"target":{"exposures":100,"hours":24}}]}"#,
            at: opening)
        for visit in 0..<30 {
            let now = opening + 3_600 + Double(visit)
            try shop.venues("distribute", #"{"k":2,"seed":\#(visit),"user":"u1"}"#, at: now, likes: ["p2"])
            try shop.venues("feedback", #"{"events":[{"theme":"tea","user":"u1","type":"click"}]}"#, at: now)
        }
        let before = try shop.venues("traffic", "{}", at: opening + 4_000)
        let next = try shop.venues(
            "distribute", #"{"seed":5,"reserve":false}"#, at: opening + 4_000, likes: ["p2"])
        #expect(before["venues"][2]["last_hour"].int == 9)
        shop.reopen()
        #expect(try shop.venues("traffic", "{}", at: opening + 4_000) == before)
        #expect(
            try shop.venues("distribute", #"{"seed":5,"reserve":false}"#, at: opening + 4_000, likes: ["p2"]) == next)
    }

    @Test func `begin anew when they are opened again, and forget with their theme`() throws {
        try shop.venues(
            "traffic", #"{"venues":[{"theme":"tea","guarantee":{"exposures":20,"hours":5}}]}"#, at: opening)
        try shop.venues("distribute", #"{"k":4}"#, at: opening)
        #expect(try shop.traffic("tea", at: opening)["guaranteed"]["shown"].int == 1)
        try shop.venues(
            "traffic",
            #"{"venues":[{"theme":"tea","opened_at":\#(Int(opening) + 10),"guarantee":{"exposures":20,"hours":5}}]}"#,
            at: opening)
        let reopened = try shop.traffic("tea", at: opening + 10)
        #expect(reopened["guaranteed"]["shown"].int == 0 && reopened["exposures"].int == 1)
        #expect(try !shop.venues("distribute", #"{"k":4}"#, at: opening + 5)["themes"].ids.contains("tea"))
        try shop.call("theme.delete", #"{"ids":["tea"]}"#)
        shop.reopen()
        try shop.call("theme.upsert", #"{"themes":[{"id":"tea","title":"Tea"}]}"#)
        let fresh = try shop.traffic("tea", at: opening + 20)
        #expect(fresh["exposures"].int == 0 && !fresh.keys.contains("guarantee"), "\(fresh)")
    }

    @Test func `are only looked at where nothing is reserved`() throws {
        let before = try shop.venues("traffic", "{}", at: opening)
        try shop.venues("distribute", #"{"k":4,"reserve":false}"#, at: opening)
        #expect(try shop.venues("traffic", "{}", at: opening) == before)
    }

    // MARK: What is wrong

    @Test(arguments: [
        ("distribute", #"{"k":0}"#, "choose 1 to 100"),
        ("distribute", #"{"themes":["panda"]}"#, "themes[0]: no theme 'panda' in 'shop'; did you mean 'pandas'?"),
        ("distribute", #"{"themes":["tea","tea"]}"#, "themes[1] is 'tea' again"),
        ("distribute", #"{"usr":"u1"}"#, "did you mean 'user'?"),
        ("traffic", #"{"venues":[{"theme":"nobody"}]}"#, "venues[0]: no theme 'nobody'"),
        ("traffic", #"{"venues":[{"theme":"tea"},{"theme":"tea"}]}"#, "venues[1].theme is 'tea' again"),
        ("traffic", #"{"venues":[{"theme":"tea","guarantee":{"exposures":5}}]}"#, "lacks 'hours': within which time?"),
        ("traffic", #"{"venues":[{"theme":"tea","guarantee":{"hours":5}}]}"#, "lacks 'exposures': how many"),
        ("traffic", #"{"venues":[{"theme":"tea","target":{"exposures":5,"hours":0}}]}"#, "choose over 0 to 87600"),
        ("traffic", #"{"venues":[{"theme":"tea","cap_per_hour":0}]}"#, "choose 1 to 1000000000"),
        ("traffic", #"{"venues":[{"theme":"tea","cap_per_hours":3}]}"#, "did you mean 'cap_per_hour'?"),
        ("traffic", #"{"venues":[{"theme":"tea","opened_at":1760000000000}]}"#, "not milliseconds"),
        ("feedback", #"{"events":[]}"#, "is empty"), ("feedback", "{}", "lacks 'events'"),
        ("feedback", #"{"events":[{"theme":"tea","type":"clik"}]}"#, "did you mean 'click'?"),
        ("feedback", #"{"events":[{"theme":"teas","type":"click"}]}"#, "did you mean 'tea'?"),
        ("feedback", #"{"events":[{"theme":"tea","type":"click","at":1761000000}]}"#, "days from now"),
    ])
    func `that are wrongly asked for change nothing`(_ method: String, _ params: String, _ message: String) throws {
        let before = try shop.venues("traffic", "{}", at: opening)
        let refusal = try shop.refusal(ofVenues: method, params)
        #expect(refusal.contains(message), "\(refusal)")
        #expect(try shop.venues("traffic", "{}", at: opening) == before)
    }
}
