import ArgumentParser
import IlkProtocol

struct CollectionDescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "Show a collection: schema, count, state, models, memory and disk.",
        discussion: """
            Texts that wait are stored and found by their words; by their meaning once the model has embedded them.

              ilk collection describe products
              ilk collection describe products --json | jq .memory
            """)
    @Argument(help: "The collection.") var name: String
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let description = try await client.call("collection.describe", [("collection", .string(name))])
        if client.json { return Output.json(description) }
        let state = description["state"]?.plain ?? ""
        let reason = description["reason"]?.plain ?? ""
        // One that cannot be read does not tell how many.
        let documents = description["documents"]?.integer
        let thing = documents == nil ? "point" : "passage"
        var points = description["count"]?.integer.map { Format.counted($0, thing) } ?? "? \(thing)s"
        if let documents { points = "\(Format.counted(documents, "document")), \(points)" }
        Output.line("\(name): \(points), \(state)\(reason.isEmpty ? "" : " (\(reason))")")
        embedding(description["embedding"])
        vectors(description)
        models(description)
        table("text field", "weight", description["text"]) { Format.short($0.number ?? 1) }
        table("payload field", "type", description["fields"]) { $0.plain }
        table("memory", "size", description["memory"]) { Format.bytes($0.integer ?? 0) }
        issues(description["issues"])
        table("disk", "size", description["disk"]) { Format.bytes($0.integer ?? 0) }
    }

    private func issues(_ issues: JSONValue?) {
        for issue in issues?.elements ?? [] {
            Output.line("")
            Output.line("issue: \(issue["what"]?.plain ?? ""), \(Format.counted(issue["count"]?.integer ?? 0, "time"))")
            Output.line("  do: \(issue["do"]?.plain ?? "")")
        }
    }

    private func vectors(_ description: JSONValue) {
        guard let fields = description["vectors"]?.members, !fields.isEmpty else { return }
        Output.line("")
        var table = Table([
            .text("vector field"), .number("dimension"), .text("metric"), .text("storage"), .number("m"),
            .number("ef_construction"),
            .number("vectors"), .number("pending"),
        ])
        for field in fields {
            let index = description["indexes"]?[field.key]
            table.add([
                field.key, field.value["dimension"]?.plain ?? "", field.value["metric"]?.plain ?? "",
                storage(field.value["storage"]?.plain ?? "", index),
                field.value["hnsw"]?["m"]?.plain ?? "", field.value["hnsw"]?["ef_construction"]?.plain ?? "",
                Format.count(index?["vectors"]?.integer ?? 0), Format.count(index?["pending"]?.integer ?? 0),
            ])
        }
        table.show()
    }

    /// The storage, and what `auto` has chosen.
    private func storage(_ declared: String, _ index: JSONValue?) -> String {
        guard declared == "auto", let chosen = index?["storage"]?.string else { return declared }
        return "auto (\(chosen))"
    }

    /// What models have still to do, and what keeps them from it.
    private func embedding(_ embedding: JSONValue?) {
        guard let embedding, embedding != .null else { return }
        let state = EmbeddingState(embedding)
        Output.line(
            "embedded: \(Format.count(state.embedded)); \(Format.count(state.waiting)) waiting, "
                + "\(Format.count(state.truncated)) cut at the model's limit")
        if let problem = state.problem { Output.line("embedding stands still: \(problem)") }
    }

    private func models(_ description: JSONValue) {
        let fields = (description["vectors"]?.members ?? []).filter { $0.value["model"] != nil }
        guard !fields.isEmpty else { return }
        Output.line("")
        var table = Table([.text("vector field"), .text("model"), .text("source")])
        for field in fields {
            let parts = field.value["source"]?.elements ?? []
            let source = parts.map { part in
                let weight = part["weight"]?.number ?? 1
                let template = part["template"]?.plain ?? ""
                return weight == 1 ? template : "\(Format.short(weight))*\(template)"
            }
            table.add([
                field.key, field.value["fingerprint"]?.plain ?? field.value["model"]?.plain ?? "",
                source.joined(separator: " | "),
            ])
        }
        table.show()
    }

    private func table(_ title: String, _ second: String, _ value: JSONValue?, _ format: (JSONValue) -> String) {
        guard let members = value?.members, !members.isEmpty else { return }
        Output.line("")
        var table = Table([.text(title), second == "type" ? .text(second) : .number(second)])
        for member in members { table.add([member.key, format(member.value)]) }
        table.show()
    }
}
