import ArgumentParser
import Foundation
import IlkProtocol

struct MatchTrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Learn models from the events: als, item_cf, swing, ease; and the ranker.",
        discussion: """
            A model answers as soon as it is made, through the channel of its name; the one before it is kept beside it. \
            `ilk jobs cancel` ends a training. Models do not know what was done after they were made, but people's newest \
            events count with every one of them. A ranker learns from answers that were logged, is measured on the latest fifth of \
            them, and answers where it is better than what there was.

              ilk match train products als item_cf
              ilk match train products als --factors 128
              ilk match train products ranker --within-hours 6
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: ArgumentHelp("Which models.", valueName: "model")) var models: [String]
    @Option(help: "People who must have chosen an item, 1 to 1000.") var minPeople = 3
    @Option(help: "Factors of ALS, 8 to 256.") var factors = 64
    @Option(help: "Iterations of ALS, 1 to 100.") var iterations = 15
    @Option(help: "Neighbors that an item keeps, 1 to 1000.") var neighbors = 100
    @Option(help: "Hours after an item was shown within which it may be taken, over 0 to 720.") var withinHours = 24.0
    @Option(help: "When a ranker answers: if_better, always or never.") var goLive = "if_better"
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "match.train",
            [
                ("collection", .string(collection)), ("models", .array(models.map { .string($0) })),
                ("min_people", .int(Int64(minPeople))), ("factors", .int(Int64(factors))),
                ("iterations", .int(Int64(iterations))), ("neighbors", .int(Int64(neighbors))),
                ("within_hours", .double(withinHours)), ("go_live", .string(goLive)),
            ])
        if client.json { return Output.json(result) }
        var table = Table([.text("model"), .number("generation"), .number("seconds")])
        for model in result["models"]?.elements ?? [] {
            table.add([
                model["name"]?.plain ?? "", model["generation"]?.plain ?? "",
                Format.measured(model["seconds"]?.number ?? .nan),
            ])
        }
        table.show()
        for model in result["models"]?.elements ?? [] {
            if let report = model["report"] { RankerMeasures.show(report) }
        }
        guard result["pairs"] != nil else { return }
        let (pairs, items) = (Int(result["pairs"]?.integer ?? 0), Int(result["items"]?.integer ?? 0))
        Output.line(
            "learned from \(Format.counted(pairs, "pair")) of \(Format.count(result["people"]?.integer ?? 0)) people and \(Format.counted(items, "item"))"
        )
    }
}

struct MatchModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List the models there are, or let an older one answer again.",
        discussion: """
              ilk match models products
              ilk match models products --activate als=1
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Option(help: ArgumentHelp("A model and the generation of it that shall answer.", valueName: "model=generation"))
    var activate: CountArgument?
    @OptionGroup var client: ClientOptions

    func run() async throws {
        if let activate {
            _ = try await client.call(
                "match.activate",
                [
                    ("collection", .string(collection)), ("model", .string(activate.name)),
                    ("generation", .int(Int64(activate.count))),
                ])
        }
        let result = try await client.call("match.models", [("collection", .string(collection))])
        if client.json { return Output.json(result) }
        var table = Table([
            .text("model"), .number("generation"), .text("answers"), .number("items"), .text("made"),
        ])
        for model in result["models"]?.elements ?? [] {
            let made = Date(timeIntervalSince1970: model["made"]?.number ?? 0)
            table.add([
                model["name"]?.plain ?? "", model["generation"]?.plain ?? "",
                model["active"] == .bool(true) ? "yes" : "no", Format.count(model["items"]?.integer ?? 0),
                made.formatted(.iso8601),
            ])
        }
        table.show()
    }
}
