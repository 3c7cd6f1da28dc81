import Foundation
import GRDB
import IlkMatching
import IlkProtocol
import Testing

@Suite struct `A ranker` {
    @Test func `learns what people take, is measured on the latest answers, and puts it first`() throws {
        let shop = try RankingShop()
        let taken = try shop.show(300)
        let before = try shop.price()
        let report = JSONValue.object(try shop.train())
        #expect(report["learned", "answers"] == .int(300) && report["held_out", "answers"] == .int(60))
        #expect(report["learned", "taken"] == .int(Int64(taken)))
        #expect(report["goes_live"] == .bool(true), "\(report.text)")
        let ranker = try #require(report["ranker", "log_loss"]?.number)
        let merged = try #require(report["merged", "log_loss"]?.number)
        #expect(ranker < merged - 0.02, "\(ranker) and \(merged)")
        let area = try #require(report["ranker", "auc_within_answers"]?.number)
        #expect(area > 0.7, "\(area)")
        let bins = report["ranker", "calibration"]?.elements ?? []
        #expect(bins.count == 10)
        let off = bins.map { abs(($0["expected"]?.number ?? 9) - ($0["taken"]?.number ?? 0)) }
        #expect(off.reduce(0, +) / 10 < 0.1, "\(bins.map(\.text))")
        let after = try shop.price()
        #expect(after < before - 5, "\(before) before, \(after) after")
        // Probabilities, which fall.
        let scores = try shop.items(#""user":"u1","# + RankingShop.question).items.map(\.score)
        #expect(scores.allSatisfy { $0 > 0 && $0 < 1 } && scores == scores.sorted(by: >))
        #expect(try abs(shop.price(#","ranker":false"#) - before) < 3)
    }

    @Test func `is one command away from the one before and from none, also after a restart`() throws {
        let shop = try RankingShop()
        try shop.show(200)
        #expect(code { _ = try shop.ranker("newest") } == .notFound)
        let merged = try shop.price()
        try shop.train(#","go_live":"always""#)
        let first = try shop.price()
        try shop.show(100)
        try shop.train(#","go_live":"always""#)
        let second = try shop.price()
        func state() throws -> [JSONValue] {
            let json = JSONValue.object(try shop.ranker())
            return [json["live"] ?? .null] + (json["generations"]?.elements.map { $0["generation"] ?? .null } ?? [])
        }
        #expect(try state() == [.int(2), .int(1), .int(2)])
        _ = try shop.ranker("previous")
        #expect(try state() == [.int(1), .int(1), .int(2)])
        #expect(code { _ = try shop.ranker("previous") } == .notFound)
        let firstAgain = try shop.price()
        try shop.shop.reopen()
        #expect(try shop.price() == firstAgain)
        _ = try shop.ranker("off")
        #expect(try state() == [.null, .int(1), .int(2)])
        let off = try shop.price()
        try shop.shop.reopen()
        #expect(try shop.price() == off)
        _ = try shop.ranker("newest")
        #expect(try state().first == .int(2))
        #expect(first < merged && second < merged && off > firstAgain)
    }

    @Test func `that is no better than what there was does not answer, and is kept`() throws {
        let shop = try RankingShop()
        try shop.show(200)
        try shop.train()
        // The same answers again: on them nothing can be better than a model that knows them.
        let again = JSONValue.object(try shop.train())
        #expect(again["goes_live"] == .bool(false), "\(again.text)")
        #expect(again["live", "log_loss"]?.number != nil)
        let state = JSONValue.object(try shop.ranker())
        #expect(state["live"] == .int(1) && state["generations"]?.elements.count == 2)
        for _ in 0..<3 { try shop.train(#","go_live":"never""#) }
        let later = JSONValue.object(try shop.ranker())
        // The live one stays however many others come.
        #expect(later["live"] == .int(1))
        #expect(later["generations"]?.elements.map { $0["generation"]?.number } == [1, 4, 5])
    }

    @Test func `says what it goes by, and its parts add up`() throws {
        let shop = try RankingShop()
        try shop.show(200)
        let plain = try #require(
            shop.items(#""user":"u1","explain":true,"# + RankingShop.question).items.first?.ranking)
        #expect(plain["contributions"] == nil)
        #expect(JSONValue.object(plain)["features", "number.price"]?.number ?? 0 > 1)
        try shop.train()
        let matched = try shop.items(
            #""user":"u1","explain":true,"context":{"hour":20,"kind":"toy","device":"phone"},"# + RankingShop.question)
        var bases: [Double] = []
        for item in matched.items {
            let ranking = JSONValue.object(try #require(item.ranking))
            guard case .object(let parts)? = ranking["contributions"] else {
                Issue.record("no contributions")
                continue
            }
            let odds = ranking["log_odds"]?.number ?? 99
            bases.append(odds - parts.members.reduce(0) { $0 + ($1.value.number ?? 0) })
            #expect(abs(1 / (1 + exp(-odds)) - Double(item.score)) < 1e-3)
            #expect(ranking["features", "context.hour"] == .double(20))
            #expect((ranking["features", "context.kind"]?.number == 1) == (item.id.text.hasPrefix("toy")))
            #expect(ranking["features", "context.device"] == .null)
        }
        #expect(bases.max()! - bases.min()! < 0.01, "\(bases)")
    }

    @Test func `needs something to learn, and says what`() throws {
        let shop = try RankingShop()
        let refusal = #expect(throws: IlkError.self) { try shop.train() }
        #expect(refusal?.message.contains("\"log\":true") == true, "\(refusal?.message ?? "")")
        #expect(code { _ = try shop.items(#""log":true,"query":"x""#) } == .invalidRequest)
        #expect(code { _ = try shop.items(#""user":"u1","log":true,"k":101"#) } == .invalidRequest)
    }
}

@Suite struct `A model of LightGBM` {
    /// One split: what costs under 18 is likely to be taken.
    private static func text(_ feature: String = "number.price") -> String {
        """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=1
        objective=binary sigmoid:1
        feature_names=\(feature) context.hour

        Tree=0
        num_leaves=2
        num_cat=0
        split_feature=0
        threshold=2.9
        decision_type=2
        left_child=-1
        right_child=-2
        leaf_value=0.5 -3
        internal_value=-2

        end of trees

        """
    }

    private func load(_ shop: RankingShop, _ text: String, _ more: String = "") throws -> JSONValue {
        let params = #""lightgbm":\#(JSONValue.string(text).text)\#(more)"#
        guard case .matchLoad(let request) = try shop.shop.command("match.load", params) else { return .null }
        return .object(try shop.shop.matching.load(request, at: shop.now + 172_800))
    }

    @Test func `is measured, goes live, explains itself, and is there after a restart`() throws {
        let shop = try RankingShop()
        try shop.show(150)
        let before = try shop.price()
        let loaded = try load(shop, Self.text())
        #expect(loaded["report", "goes_live"] == .bool(true), "\(loaded.text)")
        #expect(loaded["trees"] == .int(1) && loaded["report", "kind"] == .string("lightgbm"))
        let after = try shop.price()
        #expect(after < before - 5, "\(before) before, \(after) after")
        let first = try #require(
            shop.items(#""user":"u1","explain":true,"# + RankingShop.question).items.first?.ranking)
        #expect(first["log_odds"] == .double(0.5))
        #expect(first["contributions"] == .object(JSONObject([("number.price", .double(2.5))])))
        try shop.shop.reopen()
        #expect(try shop.price() == after)
    }

    @Test func `is kept and does not answer where it cannot be measured, but for who asks for it`() throws {
        let shop = try RankingShop()
        let loaded = try load(shop, Self.text())
        #expect(loaded["report", "goes_live"] == .bool(false), "\(loaded.text)")
        #expect(try JSONValue.object(shop.ranker())["live"] == .null)
        #expect(try load(shop, Self.text(), #","go_live":"always""#)["report", "goes_live"] == .bool(true))
        #expect(try JSONValue.object(shop.ranker())["live"] == .int(2))
    }

    @Test func `is refused where items have no such feature, with those that they have`() throws {
        let shop = try RankingShop()
        let unknown = #expect(throws: IlkError.self) { try load(shop, Self.text("number.prize")) }
        #expect(
            unknown?.message.hasPrefix(
                "the model has a feature 'number.prize' that items of 'shop' do not have; did you mean 'number.price'?; known are score, channels, content.score"
            ) == true, "\(unknown?.message ?? "")")
        let damaged = #expect(throws: IlkError.self) { try load(shop, "tree\n") }
        #expect(damaged?.code == .invalidRequest)
        #expect(try JSONValue.object(shop.ranker())["generations"] == .array([]))
    }
}

@Suite struct `What answers showed` {
    @Test func `counts as impressions, at once`() throws {
        let shop = try RankingShop()
        let capped = #""user":"u1","frequency_cap":{"impressions":1},"log":true,"# + RankingShop.question
        let first = Set(try shop.items(capped).items.map(\.id)), second = Set(try shop.items(capped).items.map(\.id))
        #expect(first.count == 12 && second.count == 12 && first.isDisjoint(with: second))
        let profile = try shop.shop.profile("u1")
        #expect(profile["impressions"] == .int(24))
    }

    @Test func `is told with propensities, features and what was taken, also after a restart`() throws {
        let shop = try RankingShop()
        let taken = try shop.show(20, #","explore":0.3,"seed":5,"context":{"hour":20}"#)
        func page(_ params: String) throws -> JSONValue {
            guard case .matchShown(let request) = try shop.shop.command("match.shown", params) else { return .null }
            return .object(try shop.shop.matching.shown(request, at: shop.now))
        }
        try shop.shop.reopen()
        let first = try page(#""limit":15"#)
        let rest = try page(#""limit":15,"cursor":"15""#)
        let answers = (first["answers"]?.elements ?? []) + (rest["answers"]?.elements ?? [])
        #expect(answers.count == 20 && first["next_cursor"] == .string("15") && rest["next_cursor"] == .null)
        let items = answers.flatMap { $0["items"]?.elements ?? [] }
        #expect(items.count == 240 && items.count { $0["taken"] == .bool(true) } == taken)
        #expect(items.allSatisfy { ($0["propensity"]?.number ?? 0) > 0 && ($0["propensity"]?.number ?? 2) <= 1 })
        #expect(items.contains { $0["explored"] == .bool(true) })
        #expect(items.allSatisfy { ($0["features", "number.price"]?.number ?? 0) > 2 })
        #expect(answers.allSatisfy { $0["context", "hour"] == .int(20) })
        #expect(code { _ = try page(#""cursor":"x""#) } == .invalidRequest)
    }

    @Test func `is put down to the last time that an item was shown before it was taken`() throws {
        let shop = try RankingShop()
        let question = #""user":"u25","log":true,"k":1,"channels":{"custom":1},"custom":["toy-3"]"#
        _ = try shop.items(question)
        try shop.show(10)
        _ = try shop.items(question)
        try shop.shop.append(
            WireEvent(user: .string("u25"), item: .string("toy-3"), type: "click", at: shop.now + 100))
        guard case .matchShown(let request) = try shop.shop.command("match.shown", #""limit":100"#) else { return }
        let answers =
            JSONValue.object(try shop.shop.matching.shown(request, at: shop.now + 200))["answers"]?.elements ?? []
        let own = answers.filter { $0["user"] == .string("u25") }
        #expect(own.map { $0["items"]?.elements.first?["taken"] } == [.bool(false), .bool(true)])
    }

    @Test func `goes with the person who is forgotten, and with its age`() throws {
        let shop = try RankingShop()
        try shop.show(30)
        func answers() throws -> (all: Int, ofFirst: Int) {
            let queue = try DatabaseQueue(path: shop.shop.folder + "/events.sqlite")
            defer { try? queue.close() }
            return try queue.read { database in
                (
                    try Int.fetchOne(database, sql: "SELECT count(*) FROM answer") ?? 0,
                    try Int.fetchOne(
                        database, sql: "SELECT count(*) FROM answer WHERE at < ?", arguments: [Int(shop.shop.now) + 1])
                        ?? 0
                )
            }
        }
        #expect(try answers() == (30, 10))
        _ = try shop.shop.matching.forget(.string("u3"))
        #expect(try answers() == (29, 9))
        guard case .eventsConfigure(let request) = try shop.shop.command("events.configure", #""retention_days":1"#)
        else {
            return
        }
        _ = try shop.shop.matching.configure(request)
        _ = try shop.shop.matching.compact(at: shop.shop.now + 86_400 + 3_600) { _ in true }
        #expect(try answers() == (20, 0))
    }
}
