import ArgumentParser
import IlkProtocol

struct ThemeBatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: "Fill many themes in one go, and report what they show of the shop.",
        discussion: """
            All themes of the collection, or those that are named. The report tells how many products some theme shows, \
            which themes share theirs, which are thin, and what none reaches. With --json the daemon's result comes on one \
            line, products and floors included.

              ilk theme batch products --size 60 --floors category
              ilk theme batch products pandas tea --exclusive --json > venues.json
            """)
    @Argument(help: "The collection of products.") var collection: String
    @Argument(help: ArgumentHelp("Themes; all if none is named.", valueName: "id")) var themes: [String] = []
    @Option(name: .shortAndLong, help: "Products a theme, 1 to 1000.") var size = 60
    @Option(help: ArgumentHelp("A way: lexical, semantic or indicators; may be repeated.", valueName: "way"))
    var by: [SelectionWay] = []
    @Option(
        name: .customLong("floors"),
        help: ArgumentHelp("Set products out by this field, cluster, attribute or auto.", valueName: "field"))
    var floorsBy: String?
    @OptionGroup var floors: FloorOptions
    @OptionGroup var selection: SelectionOptions
    @Flag(help: "Give no product to two themes: the first ones choose first.") var exclusive = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...1_000).contains(size) else { throw ValidationError("--size is \(size); choose 1 to 1000.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("size", .int(Int64(size))), ("exclusive", .bool(exclusive)),
            ("with_products", .bool(client.json)),
        ]
        if !themes.isEmpty { params.append(("themes", .array(themes.map { .string($0) }))) }
        if !by.isEmpty { params.append(("by", .array(by.map { .string($0.rawValue) }))) }
        if let floorsBy { params.append(("floors", .object(JSONObject(try floors.parameters(by: floorsBy))))) }
        params += try selection.parameters
        let result = try await client.call("theme.batch", params)
        if client.json { return Output.json(result) }
        show(result["report"] ?? .null)
    }

    private func show(_ report: JSONValue) {
        func count(_ key: String) -> String { Format.count(report[key]?.integer ?? 0) }
        func names(_ key: String) -> String {
            (report[key]?.elements ?? []).map { $0.plain.printable }.joined(separator: ", ")
        }
        var table = Table([.text("report"), .text("")])
        table.add(["themes", count("themes")])
        table.add(["products selected", "\(count("selected")), \(count("products")) different ones"])
        let share = Format.measured((report["coverage"]?.number ?? 0) * 100)
        table.add(["coverage", "\(share) % of \(count("passing")) that may be shown"])
        if report["floors"] != nil { table.add(["floors", "\(count("floors")), with \(count("on_floors")) products"]) }
        let overlap = report["overlap"]
        table.add([
            "overlap",
            "\(Format.measured(overlap?["mean_jaccard"]?.number ?? 0)) on the mean; \(Format.count(overlap?["products_in_several"]?.integer ?? 0)) products in several themes",
        ])
        for pair in (overlap?["closest"]?.elements ?? []).prefix(3) {
            let themes = (pair["themes"]?.elements ?? []).map(\.plain).joined(separator: " and ")
            table.add(["", "\(themes) share \(Format.count(pair["shared"]?.integer ?? 0))"])
        }
        for (key, title) in [("thin", "thin themes"), ("weak", "weak themes"), ("failed", "failed themes")] {
            table.add([title, report[key]?.elements.isEmpty ?? true ? "none" : names(key)])
        }
        table.add(["reached by no theme", Format.count(report["unreached"]?["count"]?.integer ?? 0)])
        for field in report["unreached"]?["values"]?.members ?? [] {
            let values = field.value.elements.map { "\($0["value"]?.plain ?? "") (\($0["count"]?.plain ?? ""))" }
            table.add(["", "\(field.key): \(values.joined(separator: ", "))"])
        }
        table.show()
    }
}
