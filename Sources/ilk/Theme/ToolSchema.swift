import ArgumentParser
import IlkProtocol

struct ToolSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tool-schema",
        abstract: "Print the function by which a language model fills the indicators of a theme.",
        discussion: """
            A JSON Schema of the declared fields with ranges, percentiles and example values of what is there now. The \
            arguments that a model calls it with are the `indicators` of `ilk theme select`.

              ilk tool-schema products
              ilk tool-schema products --field price --field brand
            """)
    @Argument(help: "The collection.") var collection: String
    @Option(help: ArgumentHelp("Only this declared field; may be repeated.", valueName: "field")) var field: [String] =
        []
    @Option(help: ArgumentHelp("Ranges and values of what passes this filter.", valueName: "filter"))
    var filter: String?
    @Option(help: ArgumentHelp("Example values a field, 1 to 1000.", valueName: "count")) var values = 20
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...1_000).contains(values) else { throw ValidationError("--values is \(values); choose 1 to 1000.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection)), ("values", .int(Int64(values)))]
        if !field.isEmpty { params.append(("fields", .array(field.map { .string($0) }))) }
        if let filter { params.append(("filter", .string(filter))) }
        let result = try await client.call("collection.tool_schema", params)
        if client.json { return Output.json(result) }
        Output.line((result["function"] ?? .null).pretty)
    }
}
