import ArgumentParser
import IlkProtocol

struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete points by their ids, or all that pass a filter.",
        discussion: """
            Status 2 says that there were none.

              ilk delete products sku-1 sku-2
              ilk delete products --filter "sold_out"
            """)

    @Argument(help: "The collection.") var collection: String
    @OptionGroup var selection: PointSelectionOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call("points.delete", [("collection", .string(collection)), selection.parameter])
        let count = result["deleted"]?.integer ?? 0
        if client.json { Output.json(result) } else { Output.line("\(Format.count(count)) deleted") }
        if count == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}
