import ArgumentParser
import IlkProtocol

struct AskContext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask-context",
        abstract: "Find the passages that answer a question, packed and cited for a language model's prompt.",
        discussion: """
            Passages come best first, each under its citation: number, title and headings, document and the range of \
            characters. Near-duplicates are left out, neighbors merged. With --json the daemon's result comes on one line. \
            Status 2 says that nothing was found.

              ilk ask-context handbook "How long may I return goods?"
              ilk ask-context handbook "退货期限是多久?" -k 8 \\
                  --token-budget 1500 --filter "metadata.lang = 'zh'"
            """)

    @Argument(help: "The knowledge base.") var collection: String
    @Argument(help: "The question; quote it.") var question: String
    @Option(name: .shortAndLong, help: "Passages at most, 1 to 100.") var k = 5
    @Option(
        help: ArgumentHelp("Tokens that all passages have together at most (default: no limit).", valueName: "count"))
    var tokenBudget: Int?
    @Option(help: ArgumentHelp("Passages of one document at most (default: no limit).", valueName: "count"))
    var perDocument: Int?
    @Option(help: "Neighbors by which each passage is widened on either side, 0 to 10.") var window = 0
    @Option(help: "By meaning (dense), by words (lexical) or by both (hybrid).") var mode = SearchMode.hybrid
    @Option(
        help: ArgumentHelp(
            "Only documents that pass this filter, such as \"metadata.lang = 'en'\"; document and title are their id and title.",
            valueName: "filter"))
    var filter: String?
    @Flag(help: "Tell how the search was done and why.") var explain = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...100).contains(k) else { throw ValidationError("-k is \(k); choose 1 to 100.") }
        guard (0...10).contains(window) else { throw ValidationError("--window is \(window); choose 0 to 10.") }
        if let tokenBudget, tokenBudget < 1 {
            throw ValidationError("--token-budget is \(tokenBudget); choose 1 or more.")
        }
        if let perDocument, !(1...100).contains(perDocument) {
            throw ValidationError("--per-document is \(perDocument); choose 1 to 100.")
        }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [
            ("collection", .string(collection)), ("query", .string(question)), ("k", .int(Int64(k))),
            ("mode", .string(mode.rawValue)), ("window", .int(Int64(window))),
        ]
        if let tokenBudget { params.append(("token_budget", .int(Int64(tokenBudget)))) }
        if let perDocument { params.append(("per_document", .int(Int64(perDocument)))) }
        if let filter { params.append(("filter", .string(filter))) }
        if explain { params.append(("explain", .bool(true))) }
        let result = try await client.call("retrieve", params)
        let passages = result["passages"]?.elements ?? []
        if client.json {
            Output.json(result)
        } else {
            if !passages.isEmpty { Output.line(Citation.packed(passages)) }
            if let explain = result["explain"], explain != .null { Output.note(explain.pretty) }
            Output.note(
                "\(Format.counted(passages.count, "passage")), \(Format.counted(result["tokens"]?.integer ?? 0, "token"))"
            )
        }
        if passages.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}
