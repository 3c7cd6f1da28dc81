import ArgumentParser
import Foundation
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
        // A model that could not be measured has a verdict only.
        for (name, key) in [("new ranker", "ranker"), ("live ranker", "live"), ("merged score", "merged")] {
            guard let measures = report[key] else { continue }
            table.add(
                [name]
                    + ["log_loss", "auc", "auc_within_answers"].map {
                        measures[$0]?.number.map { Format.decimal($0, 4) } ?? ""
                    })
        }
        if report["ranker"] != nil { table.show() }
        var bins = Table([.number("items"), .number("expected"), .number("taken")])
        for bin in report["ranker"]?["calibration"]?.elements ?? [] {
            bins.add([
                bin["items"]?.plain ?? "", Format.decimal(bin["expected"]?.number ?? .nan, 4),
                Format.decimal(bin["taken"]?.number ?? .nan, 4),
            ])
        }
        if report["ranker"] != nil { bins.show() }
        let goes = report["goes_live"] == .bool(true) ? "it answers" : "it does not answer"
        Output.line("\(goes): \(report["why"]?.plain ?? "")")
    }
}

struct MatchLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Take a ranker that was learned elsewhere: a text file of LightGBM.",
        discussion: """
            Its features are called as the ranker's are; `ilk match shown --all --json` is what it may learn from. It is \
            measured as a ranker of ilk's own is, and answers where it is better.

              ilk match load products model.txt
              ilk match load products model.txt --go-live always
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: ArgumentHelp("What Booster.save_model has written.", valueName: "file")) var file: String
    @Option(help: "Hours after an item was shown within which it may be taken, over 0 to 720.") var withinHours = 24.0
    @Option(help: "When it answers: if_better, always or never.") var goLive = "if_better"
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let text: String
        do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
            throw Failure("\(file) cannot be read as text: \(error.localizedDescription)")
        }
        let result = try await client.call(
            "match.load",
            [
                ("collection", .string(collection)), ("lightgbm", .string(text)),
                ("within_hours", .double(withinHours)), ("go_live", .string(goLive)),
            ])
        if client.json { return Output.json(result) }
        Output.line(
            "generation \(result["generation"]?.plain ?? ""), \(Format.counted(result["trees"]?.integer ?? 0, "tree"))")
        if let report = result["report"] { RankerMeasures.show(report) }
    }
}
