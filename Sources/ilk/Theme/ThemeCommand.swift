import ArgumentParser
import IlkProtocol

struct ThemeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme",
        abstract: "Keep themes, find one for an idea, fill it with products, and set them out on floors.",
        discussion: """
            Themes belong to a collection of products. A file has one theme a line, as `theme.upsert` takes it: \
            {"id":"pandas","title":"Panda toys","hot_words":["panda","plush"],"industry":"toys","heat":12}.

              ilk theme upsert products themes.ndjson
              ilk theme match products "soft toys for a birthday"
              ilk theme select products pandas --indicators '{"price":{"percentile_max":30}}'
              ilk theme floors products pandas --by category
              ilk theme batch products --size 60 --floors auto
              ilk theme distribute products --user u1 -k 3
            """,
        subcommands: [
            ThemeUpsertCommand.self, ThemeListCommand.self, ThemeDeleteCommand.self, ThemeMatchCommand.self,
            ThemeSelectCommand.self, ThemeFloorsCommand.self, ThemeBatchCommand.self,
            ThemeDistributeCommand.self, ThemeTrafficCommand.self, ThemeFeedbackCommand.self, ThemeAssetsCommand.self,
        ])
}

struct ThemeUpsertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upsert", abstract: "Keep themes of a file, or one of the command line.",
        discussion: """
            A theme that is there is replaced wholly. The file has a JSON object a line; `-` reads standard input.

              ilk theme upsert products themes.ndjson
              ilk theme upsert products --id tea --title "Afternoon tea" \\
                  --hot-word scone --hot-word teapot --industry kitchen
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: ArgumentHelp("Themes, one a line; - for standard input.", valueName: "file")) var file: String?
    @Option(help: "The theme's id.") var id: String?
    @Option(help: "The theme's title.") var title: String?
    @Option(help: ArgumentHelp("What it is about.", valueName: "text")) var description: String?
    @Option(help: "The trade it belongs to.") var industry: String?
    @Option(help: "When it is wanted.") var season: String?
    @Option(help: "How much it is talked of.") var heat: Double?
    @Option(help: ArgumentHelp("A word people use for it; may be repeated.", valueName: "word")) var hotWord: [String] =
        []
    @Option(help: ArgumentHelp("What else belongs to it; may be repeated.", valueName: "text")) var expansion:
        [String] = []
    @OptionGroup var client: ClientOptions

    /// Themes that one request carries.
    private static let batch = 1_000

    func validate() throws {
        guard (file == nil) != (id == nil && title == nil) else {
            throw ValidationError("Give a file of themes, or --id and --title.")
        }
        guard file != nil || (id != nil && title != nil) else { throw ValidationError("Give --id and --title.") }
    }

    func run() async throws {
        let themes = try file.map(read) ?? [typed]
        var sent = 0
        var total = 0
        for start in stride(from: 0, to: themes.count, by: Self.batch) {
            let part = Array(themes[start..<min(start + Self.batch, themes.count)])
            let result = try await client.call(
                "theme.upsert", [("collection", .string(collection)), ("themes", .array(part))])
            sent += result["themes"]?.integer ?? 0
            total = result["total"]?.integer ?? 0
        }
        if client.json {
            return Output.json(.object(JSONObject([("themes", .int(Int64(sent))), ("total", .int(Int64(total)))])))
        }
        Output.line("\(Format.counted(sent, "theme")) kept; \(collection) has \(Format.count(total))")
    }

    private func read(_ file: String) throws -> [JSONValue] {
        var themes: [JSONValue] = []
        for (place, line) in try TextLines.read(file).enumerated() {
            do throws(IlkError) { themes.append(try JSONValue.parse(line)) } catch {
                throw Failure("line \(place + 1) of \(file) is not JSON: \(error.message)")
            }
        }
        guard !themes.isEmpty else { throw Failure("\(file) has no themes", status: Failure.nothingFound) }
        return themes
    }

    private var typed: JSONValue {
        func array(_ words: [String]) -> JSONValue? { words.isEmpty ? nil : .array(words.map { .string($0) }) }
        var theme = JSONObject([("id", .string(id ?? "")), ("title", .string(title ?? ""))])
        theme["description"] = description.map { .string($0) }
        theme["industry"] = industry.map { .string($0) }
        theme["season"] = season.map { .string($0) }
        theme["heat"] = heat.map { .double($0) }
        theme["hot_words"] = array(hotWord)
        theme["expansions"] = array(expansion)
        return .object(theme)
    }
}

struct ThemeListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the themes in the order in which they were first kept.",
        discussion: """
            With --json a theme is a line, as `ilk theme upsert` reads it. Status 2 says that there are none.

              ilk theme list products --industry toys
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Option(help: "Only themes of this industry.") var industry: String?
    @Option(name: .shortAndLong, help: "How many themes to show.") var limit = 100
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is \(limit); choose 1 to 10000.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection)), ("limit", .int(Int64(limit)))]
        if let industry { params.append(("industry", .string(industry))) }
        let result = try await client.call("theme.list", params)
        let themes = result["themes"]?.elements ?? []
        if client.json {
            themes.forEach { Output.json($0) }
        } else if !themes.isEmpty {
            var table = Table([.text("id"), .text("title"), .text("industry"), .number("heat"), .text("hot words")])
            for theme in themes {
                table.add([
                    theme["id"]?.plain ?? "", (theme["title"]?.plain ?? "").cut(to: 40), theme["industry"]?.plain ?? "",
                    theme["heat"]?.number.map(Format.measured) ?? "",
                    (theme["hot_words"]?.elements ?? []).map(\.plain).joined(separator: ", "),
                ])
            }
            table.show()
        }
        if themes.isEmpty { throw Failure("", status: Failure.nothingFound) }
        let count = result["count"]?.integer ?? 0
        if count > themes.count { Output.note("\(themes.count) of \(Format.count(count)): --limit shows more") }
    }
}

struct ThemeDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete themes.",
        discussion: """
            Status 2 says that there were none.

              ilk theme delete products tea pandas
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: ArgumentHelp("The themes.", valueName: "id")) var ids: [String]
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "theme.delete", [("collection", .string(collection)), ("ids", .array(ids.map { .string($0) }))])
        let count = result["deleted"]?.integer ?? 0
        if client.json { Output.json(result) } else { Output.line("\(Format.count(count)) deleted") }
        if count == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}

struct ThemeMatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Find the themes that an idea is like.",
        discussion: """
            Status 2 says that there are none.

              ilk theme match products "something warm for a baby" -k 3
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: "The idea, in your own words.") var idea: String
    @Option(name: .shortAndLong, help: "How many themes, 1 to 1000.") var k = 5
    @Option(help: "Only themes of this industry.") var industry: String?
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...1_000).contains(k) else { throw ValidationError("-k is \(k); choose 1 to 1000.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("idea", .string(idea)), ("k", .int(Int64(k))),
        ]
        if let industry { params.append(("industry", .string(industry))) }
        let result = try await client.call("theme.match", params)
        let themes = result["themes"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else if !themes.isEmpty {
            var table = Table([.number("score"), .text("id"), .text("title"), .text("industry"), .number("heat")])
            for theme in themes {
                table.add([
                    theme["score"]?.number.map(Format.measured) ?? "", theme["id"]?.plain ?? "",
                    theme["title"]?.plain ?? "", theme["industry"]?.plain ?? "",
                    theme["heat"]?.number.map(Format.measured) ?? "",
                ])
            }
            table.show()
        }
        if themes.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}
