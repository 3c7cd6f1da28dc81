import IlkMatching
import IlkProtocol
import Testing

@Suite struct `An experiment` {
    private static func question(_ user: Int, _ name: String = "feed-1") -> String {
        #""user":"u\#(user)","experiment":{"name":"\#(name)","variants":[{"name":"plain","weight":3},{"name":"toys","weight":1,"set":{"filter":"kind = 'toy'","explore":0.5}}]},"#
            + RankingShop.question
    }

    @Test func `gives the same person the same variant, whose parameters count`() throws {
        let shop = try RankingShop()
        var toys = 0
        for user in 0..<400 {
            let first = try shop.items(Self.question(user)), second = try shop.items(Self.question(user))
            #expect(first.experiment == second.experiment)
            let assignment = try #require(first.experiment)
            #expect(assignment.experiment == "feed-1")
            guard assignment.variant == "toys" else {
                #expect(assignment.share == 0.75)
                #expect(first.items.allSatisfy { $0.propensity == nil })
                continue
            }
            toys += 1
            #expect(assignment.share == 0.25)
            #expect(first.items.allSatisfy { $0.id.text.hasPrefix("toy") && $0.propensity != nil })
        }
        // A quarter of 400, within four standard deviations.
        #expect((65...135).contains(toys), "\(toys)")
    }

    @Test func `shares people out anew under another name`() throws {
        let shop = try RankingShop()
        var both = [String: Int]()
        for user in 0..<300 {
            let variants = try ["feed-1", "feed-2"].map {
                try shop.items(Self.question(user, $0)).experiment?.variant ?? ""
            }
            both[variants.joined(separator: "+"), default: 0] += 1
        }
        // Independent: a sixteenth has toys in both.
        #expect((5...35).contains(both["toys+toys"] ?? 0), "\(both)")
        #expect(both.count == 4)
    }

    @Test func `is logged with what was shown`() throws {
        let shop = try RankingShop()
        for user in 0..<12 { _ = try shop.items(Self.question(user) + #","log":true"#) }
        guard case .matchShown(let request) = try shop.shop.command("match.shown", #""limit":100"#) else { return }
        let answers = JSONValue.object(try shop.shop.matching.shown(request, at: shop.now))["answers"]?.elements ?? []
        #expect(answers.count == 12)
        for answer in answers {
            let isPlain = answer["experiment", "variant"] == .string("plain")
            #expect(answer["experiment", "share"] == .double(isPlain ? 0.75 : 0.25))
        }
    }
}
