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
        let connection = try await client.connect()
        let bar = ProgressBar()
        var left = all ? Int.max : limit
        var shown = 0
        var cursor: JSONValue?
        repeat {
            // Small pages with vectors: a reply has its limit, too.
            let page = min(left, withVectors ? 250 : 2_000)
            var params: [(String, JSONValue)] = [
                ("collection", .string(collection)), ("limit", .int(Int64(page))), ("with_vectors", .bool(withVectors)),
                ("with_payload", payloads.value),
            ]
            if let filter { params.append(("filter", .string(filter))) }
            if let cursor { params.append(("cursor", cursor)) }
            let result = try await connection.call("points.scroll", .object(JSONObject(params)))
            let points = result["points"]?.elements ?? []
            if !Output.isTerminal { bar.show("points", done: shown + points.count, total: nil, unit: "points") }
            PointTable.show(points, json: client.json)
            shown += points.count
            left -= points.count
            cursor = result["next_cursor"].flatMap { $0 == .null ? nil : $0 }
        } while cursor != nil && left > 0
        bar.clear()
        if cursor != nil, !client.json { Output.note("there are more: --limit or --all") }
        if shown == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}
