import Foundation
import IlkMatching
import IlkProtocol
import IlkVectors

/// What a ranker costs a match: the same question with one that was learned, and with what it shows being logged.
extension BenchShop {
    /// Answers that a ranker learns from.
    private static let answers = 400

    /// Logs answers, of which people take the first items, and learns a ranker from them.
    func learnRanker(_ matching: Matching, of question: String) throws {
        var shop = SyntheticShop(items: items, users: users, dimension: dimension, seed: seed &+ 1)
        var random = SplitMix64(seed: seed)
        for answer in 0..<Self.answers {
            let user = shop.anyUser()
            let at = now + Double(answer)
            let matched = try matching.items(try request(question + #","log":true"#, for: user), at: at)
            if let shown = matched.shown { try waiting { matching.log(shown, completion: $0) } }
            let taken = matched.items.enumerated().filter { place, _ in
                Double.random(in: 0..<1, using: &random) < 0.3 / Double(1 + place)
            }
            guard !taken.isEmpty else { continue }
            let events = taken.map { WireEvent(user: .string(user), item: $0.element.id, type: "click", at: at) }
            try waiting { matching.append(events, at: at, completion: $0) }
        }
        let line =
            #"{"method":"match.train","params":{"collection":"shop","models":["ranker"],"within_hours":0.1,"go_live":"always"}}"#
        guard case .matchTrain(let training) = try command(line) else { return }
        let report = try matching.train(training, threads: 2, at: now + 3_600) { _ in true }
        guard let model = report.models.last else { return }
        emit(
            "train ranker",
            [
                ("seconds", .double((model.seconds * 1_000).rounded() / 1_000)),
                ("report", .object(model.report ?? JSONObject())),
            ])
    }

    /// Lets merged scores order candidates, as they did when the shop was new.
    func forgetRanker(_ matching: Matching) throws {
        guard
            case .matchRanker(let off) = try command(
                #"{"method":"match.ranker","params":{"collection":"shop","use":"off"}}"#)
        else { return }
        _ = try matching.ranker(off)
    }

    /// A question on somebody's behalf.
    func request(_ question: String, for user: String) throws -> MatchItems {
        let line = #"{"method":"match.items","params":{"collection":"shop","user":"\#(user)",\#(question)}}"#
        guard case .matchItems(let request) = try command(line) else {
            throw IlkError(.internal, "the question is no request")
        }
        return request
    }
}
