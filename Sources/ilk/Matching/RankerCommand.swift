import ArgumentParser
import Foundation
import IlkClient
import IlkProtocol

struct MatchRankerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ranker",
        abstract: "Show what puts the candidates of all channels in order, or let another model do it.",
        discussion: """
            A ranker learns from what `ilk match items --log` showed and what people did then: `ilk match train products \
            ranker`. Measures are of the latest fifth of the answers, from which it had not learned.

              ilk match ranker products
              ilk match ranker products --use previous
              ilk match ranker products --use off
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Option(help: "The model that shall answer: newest, previous or off.") var use: String?
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection))]
        if let use { params.append(("use", .string(use))) }
        let result = try await client.call("match.ranker", params)
        if client.json { return Output.json(result) }
        let generations = result["generations"]?.elements ?? []
        if !generations.isEmpty {
            var table = Table([
                .number("generation"), .text("answers"), .text("kind"), .number("log loss"), .number("merged"),
                .number("AUC"), .number("within answers"), .text("made"),
            ])
            for generation in generations {
                let report = generation["report"]
                table.add(
                    [
                        generation["generation"]?.plain ?? "", generation["live"] == .bool(true) ? "yes" : "no",
                        report?["kind"]?.plain ?? "",
                    ] + RankerMeasures.cells(report) + [
                        Date(timeIntervalSince1970: generation["made"]?.number ?? 0).formatted(.iso8601)
                    ])
            }
            table.show()
        }
        let live = (result["live"] ?? .null) == .null ? "merged scores order candidates; " : ""
        Output.line("\(live)\(Format.counted(Int(result["logged"]?.integer ?? 0), "answer")) logged")
    }
}

/// What was measured of a ranker, for people.
enum RankerMeasures {
    /// Log loss, that of the merged score, the area under the curve, and that within answers.
    static func cells(_ report: JSONValue?) -> [String] {
        let ranker = report?["ranker"]
        return [
            ranker?["log_loss"], report?["merged"]?["log_loss"], ranker?["auc"], ranker?["auc_within_answers"],
        ].map { $0?.number.map { Format.decimal($0, 4) } ?? "" }
    }

    /// Shows the report of a training.
    static func show(_ report: JSONValue) {
        var table = Table([
            .text("on what was held out"), .number("log loss"), .number("AUC"), .number("within answers"),
        ])
        for (name, key) in [("new ranker", "ranker"), ("live ranker", "live"), ("merged score", "merged")] {
            guard let measures = report[key] else { continue }
            table.add(
                [name]
                    + ["log_loss", "auc", "auc_within_answers"].map {
                        measures[$0]?.number.map { Format.decimal($0, 4) } ?? ""
                    })
        }
        table.show()
        var bins = Table([.number("items"), .number("expected"), .number("taken")])
        for bin in report["ranker"]?["calibration"]?.elements ?? [] {
            bins.add([
                bin["items"]?.plain ?? "", Format.decimal(bin["expected"]?.number ?? .nan, 4),
                Format.decimal(bin["taken"]?.number ?? .nan, 4),
            ])
        }
        bins.show()
        let goes = report["goes_live"] == .bool(true) ? "it answers" : "it does not answer"
        Output.line("\(goes): \(report["why"]?.plain ?? "")")
    }
}

struct MatchShownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shown", abstract: "Show what answers showed, and what was taken of it.",
        discussion: """
            With --json an item is a line: who was shown it, its position, propensity, features, and as "reward" 1 where it \
            was taken, else 0. A feature that is left out is 0. Status 2 says that nothing was logged.

              ilk match shown products -n 5
              ilk match shown products --all --json > shown.ndjson
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Option(name: .shortAndLong, help: "How many answers to show.") var number = 10
    @Flag(help: "Show all of them.") var all = false
    @Option(help: "Hours after an item was shown within which it may be taken, over 0 to 720.") var withinHours = 24.0
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard number > 0 else { throw ValidationError("-n is \(number); choose 1 or more, or --all.") }
    }

    func run() async throws {
        let connection = try await client.connect()
        var left = all ? Int.max : number
        var shown = 0
        var cursor: JSONValue?
        repeat {
            var params: [(String, JSONValue)] = [
                ("collection", .string(collection)), ("limit", .int(Int64(min(left, 200)))),
                ("within_hours", .double(withinHours)),
            ]
            if let cursor { params.append(("cursor", cursor)) }
            let page = try await connection.call("match.shown", .object(JSONObject(params)))
            let answers = page["answers"]?.elements ?? []
            show(answers)
            shown += answers.count
            left -= answers.count
            cursor = page["next_cursor"].flatMap { $0 == .null ? nil : $0 }
        } while cursor != nil && left > 0
        if shown == 0 { throw Failure("", status: Failure.nothingFound) }
    }

    private func show(_ answers: [JSONValue]) {
        guard client.json else {
            guard !answers.isEmpty else { return }
            var table = Table([
                .number("answer"), .text("user"), .number("#"), .text("item"), .number("propensity"), .text("taken"),
            ])
            for answer in answers {
                for item in answer["items"]?.elements ?? [] {
                    table.add([
                        answer["answer"]?.plain ?? "", answer["user"]?.text ?? "", item["position"]?.plain ?? "",
                        item["id"]?.text ?? "", Format.decimal(item["propensity"]?.number ?? .nan, 3),
                        item["taken"] == .bool(true) ? "yes" : answer["settled"] == .bool(true) ? "no" : "not yet",
                    ])
                }
            }
            return table.show()
        }
        for answer in answers {
            for item in answer["items"]?.elements ?? [] {
                var line = JSONObject()
                for member in answer.members where member.key != "items" { line[member.key] = member.value }
                for member in item.members where member.key != "taken" {
                    line[member.key == "id" ? "item" : member.key] = member.value
                }
                line["reward"] = .int(item["taken"] == .bool(true) ? 1 : 0)
                Output.json(.object(line))
            }
        }
    }
}
