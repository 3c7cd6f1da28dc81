import ArgumentParser
import IlkProtocol

struct MCP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp",
        abstract:
            "Serve collections to a language model, over the Model Context Protocol on standard input and output.",
        discussion: """
            An assistant's program starts this command and speaks to it until it closes its standard input; docs/MCP.md \
            says how it is registered. Tools: list_collections, describe_collection, search, retrieve, get, facets and \
            recommend; with --allow-writes also upsert, delete and upsert_documents. The daemon must run; it may be \
            started, stopped and started again meanwhile.

              ilk mcp --collection handbook
              ilk mcp --collection products --collection handbook --allow-writes
            """)

    @Option(
        help: ArgumentHelp(
            "A collection that may be seen; may be repeated (default: all of them).", valueName: "collection"))
    var collection: [String] = []
    @Flag(help: "Offer the tools that change and delete points and documents.") var allowWrites = false
    @Option(
        help: ArgumentHelp(
            "The daemon's socket (default: ILK_SOCKET, or the one `ilk serve` chooses).", valueName: "path"))
    var socket: String?
    @Option(help: ArgumentHelp("Seconds to wait for the daemon's reply.", valueName: "seconds")) var timeout = 120.0

    func validate() throws {
        guard timeout > 0, timeout <= 1e6 else {
            throw ValidationError("--timeout is \(timeout); choose up to 1000000 seconds.")
        }
    }

    func run() async throws {
        let link = DaemonLink(path: socket ?? Places.socket, timeout: .milliseconds(Int64(timeout * 1_000)))
        // Standard output carries the protocol alone; a person who tries this by hand sees here what is missing.
        if let reason = await link.problem() { Output.note("ilk: \(reason); tools answer so until it runs") }
        let tools = MCPTools(scope: MCPScope(collections: collection, allowsWrites: allowWrites), link: link)
        await MCPServer(tools: tools).run(MCPInput.lines())
    }
}

/// What a client of `ilk mcp` may see and do.
struct MCPScope: Sendable {
    /// The collections that may be seen; all where empty.
    var collections: [String]
    var allowsWrites: Bool

    /// The collection that a call means: what it says, or the only one there is.
    func collection(_ arguments: MCPArguments) throws -> String {
        guard let name = try arguments.string("collection") else {
            guard collections.count == 1 else {
                throw IlkError(
                    .invalidRequest, "'collection' is missing; list_collections tells which collections there are")
            }
            return collections[0]
        }
        guard collections.isEmpty || collections.contains(name) else {
            throw IlkError(
                .notFound,
                "no collection named '\(name)' is offered here\(NearestName.hint(for: name, among: collections)); "
                    + "there are \(collections.joined(separator: ", "))")
        }
        return name
    }
}
