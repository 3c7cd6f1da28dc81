import ArgumentParser
import IlkEmbedding
import IlkProtocol

struct ModelAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a model that lies on this machine.",
        discussion: """
            PATH is a folder in Hugging Face's layout (config.json, tokenizer.json, vocab.txt or sentencepiece.bpe.model, \
            model.safetensors) of a BERT or XLM-RoBERTa encoder; sentence-transformers' files for pooling and prompts are \
            honoured. The model is opened and tried before it is in the store. Where both lie on one file system, nothing \
            is copied.

              ilk model add ~/downloads/all-MiniLM-L6-v2
              ilk model add ./snapshot-3f9c --name e5-base
              ilk model add ./snapshot-3f9c --name e5-base-fast --arithmetic q8s8
            """)
    @Argument(help: ArgumentHelp("The model's folder.", valueName: "path")) var path: String
    @Option(help: ArgumentHelp("What it shall be called (default: as its folder).", valueName: "name"))
    var name: String?
    @Option(
        help: ArgumentHelp(
            "f32, or q8s8: weights rounded to 8 bits and up to twice the speed (default: as the folder's ilk-model.json says).",
            valueName: "kind"))
    var arithmetic: String?
    @OptionGroup var options: ModelStoreOptions

    func run() throws {
        let model = try options.store.add(from: Places.absolute(path), name: name, arithmetic: arithmetic)
        if options.json {
            return Output.json(
                .object(
                    JSONObject([
                        ("name", .string(model.name)), ("fingerprint", .string(model.fingerprint)),
                        ("dimension", .int(Int64(model.dimension))),
                    ])))
        }
        Output.line("\(model.name) added: \(model.dimension) components, fingerprint \(model.fingerprint)")
    }
}

struct ModelVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every byte of a model's files, and embed a text with it.",
        discussion: """
            Without a name all models are verified. Status 1 says that one is damaged; each finding says what is wrong.

              ilk model verify
              ilk model verify multilingual-e5-small
            """)
    @Argument(help: "The model.") var name: String?
    @OptionGroup var options: ModelStoreOptions

    func run() throws {
        let store = options.store
        let names = name.map { [$0] } ?? store.list().map(\.name)
        var table = Table([.text("model"), .text("finding")])
        var damaged: [String] = []
        for name in names {
            let findings = try store.verify(name)
            if !findings.isEmpty { damaged.append(name) }
            if options.json {
                Output.json(
                    .object(
                        JSONObject([
                            ("name", .string(name)), ("good", .bool(findings.isEmpty)),
                            ("findings", .array(findings.map { .string($0) })),
                        ])))
            }
            for finding in findings.isEmpty ? ["good"] : findings { table.add([name, finding]) }
        }
        if !options.json { table.show() }
        guard damaged.isEmpty else {
            throw Failure("damaged: \(damaged.joined(separator: ", ")); remove and add again, or fetch again")
        }
    }
}
