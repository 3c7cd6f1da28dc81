import ArgumentParser
import IlkProtocol

struct Facets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the most frequent values of a payload field, with exact counts.",
        discussion: """
            Status 2 says that no point has a value there.

              ilk facets products brand
              ilk facets products brand --filter "price < 30" --limit 50
            """)

    @Argument(help: "The collection.") var collection: String
    @Argument(help: "The payload field, a dotted path.") var field: String
    @Option(help: ArgumentHelp("Only points that pass this filter.", valueName: "filter")) var filter: String?
    @Option(name: .shortAndLong, help: "How many values to show, 1 to 10000.") var limit = 10
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit is \(limit); choose 1 to 10000.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("field", .string(field)), ("limit", .int(Int64(limit))),
        ]
        if let filter { params.append(("filter", .string(filter))) }
        let result = try await client.call("points.facets", params)
        let facets = result["facets"]?.elements ?? []
        if client.json { Output.json(result) }
        guard !facets.isEmpty else {
            throw Failure(
                "no point \(filter == nil ? "" : "that passes the filter ")has a value of '\(field)'",
                status: Failure.nothingFound)
        }
        guard !client.json else { return }
        var table = Table([.text("value"), .number("count")])
        for facet in facets {
            table.add([facet["value"]?.plain ?? "", Format.count(facet["count"]?.integer ?? 0)])
        }
        table.show()
    }
}
