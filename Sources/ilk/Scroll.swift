import ArgumentParser
import IlkClient
import IlkProtocol

struct Scroll: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go through points in the order in which they were inserted.",
        discussion: """
            With --json a point is a line; with --with-vectors too, `ilk load` reads it.

              ilk scroll products --filter "price > 100" --limit 50
              ilk scroll products --all --with-vectors --json > products.ndjson
            """)

    @Argument(help: "The collection.") var collection: String
    @Option(help: ArgumentHelp("Only points that pass this filter.", valueName: "filter")) var filter: String?
    @Option(name: .shortAndLong, help: "How many points to show.") var limit = 20
    @Flag(help: "Show all points that pass.") var all = false
    @Flag(help: "Show the vectors too.") var withVectors = false
    @OptionGroup var payloads: PayloadOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is \(limit); choose 1 or more, or --all.") }
    }

    func run() async throws {
        let bar = ProgressBar()
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("with_vectors", .bool(withVectors)), ("with_payload", payloads.value),
        ]
        if let filter { params.append(("filter", .string(filter))) }
        var read = 0
        // Small pages with vectors: a reply has its limit, too.
        let (shown, areMore) = try await client.connect().pages(
            "points.scroll", params, of: "points", limit: all ? .max : limit, page: withVectors ? 250 : 2_000
        ) { points in
            read += points.count
            if !Output.isTerminal { bar.show("points", done: read, total: nil, unit: "points") }
            PointTable.show(points, json: client.json)
        }
        bar.clear()
        if areMore, !client.json { Output.note("there are more: --limit or --all") }
        if shown == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}
