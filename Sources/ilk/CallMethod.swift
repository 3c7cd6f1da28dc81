import ArgumentParser
import Foundation
import IlkProtocol

struct CallMethod: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Call any method of the protocol with JSON parameters.",
        discussion: """
            Prints the result. docs/PROTOCOL.md lists the methods; `-` takes the parameters from standard input.

              ilk call ping
              ilk call points.count '{"collection":"products","filter":"price < 30"}'
              ilk call points.upsert - < request.json
            """)

    @Argument(help: "The method, such as search.") var method: String
    @Argument(help: "Its parameters: a JSON object, or - for standard input.") var params = "{}"
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let text = params == "-" ? FileHandle.standardInput.readDataToEndOfFile() : Data(params.utf8)
        let value: JSONValue
        do {
            value = try JSONValue.parse(Array(text))
        } catch {
            throw ValidationError("The parameters are not JSON: \(error.message)")
        }
        guard case .object(let object) = value else { throw ValidationError("The parameters are not a JSON object.") }
        let result = try await client.call(method, object.members.map { ($0.key, $0.value) })
        if client.json || !Output.isTerminal { Output.json(result) } else { Output.line(result.pretty) }
    }
}
