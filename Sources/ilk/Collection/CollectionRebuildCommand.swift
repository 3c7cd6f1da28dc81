import ArgumentParser
import IlkProtocol

struct CollectionRebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Build the graphs of a collection anew from its records.",
        discussion: """
            Searches are exact meanwhile, and writes go on. `ilk jobs cancel` ends it; the same command goes on with it.

              ilk collection rebuild products
            """)
    @Argument(help: "The collection.") var name: String
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call("collection.rebuild", [("collection", .string(name))])
        if client.json { Output.json(result) } else { Output.line("\(name): \(result["state"]?.plain ?? "")") }
    }
}
