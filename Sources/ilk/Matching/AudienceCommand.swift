import ArgumentParser
import Foundation
import IlkClient
import IlkProtocol

struct AudienceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audience", abstract: "Keep lists of people by name.",
        discussion: """
              ilk audience save products panda-lovers --item sku-1 -k 1000
              ilk audience get products panda-lovers --all
              ilk match users products --audience panda-lovers
            """,
        subcommands: [
            AudienceSaveCommand.self, AudienceListCommand.self, AudienceGetCommand.self, AudienceDeleteCommand.self,
        ])
}

/// Whom an audience is for, and who may be in it.
struct AudienceOptions: ParsableArguments {
    @Option(
        name: .customLong("item"), parsing: .singleValue,
        help: ArgumentHelp("An item that they shall like. \(PointArgument.explanation)", valueName: "id"))
    var items: [PointArgument] = []
    @Option(
        name: .customLong("seed"), parsing: .singleValue,
        help: ArgumentHelp("A person whom they shall be like.", valueName: "id"))
    var seeds: [PointArgument] = []
    @Option(help: ArgumentHelp("A theme whose products they shall like.", valueName: "id")) var theme: String?
    @Option(help: ArgumentHelp("A saved audience that they shall be like.", valueName: "name")) var audience: String?
    @Option(help: ArgumentHelp("Only people of this saved audience.", valueName: "name")) var among: String?
    @Option(name: .shortAndLong, help: "How many people at most, 1 to 100000.") var k = 100
    @Option(help: ArgumentHelp("Only what was done with items that pass counts.", valueName: "filter"))
    var filter: String?
    @Option(parsing: .singleValue, help: "Leave out who has seen, or bought, the items.") var exclude: [String] = []

    /// Whether it says what the audience is for.
    var hasSubject: Bool { !items.isEmpty || !seeds.isEmpty || theme != nil || audience != nil }

    func validate() throws {
        guard [!items.isEmpty, !seeds.isEmpty, theme != nil, audience != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("Give one of --item, --seed, --theme and --audience.")
        }
    }

    var params: [(String, JSONValue)] {
        var params: [(String, JSONValue)] = [("k", .int(Int64(k)))]
        if !items.isEmpty { params.append(("items", .array(items.map(\.json)))) }
        if !seeds.isEmpty { params.append(("users", .array(seeds.map(\.json)))) }
        if let theme { params.append(("theme", .string(theme))) }
        if let audience { params.append(("audience", .string(audience))) }
        if let among { params.append(("among", .string(among))) }
        if let filter { params.append(("filter", .string(filter))) }
        if !exclude.isEmpty { params.append(("exclude", .array(exclude.map { .string($0) }))) }
        return params
    }
}

struct AudienceSaveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save", abstract: "Find people as `ilk match users` does, or read them, and keep them by name.",
        discussion: """
            An audience of that name is replaced. --file has a person's id a line; - reads standard input.

              ilk audience save products panda-lovers --item sku-1 -k 1000 --exclude bought
              ilk audience save products staff --file staff.txt
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: "What it shall be called.") var name: String
    @Option(help: ArgumentHelp("People to keep, an id a line. \(PointArgument.explanation)", valueName: "file"))
    var file: String?
    @OptionGroup var options: AudienceOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard options.hasSubject != (file != nil) else {
            throw ValidationError("Whom? Give --file, or one of --item, --seed, --theme and --audience.")
        }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection)), ("name", .string(name))]
        if let file {
            let ids = try TextLines.read(file).compactMap {
                PointArgument(argument: $0.trimmingCharacters(in: .whitespaces))?.json
            }
            params.append(("members", .array(ids)))
        } else {
            params += options.params
        }
        let result = try await client.call("audience.save", params)
        if client.json { return Output.json(result) }
        Output.line("\(name): \(Format.count(result["users"]?.integer ?? 0)) people")
    }
}

struct AudienceListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the audiences there are.")
    @Argument(help: "The collection of the items.") var collection: String
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call("audience.list", [("collection", .string(collection))])
        let audiences = result["audiences"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !audiences.isEmpty {
            var table = Table([.text("audience"), .number("people"), .text("made")])
            for audience in audiences {
                table.add([
                    audience["name"]?.plain ?? "", Format.count(audience["users"]?.integer ?? 0),
                    Date(timeIntervalSince1970: audience["made"]?.number ?? 0).formatted(.iso8601),
                ])
            }
            table.show()
        }
        if audiences.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}

struct AudienceGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show the people of an audience, best first.",
        discussion: """
            With --json a person is a line. Status 2 says that nobody is in it.

              ilk audience get products panda-lovers --all --json > people.ndjson
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: "Which audience.") var name: String
    @Option(name: .shortAndLong, help: "How many people to show.") var limit = 100
    @Flag(help: "Show all of them.") var all = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is \(limit); choose 1 or more, or --all.") }
    }

    func run() async throws {
        let (shown, _) = try await client.connect().pages(
            "audience.get", [("collection", .string(collection)), ("name", .string(name))], of: "users",
            limit: all ? .max : limit, page: 10_000
        ) { users in
            for user in users {
                if client.json { Output.json(user) } else { Output.line(user["id"]?.text ?? "") }
            }
        }
        if shown == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}

struct AudienceDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete an audience.")
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: "Which audience.") var name: String
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "audience.delete", [("collection", .string(collection)), ("name", .string(name))])
        if client.json { return Output.json(result) }
        Output.line("\(name) deleted")
    }
}
