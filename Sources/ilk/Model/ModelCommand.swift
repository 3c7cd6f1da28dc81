import ArgumentParser
import IlkEmbedding
import IlkProtocol

struct ModelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "List, add, verify and remove the models that turn text into vectors.",
        discussion: """
            These commands work on the folder of models itself and need no daemon. A running daemon sees what changes; a \
            model that it has open it goes on using until it is started again.

              ilk model list
              ilk model add ~/downloads/all-MiniLM-L6-v2
              ilk model default multilingual-e5-small
            """,
        subcommands: [
            ModelListCommand.self, ModelInfoCommand.self, ModelAddCommand.self, ModelVerifyCommand.self,
            ModelRemoveCommand.self, ModelDefaultCommand.self,
        ],
        defaultSubcommand: ModelListCommand.self)
}

/// What every command on the folder of models takes.
struct ModelStoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder of models (default: \(Places.modelsChoice)).", valueName: "folder"))
    var models: String?

    @Flag(help: "Print JSON, one object a line, for other programs.") var json = false

    var store: ModelStore { ModelStore(path: Places.absolute(models ?? Places.models)) }
}

struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the models, the default one marked.",
        discussion: """
            The built-in model 'hash' is always there. With --json a model is a line.

              ilk model list
            """)
    @OptionGroup var options: ModelStoreOptions

    func run() throws {
        let models = options.store.list()
        if options.json { return models.forEach { Output.json(.object($0.described)) } }
        var table = Table([
            .text(""), .text("model"), .number("dimension"), .number("tokens"), .number("size"), .text("languages"),
        ])
        for model in models {
            table.add([
                model.isDefault ? "*" : "", model.name, model.traits.map { String($0.dimension) } ?? "?",
                model.traits.map { $0.maximumTokens.map { Format.count($0) } ?? "any" } ?? "?",
                model.bytes > 0 ? Format.bytes(model.bytes) : "built in",
                model.problem ?? model.traits?.languages ?? "",
            ])
        }
        table.show()
        if models.count == 1 {
            Output.note("only the built-in model is there; scripts/fetch-models fetches two, ilk model add adds yours")
        }
    }
}

struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show a model: dimensions, limits, prompts, fingerprint, licence.",
        discussion: """
            The fingerprint tells this model's vectors from any other's; every vector field keeps it.

              ilk model info multilingual-e5-small
            """)
    @Argument(help: "The model.") var name: String
    @OptionGroup var options: ModelStoreOptions

    func run() throws {
        let store = options.store
        if name != EmbeddingModel.hashName { _ = try store.folder(of: name) }
        guard let summary = store.list().first(where: { $0.name == name }) else {
            throw IlkError(.notFound, "no model named '\(name)'; see: ilk model list")
        }
        var described = summary.described
        if summary.problem == nil {
            let model = try store.open(name)
            described["fingerprint"] = .string(model.fingerprint)
            described["centred"] = .bool(model.isCentred)
        }
        if options.json { return Output.json(.object(described)) }
        var table = Table([.text("what"), .text("value")])
        Info.flatten(.object(described), "").forEach { table.add([$0.0, $0.1]) }
        table.lines(width: Output.width).dropFirst().forEach { Output.line($0) }
        if let problem = summary.problem { throw Failure("model '\(name)' cannot be used: \(problem)") }
    }
}

struct ModelDefaultCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "default", abstract: "Show or choose the model that is taken where none is named.",
        discussion: """
            Collections that are there keep the model that they were made with.

              ilk model default
              ilk model default use-multilingual-v3
            """)
    @Argument(help: "The model to choose.") var name: String?
    @OptionGroup var options: ModelStoreOptions

    func run() throws {
        let store = options.store
        if let name { try store.setDefault(name) }
        let chosen = store.defaultName
        if options.json { return Output.json(.object(JSONObject([("default", .string(chosen))]))) }
        Output.line(chosen)
    }
}

struct ModelRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a model and its files.",
        discussion: """
            Collections that it filled can then be searched by words and by vectors, not by the meaning of a text, until \
            it is added again or `ilk collection reembed` fills them by another model.

              ilk model remove all-MiniLM-L6-v2
            """)
    @Argument(help: "The model.") var name: String
    @OptionGroup var options: ModelStoreOptions

    func run() throws {
        try options.store.remove(name)
        if options.json {
            return Output.json(.object(JSONObject([("name", .string(name)), ("removed", .bool(true))])))
        }
        Output.line("\(name) removed")
    }
}

extension ModelStore.Summary {
    /// The model as the commands show it.
    var described: JSONObject {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func number(_ value: Int?) -> JSONValue { value.map { .int(Int64($0)) } ?? .null }
        var json = JSONObject([
            ("name", .string(name)), ("default", .bool(isDefault)), ("bytes", number(bytes)),
        ])
        guard let traits else {
            json["problem"] = text(problem)
            return json
        }
        json["format"] = .string(traits.format.rawValue)
        json["dimension"] = number(traits.dimension)
        json["dimensions"] = .array(traits.matryoshkaDimensions.map { number($0) })
        json["max_tokens"] = number(traits.maximumTokens)
        json["pooling"] = .string(traits.pooling.rawValue)
        json["arithmetic"] = .string(traits.arithmetic)
        json["query_prompt"] = .string(traits.prompt(.query))
        json["passage_prompt"] = .string(traits.prompt(.passage))
        json["languages"] = text(traits.languages)
        json["licence"] = text(traits.licence)
        json["origin"] = text(traits.origin)
        return json
    }
}
