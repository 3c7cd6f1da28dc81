import ArgumentParser
import IlkProtocol

struct CollectionDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Delete a collection with everything in it.",
        discussion: """
            There is no way back but a snapshot.

              ilk collection drop products
            """)
    @Argument(help: "The collection.") var name: String
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call("collection.drop", [("collection", .string(name))])
        if client.json { Output.json(result) } else { Output.line("\(name) dropped") }
    }
}
