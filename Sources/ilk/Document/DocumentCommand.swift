import ArgumentParser
import IlkClient
import IlkProtocol

struct DocumentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "document",
        abstract: "Add, list, show and delete the documents of a knowledge base.",
        discussion: """
            A knowledge base is made by `ilk collection create NAME --knowledge`. `ilk ask-context` searches it.

              ilk document add handbook docs/ --recursive --metadata lang=en
              ilk document list handbook
            """,
        subcommands: [
            DocumentAddCommand.self, DocumentListCommand.self, DocumentGetCommand.self, DocumentDeleteCommand.self,
        ])
}

struct DocumentListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the documents in the order in which they were first added.",
        discussion: """
            With --json a document is a line. Status 2 says that there are none.

              ilk document list handbook --all
            """)
    @Argument(help: "The knowledge base.") var collection: String
    @Option(name: .shortAndLong, help: "How many documents to show.") var limit = 100
    @Flag(help: "Show all of them.") var all = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is \(limit); choose 1 or more, or --all.") }
    }

    func run() async throws {
        var documents: [JSONValue] = []
        let (_, areMore) = try await client.connect().pages(
            "document.list", [("collection", .string(collection))], of: "documents", limit: all ? .max : limit,
            page: 1_000
        ) { documents += $0 }
        if client.json {
            documents.forEach { Output.json($0) }
        } else if !documents.isEmpty {
            var table = Table([.text("id"), .text("title"), .number("passages"), .text("metadata")])
            for document in documents {
                table.add([
                    document["id"]?.plain ?? "", (document["title"]?.plain ?? "").cut(to: 50),
                    document["passage_count"]?.integer.map(Format.count) ?? "", document["metadata"]?.text ?? "",
                ])
            }
            table.show()
            if areMore { Output.note("there are more: --limit or --all") }
        }
        if documents.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }
}

struct DocumentGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show documents with their texts, or with their passages.",
        discussion: """
            A document's text is printed as ilk keeps it: citations count characters in it. With --json a document is a line.

              ilk document get handbook returns.md
              ilk document get handbook returns.md --passages
            """)
    @Argument(help: "The knowledge base.") var collection: String
    @Argument(help: ArgumentHelp("The documents.", valueName: "id")) var ids: [String]
    @Flag(help: "Show the passages it was split into instead of the text.") var passages = false
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "document.get",
            [
                ("collection", .string(collection)), ("ids", .array(ids.map { .string($0) })),
                ("with_text", .bool(!passages)), ("with_passages", .bool(passages)),
            ])
        let documents = result["documents"]?.elements ?? []
        if client.json {
            documents.forEach { Output.json($0) }
        } else {
            for (place, document) in documents.enumerated() {
                if place > 0 { Output.line("") }
                if documents.count > 1 || passages { Output.line("== " + (document["id"]?.plain.printable ?? "")) }
                if passages {
                    show(document["passages"]?.elements ?? [])
                } else {
                    Output.line(document["text"]?.plain ?? "")
                }
            }
        }
        let missing = result["missing"]?.elements ?? []
        if !missing.isEmpty { Output.note("not there: \(missing.map { $0.plain.printable }.joined(separator: ", "))") }
        if documents.isEmpty { throw Failure("", status: Failure.nothingFound) }
    }

    private func show(_ passages: [JSONValue]) {
        for passage in passages {
            let citation = Citation(passage)
            Output.line("")
            Output.line("-- \(citation.place)" + (citation.headings.isEmpty ? "" : "  \(citation.headings)"))
            Output.line(passage["text"]?.plain ?? "")
        }
    }
}

struct DocumentDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete documents with their passages.",
        discussion: """
            Status 2 says that there were none.

              ilk document delete handbook returns.md
            """)
    @Argument(help: "The knowledge base.") var collection: String
    @Argument(help: ArgumentHelp("The documents.", valueName: "id")) var ids: [String]
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "document.delete", [("collection", .string(collection)), ("ids", .array(ids.map { .string($0) }))])
        let count = result["deleted"]?.integer ?? 0
        if client.json { Output.json(result) } else { Output.line("\(Format.count(count)) deleted") }
        if count == 0 { throw Failure("", status: Failure.nothingFound) }
    }
}
