import ArgumentParser
import IlkClient
import IlkProtocol

struct DocumentAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add files to a knowledge base, or replace what is there of them.",
        discussion: """
            A document's id is its file's name, or its path below the folder that is named; passages that did not change \
            are not embedded again. --metadata lang=en is what a filter asks for as metadata.lang, and --context a text that is searched with \
            every passage and never shown. Of a folder, text, Markdown and HTML files are taken. Files that cannot be \
            documents are named, the others are added: then the status is 1.

              ilk document add handbook returns.md --metadata lang=en
              ilk document add handbook docs/ --recursive
              curl -s https://example.org/page | \\
                  ilk document add handbook - --id page --format html
            """)

    @Argument(help: "The knowledge base.") var collection: String
    @Argument(help: ArgumentHelp("Files; - reads standard input.", valueName: "file")) var files: [String]
    @Option(help: "How they are written: auto (as their names tell), plain, markdown or html.")
    var format = DocumentFormatChoice.auto
    @Flag(name: .shortAndLong, help: "Add the documents in folders and below them.") var recursive = false
    @Option(help: ArgumentHelp("The document's id, for one file (default: its name).", valueName: "id")) var id: String?
    @Option(help: ArgumentHelp("Its title, for one file (default: what it calls itself).", valueName: "title"))
    var title: String?
    @Option(
        help: ArgumentHelp(
            "What filters may ask for: true, 7 and [\"a\"] are JSON, everything else is a string; may be repeated.",
            valueName: "key=value"))
    var metadata: [MetadataArgument] = []
    @Option(help: ArgumentHelp("A text that is searched with every passage and never shown.", valueName: "text"))
    var context: String?
    @Option(help: "Answer when documents are durable, or searchable by meaning too.") var wait = WriteWait.searchable
    @OptionGroup var client: ClientOptions

    /// Documents of one request, and about how many bytes of them.
    private static let documentsPerRequest = 100, bytesPerRequest = 2 << 20

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name at least one file.") }
        guard files.count(where: { $0 == "-" }) < 2 else { throw ValidationError("Standard input can be read once.") }
        guard files.count == 1 && !recursive || (id == nil && title == nil) else {
            throw ValidationError("--id and --title are for one file.")
        }
        if let key = metadata.map(\.key).first(where: { key in metadata.count { $0.key == key } > 1 }) {
            throw ValidationError("--metadata \(key) is given twice; a list is --metadata '\(key)=[…]'.")
        }
        guard id != nil || !files.contains("-") else { throw ValidationError("Standard input needs an --id.") }
    }

    func run() async throws {
        let files = try DocumentFile.files(at: files, recursive: recursive)
        guard !files.isEmpty else {
            throw Failure("there are no text, Markdown or HTML files in \(self.files.joined(separator: ", "))")
        }
        try refuseEqualIDs(files)
        let connection = try await client.connect()
        let bar = ProgressBar()
        defer { bar.clear() }
        var total = Receipt()
        var batch: [JSONValue] = []
        var bytes = 0
        var refused = 0
        for (place, file) in files.enumerated() {
            do {
                let (document, size) = try document(of: file)
                batch.append(document)
                bytes += size
            } catch let failure as Failure {
                bar.clear()
                Output.note("ilk: \(file.path): \(failure.message)")
                refused += 1
            }
            let isLast = place + 1 == files.count
            guard isLast || batch.count >= Self.documentsPerRequest || bytes >= Self.bytesPerRequest else { continue }
            if !batch.isEmpty { refused += try await send(batch, connection, bar, &total) }
            batch = []
            bytes = 0
            if files.count > 1 { bar.show("documents", done: place + 1, total: files.count, unit: "documents") }
        }
        bar.clear()
        show(total)
        if refused > 0 { throw Failure("\(Format.counted(refused, "file")) left out; the others are added") }
    }

    private struct Receipt {
        var documents = 0, passages = 0, embedded = 0, unchanged = 0, sequence = 0
    }

    private func refuseEqualIDs(_ files: [DocumentFile]) throws {
        var paths: [String: String] = [:]
        for file in files {
            guard let other = paths.updateValue(file.path, forKey: file.id), other != file.path else { continue }
            throw Failure(
                "\(other) and \(file.path) would both be document '\(file.id)'; add them by their folder with --recursive, or one by one with --id"
            )
        }
    }

    private func document(of file: DocumentFile) throws -> (JSONValue, bytes: Int) {
        let text = try file.text()
        guard !text.allSatisfy(\.isWhitespace) else { throw Failure("it is empty") }
        var members: [(String, JSONValue)] = [
            ("id", .string(id ?? file.id)), ("text", .string(text)),
            ("format", .string(format.format(of: file.path).rawValue)),
        ]
        if let title { members.append(("title", .string(title))) }
        if !metadata.isEmpty {
            members.append(("metadata", .object(JSONObject(metadata.map { ($0.key, $0.value) }))))
        }
        if let context { members.append(("context", .string(context))) }
        return (.object(JSONObject(members)), text.utf8.count)
    }

    /// Sends documents at once, or one by one where the daemon refuses one of them; how many it refused.
    private func send(
        _ documents: [JSONValue], _ connection: IlkConnection, _ bar: ProgressBar, _ total: inout Receipt
    ) async throws -> Int {
        do {
            let result = try await connection.call(
                "document.upsert",
                .object(
                    JSONObject([
                        ("collection", .string(collection)), ("documents", .array(documents)),
                        ("wait", .string(wait.rawValue)),
                    ])))
            total.documents += result["documents"]?.integer ?? 0
            total.passages += result["passages"]?.integer ?? 0
            total.embedded += result["embedded"]?.integer ?? 0
            total.unchanged += result["unchanged"]?.integer ?? 0
            total.sequence = max(total.sequence, result["sequence"]?.integer ?? 0)
            return 0
        } catch let error as IlkError where error.code == .tooLarge || error.message.contains("documents[") {
            guard documents.count > 1 else {
                bar.clear()
                Output.note("ilk: \(documents[0]["id"]?.plain.printable ?? ""): \(error.message)")
                return 1
            }
            var refused = 0
            for document in documents { refused += try await send([document], connection, bar, &total) }
            return refused
        }
    }

    private func show(_ total: Receipt) {
        guard !client.json else {
            return Output.json(
                .object(
                    JSONObject([
                        ("documents", .int(Int64(total.documents))), ("passages", .int(Int64(total.passages))),
                        ("embedded", .int(Int64(total.embedded))), ("unchanged", .int(Int64(total.unchanged))),
                        ("sequence", .int(Int64(total.sequence))),
                    ])))
        }
        Output.line(
            "\(Format.counted(total.documents, "document")), \(Format.counted(total.passages, "passage")): "
                + "\(Format.count(total.embedded)) embedded, \(Format.count(total.unchanged)) unchanged")
    }
}

/// A member of a document's metadata, as `lang=en`.
struct MetadataArgument: ExpressibleByArgument {
    let key: String
    let value: JSONValue

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        key = String(argument[..<equals])
        let text = String(argument[argument.index(after: equals)...])
        value = (try? JSONValue.parse(text)) ?? .string(text)
    }
}
