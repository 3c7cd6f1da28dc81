import ArgumentParser
import IlkProtocol

struct Patch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change members of payloads; null removes a member.",
        discussion: """
            Status 2 says that there were no such points.

              ilk patch products --payload '{"price":9.5,"sale":null}' sku-1
              ilk patch products --payload '{"season":"winter"}' \\
                  --filter "category = 'coats'"
            """)

    @Argument(help: "The collection.") var collection: String
    @Option(help: ArgumentHelp("The members to change, a JSON object.", valueName: "json")) var payload: String
    @OptionGroup var selection: PointSelectionOptions
    @OptionGroup var client: ClientOptions

    func validate() throws { _ = try TypedJSON.value(payload, at: "--payload") }

    func run() async throws {
        let value = try TypedJSON.value(payload, at: "--payload")
        let result = try await client.call(
            "points.patch", [("collection", .string(collection)), selection.parameter, ("payload", value)])
        let count = result["patched"]?.integer ?? 0
        if client.json { Output.json(result) } else { Output.line("\(Format.count(count)) changed") }
        if count == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}
