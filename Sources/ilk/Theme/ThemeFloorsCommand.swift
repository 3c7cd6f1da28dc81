import ArgumentParser
import IlkProtocol

/// How products are set out on floors.
struct FloorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Products of a floor at most, 1 to 1000.", valueName: "count")) var floorSize = 8
    @Option(name: .customLong("max-floors"), help: ArgumentHelp("Floors at most, 1 to 100.", valueName: "count"))
    var maximumFloors = 8
    @Option(help: ArgumentHelp("Products that a floor needs; fewer are merged.", valueName: "count"))
    var smallest: Int?
    @Option(
        help: ArgumentHelp(
            "How many of a floor may have the same value, such as brand=2; may be repeated.", valueName: "field=count"))
    var maxPer: [CountArgument] = []
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Edges of price bands, for floors by a number: 30,100.", valueName: "numbers"))
    var bands: String?

    func validate() throws { _ = try parameters(by: nil) }

    /// The members of a plan on the wire.
    func parameters(by: String?) throws -> [(String, JSONValue)] {
        var params: [(String, JSONValue)] = [
            ("size", .int(Int64(floorSize))), ("floors", .int(Int64(maximumFloors))),
        ]
        if let by { params.append(("by", .string(by))) }
        if let smallest { params.append(("smallest", .int(Int64(smallest)))) }
        if !maxPer.isEmpty {
            params.append(("max_per", .object(JSONObject(maxPer.map { ($0.name, .int(Int64($0.count))) }))))
        }
        if let bands { params.append(("bands", try TypedJSON.value("[\(bands)]", at: "--bands"))) }
        return params
    }
}

struct ThemeFloorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floors", abstract: "Set the products of a theme out on floors.",
        discussion: """
            Floors go by a declared field, by cluster, or by whatever cuts the products best (auto). A number gives price \
            bands. No product comes twice; what is too small for a floor is merged into the last one. Status 2 says that \
            there is nothing to set out.

              ilk theme floors products pandas --by category --max-per brand=2
              ilk theme floors products --text "desk lamps" --by price --bands 30,100
            """)
    @Argument(help: "The collection of products.") var collection: String
    @OptionGroup var subject: SubjectOptions
    @Option(help: ArgumentHelp("A product, in place of a theme; may be repeated.", valueName: "id"))
    var product: [PointArgument] = []
    @Option(help: ArgumentHelp("A declared field, cluster, attribute or auto.", valueName: "field")) var by = "auto"
    @OptionGroup var floors: FloorOptions
    @OptionGroup var selection: SelectionOptions
    @Option(help: ArgumentHelp("Show these fields of the payloads.", valueName: "a,b.c")) var fields: String?
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard [subject.theme != nil, subject.text != nil, !product.isEmpty].count(where: { $0 }) == 1 else {
            throw ValidationError("Say what shall be set out: a theme's id, --text or --product.")
        }
    }

    func run() async throws {
        let columns = ProductColumns(fields)
        var params: [(String, JSONValue)] = [("collection", .string(collection))]
        params += subject.parameters
        if !product.isEmpty { params.append(("products", .array(product.map(\.json)))) }
        params += try floors.parameters(by: by) + selection.parameters
        if !client.json || fields != nil { params.append(("with_payload", columns.payload)) }
        let result = try await client.call("theme.floors", params)
        let floors = result["floors"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else {
            for (place, floor) in floors.enumerated() {
                if place > 0 { Output.line("") }
                Output.line("== \(place + 1). \((floor["title"]?.plain ?? "").printable)")
                var table = Table([.text("id"), .text("product"), .number("score")])
                for product in floor["products"]?.elements ?? [] {
                    table.add([
                        product["id"]?.plain ?? "", columns.text(product),
                        product["score"]?.number.map(Format.measured) ?? "",
                    ])
                }
                table.show()
            }
            let missing = result["missing"]?.elements ?? []
            if !missing.isEmpty {
                Output.note("not there: \(missing.map { $0.plain.printable }.joined(separator: ", "))")
            }
        }
        if floors.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}
