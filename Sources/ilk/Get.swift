import ArgumentParser
import IlkProtocol

struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show points by their ids.",
        discussion: """
            With --json a point is a line. Ids that are not there are named on standard error; status 2 says that none \
            is there.

              ilk get products sku-1 sku-2
              ilk get images 17 --with-vectors --json
            """)

    @Argument(help: "The collection.") var collection: String
    @Argument(help: ArgumentHelp("The ids. \(PointArgument.explanation)", valueName: "id")) var ids: [PointArgument]
    @Flag(help: "Show the vectors too.") var withVectors = false
    @OptionGroup var payloads: PayloadOptions
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "points.get",
            [
                ("collection", .string(collection)), ("ids", .array(ids.map(\.json))),
                ("with_vectors", .bool(withVectors)),
                ("with_payload", payloads.value),
            ])
        let points = result["points"]?.elements ?? []
        PointTable.show(points, json: client.json)
        let missing = result["missing"]?.elements ?? []
        if !missing.isEmpty { Output.note("not there: \(missing.map { $0.text.printable }.joined(separator: ", "))") }
        if points.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}

/// Points as `points.get` and `points.scroll` answer them.
enum PointTable {
    static func show(_ points: [JSONValue], json: Bool) {
        if json { return points.forEach { Output.json($0) } }
        guard !points.isEmpty else { return }
        var fields: [String] = []
        for name in points.flatMap({ $0["vectors"]?.members.map(\.key) ?? [] }) where !fields.contains(name) {
            fields.append(name)
        }
        let hasPayloads = points.contains { $0["payload"] != nil }
        let expires = points.contains { $0["expires_at"] != nil }
        var table = Table(
            [.text("id")] + fields.map { .text($0) } + (expires ? [.text("expires_at")] : [])
                + (hasPayloads ? [.text("payload")] : []))
        for point in points {
            let vectors = fields.map { shortened(point["vectors"]?[$0]) }
            table.add(
                [point["id"]?.text ?? ""] + vectors + (expires ? [point["expires_at"]?.text ?? ""] : [])
                    + (hasPayloads ? [point["payload"]?.text ?? ""] : []))
        }
        table.show()
    }

    /// The first numbers of a vector, and how many there are.
    static func shortened(_ vector: JSONValue?) -> String {
        guard let numbers = vector?.elements, !numbers.isEmpty else { return "" }
        let first = numbers.prefix(3).map { Format.decimal($0.number ?? .nan, 4) }.joined(separator: " ")
        return numbers.count > 3 ? "\(first) … (\(numbers.count))" : first
    }
}
