import ArgumentParser
import IlkProtocol

struct MatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Find the right items for a person, the right people for items, and what is alike.",
        discussion: """
              ilk match items products --user u1 -k 10 --filter "stock > 0"
              ilk match users products --item sku-1 -k 1000
              ilk match similar products --item sku-1
              ilk match train products als item_cf
              ilk match ranker products
            """,
        subcommands: [
            MatchItemsCommand.self, MatchUsersCommand.self, MatchSimilarCommand.self, MatchTrainCommand.self,
            MatchModelsCommand.self, MatchRankerCommand.self, MatchLoadCommand.self, MatchShownCommand.self,
        ])
}

struct MatchItemsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "items", abstract: "Find the right items for a person.",
        discussion: """
            Every item says why it is there. With --json the daemon's result comes on one line. Status 2 says that nothing \
            was found.

              ilk match items products --user u1 --channel content=200 --channel trending=50
              ilk match items products --user u1 --max-per brand=2 --mmr 0.3 --exclude bought
              ilk match items products --query "gift for a child" -k 5
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Option(help: ArgumentHelp("For whom. \(PointArgument.explanation)", valueName: "id")) var user: PointArgument?
    @Option(help: "A text that the items shall fit, too.") var query: String?
    @Option(name: .shortAndLong, help: "How many items, 1 to 1000.") var k = 20
    @Option(
        name: .customLong("channel"), parsing: .singleValue,
        help: ArgumentHelp("A channel and how many candidates it may bring.", valueName: "name=quota"))
    var channels: [CountArgument] = []
    @Option(help: ArgumentHelp("Only items that pass this filter.", valueName: "filter")) var filter: String?
    @Option(parsing: .singleValue, help: "Leave out what the person has seen, or bought.") var exclude: [String] = []
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("At most so many items of one value of a field.", valueName: "field=count"))
    var maxPer: [CountArgument] = []
    @Option(help: "How much difference counts against score, 0 to 1.") var mmr: Double?
    @Option(help: "The share of places that are given by chance, 0 to 1.") var explore: Double?
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "In what circumstances: kept with what is logged, and features of a ranker.", valueName: "name=value"))
    var context: [ContextArgument] = []
    @Flag(help: "Log what is shown, for a ranker to learn from; it counts as impressions.") var log = false
    @Flag(help: "Order by merged scores even where a ranker is live.") var noRanker = false
    @Flag(help: "Show what each channel brought, how long it took, and what a ranker goes by.") var explain = false
    @OptionGroup var payloads: PayloadOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard user != nil || query != nil || !channels.isEmpty else {
            throw ValidationError("For whom? Give --user, --query, or a --channel such as popular=50.")
        }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("k", .int(Int64(k))), ("with_payload", payloads.value),
            ("explain", .bool(explain)),
        ]
        if let user { params.append(("user", user.json)) }
        if let query { params.append(("query", .string(query))) }
        if !channels.isEmpty { params.append(("channels", Self.object(channels))) }
        if let filter { params.append(("filter", .string(filter))) }
        if !exclude.isEmpty { params.append(("exclude", .array(exclude.map { .string($0) }))) }
        if !maxPer.isEmpty { params.append(("max_per", Self.object(maxPer))) }
        if let mmr { params.append(("mmr", .double(mmr))) }
        if let explore { params.append(("explore", .double(explore))) }
        if !context.isEmpty { params.append(("context", .object(JSONObject(context.map { ($0.name, $0.value) })))) }
        if log { params.append(("log", .bool(true))) }
        if noRanker { params.append(("ranker", .bool(false))) }
        let result = try await client.call("match.items", params)
        let items = result["items"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !items.isEmpty {
            show(items)
            if explain {
                for item in items {
                    Output.note("\(item["id"]?.text ?? ""): \((item["ranking"] ?? .null).pretty)")
                }
                Output.note((result["explain"] ?? .null).pretty)
            }
        }
        if items.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }

    private static func object(_ counts: [CountArgument]) -> JSONValue {
        .object(JSONObject(counts.map { ($0.name, .int(Int64($0.count))) }))
    }

    private func show(_ items: [JSONValue]) {
        let hasPayloads = items.contains { !($0["payload"]?.members.isEmpty ?? true) }
        var table = Table(
            [.number("#"), .text("id"), .number("score"), .text("channels"), .text("reason")]
                + (hasPayloads ? [.text("payload")] : []))
        for (place, item) in items.enumerated() {
            let channels = item["channels"]?.members.map { "\($0.key) \($0.value.plain)" } ?? []
            table.add(
                [
                    String(place + 1), item["id"]?.text ?? "", Format.measured(item["score"]?.number ?? .nan),
                    channels.joined(separator: ", "), item["reason"]?.plain ?? "",
                ] + (hasPayloads ? [item["payload"]?.text ?? ""] : []))
        }
        table.show()
    }
}

struct MatchUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Find the people to whom items would appeal, or who are like others.",
        discussion: """
            With --json the daemon's result comes on one line. Status 2 says that nobody was found.

              ilk match users products --item sku-1 --item sku-2 -k 1000 --exclude bought
              ilk match users products --seed u1 --seed u2
              ilk match users products --theme pandas
              ilk match users products --audience panda-lovers -k 1000
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @OptionGroup var options: AudienceOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard options.hasSubject else {
            throw ValidationError("An audience for what? Give --item, --seed, --theme or --audience.")
        }
    }

    func run() async throws {
        let result = try await client.call("match.users", [("collection", .string(collection))] + options.params)
        let users = result["users"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !users.isEmpty {
            var table = Table([.number("#"), .text("user"), .number("score"), .text("reason")])
            for (place, user) in users.enumerated() {
                table.add([
                    String(place + 1), user["id"]?.text ?? "", Format.measured(user["score"]?.number ?? .nan),
                    user["reason"]?.plain ?? "",
                ])
            }
            table.show()
        }
        if users.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}

struct MatchSimilarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similar", abstract: "Find items like an item, or people like a person.",
        discussion: """
            With --json the daemon's result comes on one line. Status 2 says that nothing was found.

              ilk match similar products --item sku-1 -k 5
              ilk match similar products --user u1
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Option(help: ArgumentHelp("The item. \(PointArgument.explanation)", valueName: "id")) var item: PointArgument?
    @Option(help: ArgumentHelp("The person.", valueName: "id")) var user: PointArgument?
    @Option(name: .shortAndLong, help: "How many, 1 to 1000.") var k = 10
    @Option(help: ArgumentHelp("Only items that pass this filter.", valueName: "filter")) var filter: String?
    @OptionGroup var payloads: PayloadOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (item == nil) != (user == nil) else { throw ValidationError("Similar to what? Give --item or --user.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("k", .int(Int64(k))), ("with_payload", payloads.value),
        ]
        if let item { params.append(("item", item.json)) }
        if let user { params.append(("user", user.json)) }
        if let filter { params.append(("filter", .string(filter))) }
        let result = try await client.call("match.similar", params)
        let found = (result["items"] ?? result["users"])?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !found.isEmpty {
            var table = Table([.number("#"), .text("id"), .number("score"), .text("payload")])
            for (place, one) in found.enumerated() {
                table.add([
                    String(place + 1), one["id"]?.text ?? "", Format.measured(one["score"]?.number ?? .nan),
                    one["payload"]?.text ?? "",
                ])
            }
            table.show()
        }
        if found.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}
