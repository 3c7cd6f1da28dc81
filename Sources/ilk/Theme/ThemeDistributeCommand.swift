public import ArgumentParser
public import IlkProtocol

struct ThemeDistributeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distribute", abstract: "Choose venues for a person, under guarantees, caps and pacing.",
        discussion: """
            Each answer counts as exposures; --dry-run only looks. What came of them is told by `ilk theme feedback`. Status \
            2 says that no venue is free.

              ilk theme distribute products --user u1 -k 3
              ilk theme distribute products --user u1 --theme pandas --theme tea --dry-run
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Option(
        help: ArgumentHelp("Who; somebody unknown if left out. " + PointArgument.explanation, valueName: "id"))
    var user: PointArgument?
    @Option(help: ArgumentHelp("A venue to choose from; may be repeated, all if left out.", valueName: "id"))
    var theme: [String] = []
    @Option(name: .shortAndLong, help: "How many venues, 1 to 100.") var k = 3
    @Flag(help: "Count nothing.") var dryRun = false
    @Option(help: "What chance is drawn from.") var seed: Int?
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...100).contains(k) else { throw ValidationError("-k is \(k); choose 1 to 100.") }
        if let seed, seed < 0 { throw ValidationError("--seed is \(seed); choose 0 or more.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection)), ("k", .int(Int64(k)))]
        if let user { params.append(("user", user.json)) }
        if !theme.isEmpty { params.append(("themes", .array(theme.map { .string($0) }))) }
        if dryRun { params.append(("reserve", .bool(false))) }
        if let seed { params.append(("seed", .int(Int64(seed)))) }
        let result = try await client.call("theme.distribute", params)
        let themes = result["themes"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !themes.isEmpty {
            var table = Table([.number("score"), .text("id"), .text("title"), .text("cover"), .text("reason")])
            for theme in themes {
                let cover = theme["cover"] ?? .null
                table.add([
                    theme["score"]?.number.map(Format.measured) ?? "", theme["id"]?.plain ?? "",
                    (theme["title"]?.plain ?? "").cut(to: 30), cover == .null ? "" : cover.plain,
                    theme["reason"]?.plain ?? "",
                ])
            }
            table.show()
        }
        if themes.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}

struct ThemeFeedbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feedback", abstract: "Tell what people did with the venues that they were shown.",
        discussion: """
            One event of the command line, or a file with a JSON object a line: {"theme":"pandas","user":"u1","type":"click"}, \
            with "at" where it is not now, and a "key" where it may be sent again. Types are click, order, and impression for answers that were not counted.

              ilk theme feedback products --theme pandas --user u1 --type click
              ilk theme feedback products feedback.ndjson
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: ArgumentHelp("Events, one a line; - for standard input.", valueName: "file")) var file: String?
    @Option(help: ArgumentHelp("The venue.", valueName: "id")) var theme: String?
    @Option(help: ArgumentHelp("Who did it. " + PointArgument.explanation, valueName: "id")) var user: PointArgument?
    @Option(help: "What was done: click, order or impression.") var type = ThemeEvent.Kind.click
    @OptionGroup var client: ClientOptions

    /// Events that one request carries.
    private static let batch = 10_000

    func validate() throws {
        guard (file == nil) != (theme == nil) else { throw ValidationError("Give a file of events, or --theme.") }
    }

    func run() async throws {
        var events: [JSONValue] = []
        if let file {
            for (place, line) in try TextLines.read(file).enumerated() {
                do throws(IlkError) { events.append(try JSONValue.parse(line)) } catch {
                    throw Failure("line \(place + 1) of \(file) is not JSON: \(error.message)")
                }
            }
            guard !events.isEmpty else { throw Failure("\(file) has no events", status: Failure.nothingFound) }
        } else {
            var event = JSONObject([("theme", .string(theme ?? "")), ("type", .string(type.rawValue))])
            event["user"] = user.map(\.json)
            events.append(.object(event))
        }
        var counted = 0, duplicates = 0
        for start in stride(from: 0, to: events.count, by: Self.batch) {
            let part = Array(events[start..<min(start + Self.batch, events.count)])
            let result = try await client.call(
                "theme.feedback", [("collection", .string(collection)), ("events", .array(part))])
            counted += result["counted"]?.integer ?? 0
            duplicates += result["duplicates"]?.integer ?? 0
        }
        if client.json {
            return Output.json(
                .object(
                    JSONObject([("counted", .int(Int64(counted))), ("duplicates", .int(Int64(duplicates)))])))
        }
        let there = duplicates > 0 ? ", \(Format.count(duplicates)) were counted already" : ""
        Output.line("\(Format.counted(counted, "event")) counted\(there)")
    }
}

extension ThemeEvent.Kind: ExpressibleByArgument {}
