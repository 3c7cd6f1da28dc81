import ArgumentParser
import Foundation
import IlkClient
import IlkProtocol

struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn texts into vectors.",
        discussion: """
            Texts are arguments, or lines of --file. A question is embedded as --kind query, what shall be found by it as \
            --kind passage: many models tell the two apart. With --json each text is a line with its vector, tokens and \
            the model's fingerprint.

              ilk embed "panda plush toy" "熊猫毛绒玩具"
              ilk embed --file titles.txt --kind passage --json > vectors.ndjson
            """)

    @Argument(help: ArgumentHelp("The texts.", valueName: "text")) var texts: [String] = []
    @Option(help: ArgumentHelp("A file with a text a line; - reads standard input.", valueName: "file"))
    var file: String?
    @Option(help: ArgumentHelp("The model (default: see `ilk model default`).", valueName: "name")) var model: String?
    @Option(help: "What the texts are for: query or passage.") var kind = EmbeddingKind.query
    @Option(help: "Components to keep, where the model was trained for it.") var dimensions: Int?
    @Flag(help: "Cut texts that are too long for the model; without it they are an error.") var truncate = false
    @OptionGroup var client: ClientOptions

    /// Texts of one request: enough to keep the daemon busy, few enough that a bar moves.
    private static let textsPerRequest = 256
    /// Bytes of texts of one request, about.
    private static let bytesPerRequest = 1 << 20

    func validate() throws {
        guard texts.isEmpty != (file == nil) else { throw ValidationError("Give texts, or --file.") }
        if let dimensions, !(1...65_536).contains(dimensions) {
            throw ValidationError("--dimensions is \(dimensions); choose 1 to 65536.")
        }
    }

    func run() async throws {
        let texts = try file.map(TextLines.read) ?? texts
        guard !texts.isEmpty else { throw Failure("\(file ?? "") has no text", status: Failure.nothingFound) }
        let connection = try await client.connect()
        let bar = ProgressBar()
        defer { bar.clear() }
        var table = Table([.text("text"), .number("tokens"), .text(""), .text("vector")])
        var last: JSONValue?
        var done = 0
        while done < texts.count {
            let part = Self.part(of: texts, from: done)
            let result = try await embed(part, connection, first: done)
            let embeddings = result["embeddings"]?.elements ?? []
            for (text, embedding) in zip(part, embeddings) {
                if client.json {
                    bar.clear()
                    Output.json(line(text, embedding, of: result))
                } else {
                    table.add([
                        text.cut(to: 40), embedding["tokens"]?.plain ?? "",
                        embedding["truncated"] == .bool(true) ? "cut" : "", PointTable.shortened(embedding["vector"]),
                    ])
                }
            }
            done += part.count
            last = result
            if texts.count > part.count { bar.show("embedding", done: done, total: texts.count, unit: "texts") }
        }
        bar.clear()
        guard !client.json else { return }
        table.show()
        Output.note(
            "model \(last?["fingerprint"]?.plain ?? ""), \(last?["dimensions"]?.plain ?? "?") components, "
                + "as \(kind.rawValue)")
    }

    private static func part(of texts: [String], from first: Int) -> [String] {
        var bytes = 0
        var end = first
        while end < texts.count, end - first < textsPerRequest, end == first || bytes < bytesPerRequest {
            bytes += texts[end].utf8.count
            end += 1
        }
        return Array(texts[first..<end])
    }

    private func embed(_ texts: [String], _ connection: IlkConnection, first: Int) async throws -> JSONValue {
        var params: [(String, JSONValue)] = [
            ("texts", .array(texts.map { .string($0) })), ("kind", .string(kind.rawValue)),
            ("truncate", .string((truncate ? TruncationPolicy.end : .error).rawValue)),
        ]
        if let model { params.append(("model", .string(model))) }
        if let dimensions { params.append(("dimensions", .int(Int64(dimensions)))) }
        do {
            return try await connection.call("embed", .object(JSONObject(params)))
        } catch let error as IlkError where file != nil && texts.count > 1 {
            let last = first + texts.count
            throw Failure("texts \(first + 1) to \(last) of \(file ?? ""): \(error.message) (\(error.code.rawValue))")
        }
    }

    private func line(_ text: String, _ embedding: JSONValue, of result: JSONValue) -> JSONValue {
        var members: [(String, JSONValue)] = [("text", .string(text))]
        for key in ["tokens", "truncated"] { if let value = embedding[key] { members.append((key, value)) } }
        for key in ["model", "fingerprint"] { if let value = result[key] { members.append((key, value)) } }
        if let vector = embedding["vector"] { members.append(("vector", vector)) }
        return .object(JSONObject(members))
    }
}

/// The lines of a text file.
enum TextLines {
    /// The lines that are not blank, without their ends; `-` reads standard input.
    static func read(_ path: String) throws -> [String] {
        let data: Data
        if path == "-" {
            data = FileHandle.standardInput.readDataToEndOfFile()
        } else {
            do {
                data = try Data(contentsOf: URL(filePath: path))
            } catch {
                throw Failure("cannot read \(path): is it there, and may you read it?")
            }
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure(
                "\(path == "-" ? "standard input" : path) is not UTF-8; convert it first, with iconv for instance")
        }
        return text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.allSatisfy(\.isWhitespace) }
    }
}
