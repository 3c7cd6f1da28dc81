import ArgumentParser
import IlkProtocol

struct Facets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the most frequent values of a payload field, with exact counts.",
        discussion: """
              ilk facets products brand
              ilk facets products brand --filter "price < 30" --limit 50
            """)

    @Argument(help: "The collection.") var collection: String
    @Argument(help: "The payload field, a dotted path.") var field: String
    @Option(help: ArgumentHelp("Only points that pass this filter.", valueName: "filter")) var filter: String?
    @Option(name: .shortAndLong, help: "How many values to show, 1 to 10000.") var limit = 10
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("field", .string(field)), ("limit", .int(Int64(limit))),
        ]
        if let filter { params.append(("filter", .string(filter))) }
        let result = try await client.call("points.facets", params)
        if client.json { return Output.json(result) }
        let facets = result["facets"]?.elements ?? []
        guard !facets.isEmpty else {
            return Output.note("no point \(filter == nil ? "" : "that passes the filter ")has a value of '\(field)'")
        }
        var table = Table([.text("value"), .number("count")])
        for facet in facets {
            table.add([facet["value"]?.plain ?? "", Format.count(facet["count"]?.integer ?? 0)])
        }
        table.show()
    }
}
