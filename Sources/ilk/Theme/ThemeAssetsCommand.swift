import ArgumentParser
import IlkProtocol

struct ThemeAssetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assets", abstract: "Keep a merchant's templates and pictures, and find those that fit a theme.",
        discussion: """
            A file has one asset a line: {"id":"winter-1","merchant":"dodo","kind":"template","url":"https://…","text":"snow, \
            soft toys","tags":["winter"]}. No merchant ever sees another's.

              ilk theme assets upsert products assets.ndjson
              ilk theme assets match products dodo --theme pandas --kind template -k 5
              ilk theme assets delete products dodo winter-1
            """,
        subcommands: [AssetsUpsertCommand.self, AssetsMatchCommand.self, AssetsDeleteCommand.self])
}

struct AssetsUpsertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upsert", abstract: "Keep assets of a file, one JSON object a line.",
        discussion: """
            An asset of the same merchant and id is replaced wholly.

              ilk theme assets upsert products assets.ndjson
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: ArgumentHelp("Assets, one a line; - for standard input.", valueName: "file")) var file: String
    @OptionGroup var client: ClientOptions

    /// Assets that one request carries.
    private static let batch = 1_000

    func run() async throws {
        var assets: [JSONValue] = []
        for (place, line) in try TextLines.read(file).enumerated() {
            do throws(IlkError) { assets.append(try JSONValue.parse(line)) } catch {
                throw Failure("line \(place + 1) of \(file) is not JSON: \(error.message)")
            }
        }
        guard !assets.isEmpty else { throw Failure("\(file) has no assets", status: Failure.nothingFound) }
        var kept = 0
        for start in stride(from: 0, to: assets.count, by: Self.batch) {
            let part = Array(assets[start..<min(start + Self.batch, assets.count)])
            let result = try await client.call(
                "theme.assets.upsert", [("collection", .string(collection)), ("assets", .array(part))])
            kept += result["assets"]?.integer ?? 0
        }
        if client.json { return Output.json(.object(JSONObject([("assets", .int(Int64(kept)))]))) }
        Output.line("\(Format.counted(kept, "asset")) kept")
    }
}

struct AssetsMatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Find a merchant's assets that fit a theme, or list them.",
        discussion: """
            Without a theme or a text they come in the order in which they were first kept. Status 2 says that there are none.

              ilk theme assets match products dodo --text "a warm winter evening"
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: "Whose assets.") var merchant: String
    @Option(help: ArgumentHelp("The theme that they shall fit.", valueName: "id")) var theme: String?
    @Option(help: "A text that they shall fit.") var text: String?
    @Option(help: "Only assets of this kind.") var kind: String?
    @Option(help: "Only assets with this tag; may be repeated.") var tag: [String] = []
    @Option(name: .shortAndLong, help: "How many, 1 to 10000.") var k = 10
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...10_000).contains(k) else { throw ValidationError("-k is \(k); choose 1 to 10000.") }
        guard theme == nil || text == nil else { throw ValidationError("Give --theme or --text.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("merchant", .string(merchant)), ("k", .int(Int64(k))),
        ]
        if let theme { params.append(("theme", .string(theme))) }
        if let text { params.append(("text", .string(text))) }
        if let kind { params.append(("kind", .string(kind))) }
        if !tag.isEmpty { params.append(("tags", .array(tag.map { .string($0) }))) }
        let result = try await client.call("theme.assets", params)
        let assets = result["assets"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !assets.isEmpty {
            var table = Table([
                .number("score"), .text("id"), .text("kind"), .text("url"), .text("tags"), .text("style"),
            ])
            for asset in assets {
                table.add([
                    asset["score"]?.number.map(Format.measured) ?? "", asset["id"]?.plain ?? "",
                    asset["kind"]?.plain ?? "", asset["url"]?.plain ?? "",
                    (asset["tags"]?.elements ?? []).map(\.plain).joined(separator: ", "), asset["text"]?.plain ?? "",
                ])
            }
            table.show()
        }
        if assets.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}

struct AssetsDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a merchant's assets.",
        discussion: """
            Status 2 says that there were none.

              ilk theme assets delete products dodo winter-1
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: "Whose assets.") var merchant: String
    @Argument(help: ArgumentHelp("The assets.", valueName: "id")) var ids: [String]
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "theme.assets.delete",
            [
                ("collection", .string(collection)), ("merchant", .string(merchant)),
                ("ids", .array(ids.map { .string($0) })),
            ])
        let count = result["deleted"]?.integer ?? 0
        if client.json { Output.json(result) } else { Output.line("\(Format.count(count)) deleted") }
        if count == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}
