import ArgumentParser
import IlkProtocol

struct Count: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count the points of a collection, or those that pass a filter; exactly.",
        discussion: """
              ilk count products
              ilk count products --filter "brand = 'Acme' and not sold_out"
            """)

    @Argument(help: "The collection.") var collection: String
    @Option(help: ArgumentHelp("Only points that pass this filter.", valueName: "filter")) var filter: String?
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection))]
        if let filter { params.append(("filter", .string(filter))) }
        let result = try await client.call("points.count", params)
        if client.json { Output.json(result) } else { Output.line(result["count"]?.plain ?? "") }
    }
}
