import ArgumentParser
import IlkProtocol

struct CollectionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the collections with their state.",
        discussion: """
            With --json a collection is a line.

              ilk collection list
            """)
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let collections = try await client.call("collection.list")["collections"]?.elements ?? []
        if client.json { return collections.forEach { Output.json($0) } }
        guard !collections.isEmpty else {
            return Output.note("there are no collections; make one with: ilk collection create")
        }
        var table = Table([.text("name"), .number("points"), .text("state"), .text("")])
        for collection in collections {
            table.add([
                collection["name"]?.plain ?? "", collection["count"]?.integer.map(Format.count) ?? "?",
                collection["state"]?.plain ?? "", collection["reason"]?.plain ?? "",
            ])
        }
        table.show()
    }
}
