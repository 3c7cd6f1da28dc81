import ArgumentParser
import IlkDatasets
import IlkProtocol

struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find points by a text, by a vector, or by another point that they are like.",
        discussion: """
            The query is one of a text, --vector, --vector-file with --row, and --id. A text is searched by meaning and by \
            words, as far as the collection has them, and both rankings are fused; --mode takes one of them. A text beside \
            --vector gives the words of a hybrid search. With --json the daemon's result comes on one line. Status 2 says \
            that nothing was found.

              ilk search products "熊猫毛绒玩具" -k 5 --filter "price < 30"
              ilk search products "C65 toner" --mode lexical --highlight
              ilk search products --id sku-1 --fields title,price
              ilk search images --vector-file queries.fvecs --row 17 --explain
            """)

    @Argument(help: "The collection to search.") var collection: String
    @OptionGroup var question: TextQueryOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The query: numbers such as 0.1,0.7,0.2, a JSON array of them, or base64 of little-endian f32.",
            valueName: "vector"))
    var vector: String?
    @Option(
        help: ArgumentHelp("A file that holds the query: .npy, .fvecs, .bvecs or IDX, also .gz.", valueName: "file"))
    var vectorFile: String?
    @Option(help: ArgumentHelp("The row of --vector-file, from 0.", valueName: "row"))
    var row = 0
    @Option(help: ArgumentHelp("Find points like this one. \(PointArgument.explanation)", valueName: "id"))
    var id: PointArgument?

    @Option(name: .shortAndLong, help: "How many points to find, 1 to 10000.")
    var k = 10
    @Option(help: "Width of the candidate list: larger finds more and takes longer. ilk chooses if it is not given.")
    var ef: Int?
    @Option(
        help:
            "Search as widely as finds this share of the true neighbors, 0.5 to 0.999, by what the daemon has measured."
    )
    var recall: Double?
    @Option(help: ArgumentHelp("The vector field, where the collection has several.", valueName: "field"))
    var using: String?
    @Option(help: ArgumentHelp("Only points that pass this filter, such as \"price < 30\".", valueName: "filter"))
    var filter: String?
    @Flag(help: "Measure every point that passes the filter: exact, and slow for many.")
    var exact = false
    @Option(help: ArgumentHelp("Only points that are no farther than this.", valueName: "distance"))
    var maxDistance: Double?
    @Option(
        help: ArgumentHelp(
            "Count the most frequent values of this payload field among what was found; may be repeated.",
            valueName: "field"))
    var facet: [String] = []
    @Flag(help: "Show the vectors that were found.")
    var withVectors = false
    @Flag(help: "Tell how the search was done and why.")
    var explain = false

    @OptionGroup var payloads: PayloadOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        let vectors = [vector != nil, vectorFile != nil].count { $0 }
        guard vectors <= 1, id == nil || (vectors == 0 && question.query == nil) else {
            throw ValidationError("Give the query as one of a text, --vector, --vector-file and --id.")
        }
        guard vectors == 1 || id != nil || question.query != nil else {
            throw ValidationError("Say what to find: a text, --vector, --vector-file or --id.")
        }
        guard (1...10_000).contains(k) else { throw ValidationError("-k is \(k); choose 1 to 10000.") }
        guard row >= 0 else { throw ValidationError("--row is \(row); the first row is 0.") }
        guard row == 0 || vectorFile != nil else { throw ValidationError("--row belongs to --vector-file.") }
        guard payloads.payload || !question.highlight else {
            throw ValidationError("--highlight marks words in payloads; leave out --no-payload.")
        }
        if let vector { _ = try Self.query(typed: vector) }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(collection)), ("k", .int(Int64(k)))]
        params += try query() + question.parameters
        if let using { params.append(("using", .string(using))) }
        if let ef { params.append(("ef", .int(Int64(ef)))) }
        if let recall { params.append(("recall", .double(recall))) }
        if let filter { params.append(("filter", .string(filter))) }
        if exact { params.append(("exact", .bool(true))) }
        if let maxDistance { params.append(("max_distance", .double(maxDistance))) }
        if !facet.isEmpty { params.append(("facets", .array(facet.map { .string($0) }))) }
        if withVectors { params.append(("with_vectors", .bool(true))) }
        if explain { params.append(("explain", .bool(true))) }
        params.append(("with_payload", payloads.value))
        let result = try await client.call("search", params)
        let hits = result["hits"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else {
            SearchTable(hits: hits, withVectors: withVectors, highlight: question.highlight).show()
            show(result)
        }
        guard hits.isEmpty else { return }
        if filter != nil { await noteUndeclared(params) }
        throw Failure("", status: Failure.nothingFound)
    }

    /// Names the fields of the filter that the collection does not declare: one that is misspelt matches nothing.
    private func noteUndeclared(_ params: [(String, JSONValue)]) async {
        let explained = params.filter { $0.0 != "explain" } + [("explain", .bool(true))]
        guard let result = try? await client.call("search", explained),
            let schema = try? await client.call("collection.describe", [("collection", .string(collection))])
        else { return }
        let declared = schema["fields"]?.members.map(\.key) ?? []
        for name in (result["explain"]?["undeclared"]?.elements ?? []).compactMap(\.string) {
            Output.note(
                "ilk: \(collection) declares no field '\(name)'\(NearestName.hint(for: name, among: declared))")
        }
    }

    private func query() throws -> [(String, JSONValue)] {
        if let id { return [("id", id.json)] }
        if let vectorFile {
            return [("vector", .string(Base64Vector.encode(try VectorFile.row(row, of: vectorFile))))]
        }
        return try vector.map { [("vector", try Self.query(typed: $0))] } ?? []
    }

    private static func query(typed text: String) throws -> JSONValue {
        if text.contains("[") { return try TypedJSON.value(text, at: "--vector") }
        // Base64 has no commas.
        if text.contains(",") { return try TypedJSON.value("[\(text)]", at: "--vector") }
        guard Base64Vector.decode(text) != nil else {
            throw ValidationError(
                "--vector is neither numbers, such as 1,0,0 or '[1,0,0]', nor base64 of little-endian f32.")
        }
        return .string(text)
    }

    /// What belongs to the result beside its hits.
    private func show(_ result: JSONValue) {
        for facet in result["facets"]?.members ?? [] {
            Output.line("")
            var table = Table([.text(facet.key), .number("count")])
            for value in facet.value.elements {
                table.add([value["value"]?.plain ?? "", Format.count(value["count"]?.integer ?? 0)])
            }
            table.show()
        }
        if let explain = result["explain"], explain != .null { Output.line(explain.pretty) }
        let count = result["hits"]?.elements.count ?? 0
        let exhausted = result["exhausted"] == .bool(true) ? "; there are no more that pass" : ""
        Output.note("\(count) found in \(Format.microseconds(result["took_us"]?.number ?? 0))\(exhausted)")
    }
}
