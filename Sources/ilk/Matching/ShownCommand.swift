import ArgumentParser
import IlkClient
import IlkProtocol

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
        let (shown, _) = try await client.connect().pages(
            "match.shown", [("collection", .string(collection)), ("within_hours", .double(withinHours))], of: "answers",
            limit: all ? .max : number, page: 200, show: show)
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
