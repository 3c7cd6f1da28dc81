import ArgumentParser
import IlkProtocol

/// What a new collection is to have: vector fields and their graphs, texts, payload fields.
struct SchemaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A vector field: its dimension and metric, or the model that fills it and the text it embeds; may be repeated.",
            valueName: VectorArgument.form))
    var vector: [VectorArgument] = []
    @Option(
        help: ArgumentHelp(
            "A payload field whose words are searched, with its weight if that is not 1; may be repeated.",
            valueName: "path[=weight]"))
    var text: [TextArgument] = []
    @Option(help: ArgumentHelp("A payload field with its type; may be repeated.", valueName: "path=type")) var field:
        [FieldArgument] = []
    @Option(
        help: ArgumentHelp(
            "What searches read: the vectors (f32), codes of one byte a component (u8), or what a trial finds better (default: auto).",
            valueName: "auto|u8|f32"))
    var storage: StorageName?
    @Option(help: "Links a node of the graph keeps, 2 to 128 (default: 16): more find more and cost memory.")
    var m: Int?
    @Option(help: "Width of the candidate list while building (default: 200): more builds better and longer.")
    var efConstruction: Int?

    func validate() throws {
        for (option, names) in [
            ("--vector", vector.map(\.name)), ("--text", text.map(\.field.path)), ("--field", field.map(\.field.path)),
        ] {
            guard let name = names.firstRepeated else { continue }
            throw ValidationError("\(option) \(name) is given twice; declare each field once.")
        }
    }

    /// Whether nothing was asked for.
    var isEmpty: Bool {
        vector.isEmpty && text.isEmpty && field.isEmpty && storage == nil && m == nil && efConstruction == nil
    }

    /// The parameters of `collection.create`, with `vectors` in place of ``vector`` where given.
    ///
    /// `call` asks the daemon, for the default model where a field names none.
    func creation(
        of name: String, vectors: [VectorArgument]? = nil,
        _ call: (_ method: String, _ params: [(String, JSONValue)]) async throws -> JSONValue
    ) async throws -> [(String, JSONValue)] {
        var hnsw: [(String, JSONValue)] = []
        if let m { hnsw.append(("m", .int(Int64(m)))) }
        if let efConstruction { hnsw.append(("ef_construction", .int(Int64(efConstruction)))) }
        let vectors = vectors ?? vector
        var model = ""
        if vectors.contains(where: \.needsDefaultModel) {
            model = try await call("model.list", [])["default"]?.string ?? ""
        }
        var params: [(String, JSONValue)] = [("name", .string(name))]
        if !vectors.isEmpty {
            let declared = vectors.map { ($0.name, $0.json(storage: storage, hnsw: hnsw, defaultModel: model)) }
            params.append(("vectors", .object(JSONObject(declared))))
        }
        if !text.isEmpty {
            let isPlain = text.allSatisfy { $0.field.weight == 1 }
            let weights = text.map { ($0.field.path, JSONValue.double($0.field.weight.asTyped)) }
            let paths = text.map { JSONValue.string($0.field.path) }
            params.append(("text", isPlain ? .array(paths) : .object(JSONObject(weights))))
        }
        let fields = field.map { ($0.field.path, JSONValue.string($0.field.kind.rawValue)) }
        params.append(("fields", .object(JSONObject(fields))))
        return params
    }
}

extension [String] {
    /// The first that stood before.
    fileprivate var firstRepeated: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0).inserted }
    }
}
