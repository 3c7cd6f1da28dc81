import ArgumentParser
import IlkProtocol

struct ThemeSelectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "select", abstract: "Select the products of a theme, each with the reason why.",
        discussion: """
            By words, by meaning and by thresholds, as far as the collection and the request have them; --by names some of \
            the ways. Status 2 says that nothing was found.

              ilk theme select products pandas --size 20
              ilk theme select products --text "cheap women's wear" \\
                  --indicators '{"price":{"percentile_max":30},"free_shipping":true}'
            """)
    @Argument(help: "The collection of products.") var collection: String
    @OptionGroup var subject: SubjectOptions
    @Option(name: .shortAndLong, help: "How many products, 1 to 10000.") var size = 60
    @Option(help: ArgumentHelp("A way: lexical, semantic or indicators; may be repeated.", valueName: "way"))
    var by: [SelectionWay] = []
    @OptionGroup var selection: SelectionOptions
    @Option(help: ArgumentHelp("Show these fields of the payloads.", valueName: "a,b.c")) var fields: String?
    @Flag(help: "Tell what was looked for, and how.") var explain = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...10_000).contains(size) else { throw ValidationError("--size is \(size); choose 1 to 10000.") }
        guard (subject.theme == nil) != (subject.text == nil) else {
            throw ValidationError("Say what products shall be for: a theme's id, or --text.")
        }
    }

    func run() async throws {
        let columns = ProductColumns(fields)
        var params: [(String, JSONValue)] = [("collection", .string(collection)), ("size", .int(Int64(size)))]
        params += subject.parameters
        params += try selection.parameters
        if !by.isEmpty { params.append(("by", .array(by.map { .string($0.rawValue) }))) }
        if explain { params.append(("explain", .bool(true))) }
        if !client.json || fields != nil { params.append(("with_payload", columns.payload)) }
        let result = try await client.call("theme.select", params)
        let products = result["products"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else {
            var table = Table([.number("score"), .text("id"), .text("product"), .text("reason")])
            for product in products {
                table.add([
                    product["score"]?.number.map(Format.measured) ?? "", product["id"]?.plain ?? "",
                    columns.text(product), product["reason"]?.plain ?? "",
                ])
            }
            if !products.isEmpty { table.show() }
            if let explain = result["explain"] { Output.line(explain.pretty) }
            let passing = Format.count(result["passing"]?.integer ?? 0)
            Output.note("\(products.count) of \(passing) in \(Format.microseconds(result["took_us"]?.number ?? 0))")
        }
        if products.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}
