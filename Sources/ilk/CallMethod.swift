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

    func validate() throws {
        if params != "-" { _ = try TypedJSON.text(Array(params.utf8), at: "<params>") }
    }

    func run() async throws {
        // As it was typed: what the parameters must be, the daemon knows.
        let result = try await client.call(method, try text())
        if client.json || !Output.isTerminal { Output.json(result) } else { Output.line(result.pretty) }
    }

    private func text() throws -> JSONText {
        guard params == "-" else { return try TypedJSON.text(Array(params.utf8), at: "<params>") }
        do {
            return try TypedJSON.text(Array(FileHandle.standardInput.readDataToEndOfFile()), at: "standard input")
        } catch let error as ValidationError {
            throw Failure(error.message, status: Failure.wrongUsage)
        }
    }
}
