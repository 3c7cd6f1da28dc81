import ArgumentParser
import IlkProtocol

struct Patch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Change members of payloads, where null removes a member, or when points expire.",
        discussion: """
            Status 2 says that there were no such points.

              ilk patch products --payload '{"price":9.5,"sale":null}' sku-1
              ilk patch products --payload '{"season":"winter"}' \\
                  --filter "category = 'coats'"
              ilk patch products --expires-at 1767225600 sku-1
            """)

    @Argument(help: "The collection.") var collection: String
    @Option(help: ArgumentHelp("The members to change, a JSON object.", valueName: "json")) var payload: String?
    @Option(
        help: ArgumentHelp(
            "From which second since 1970 on the points are not found any more; or never.", valueName: "seconds"))
    var expiresAt: String?
    @OptionGroup var selection: PointSelectionOptions
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard payload != nil || expiresAt != nil else {
            throw ValidationError("What is to change? Give --payload or --expires-at.")
        }
        _ = try changes()
    }

    private func changes() throws -> [(String, JSONValue)] {
        var changes: [(String, JSONValue)] = []
        if let payload { changes.append(("payload", try TypedJSON.value(payload, at: "--payload"))) }
        if let expiresAt {
            guard expiresAt == "never" || Int64(expiresAt) != nil else {
                throw ValidationError(
                    "--expires-at is '\(expiresAt)'; give whole seconds since 1970 (date -d tomorrow +%s), or never.")
            }
            changes.append(("expires_at", Int64(expiresAt).map { .int($0) } ?? .string(expiresAt)))
        }
        return changes
    }

    func run() async throws {
        let result = try await client.call(
            "points.patch", [("collection", .string(collection)), selection.parameter] + changes())
        let count = result["patched"]?.integer ?? 0
        if client.json { Output.json(result) } else { Output.line("\(Format.count(count)) changed") }
        if count == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}
