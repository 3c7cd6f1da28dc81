import Foundation
import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import Testing

@Suite struct `A model store` {
    private let folder: TemporaryFolder
    private let store: ModelStore

    init() throws {
        folder = try TemporaryFolder()
        store = ModelStore(path: folder.file("models"))
    }

    private func vector(_ model: EmbeddingModel, _ text: String = "panda plush toys") throws -> [Float] {
        try model.embed([model.prepare(text, kind: .query, truncate: .error)])[0]
    }

    private func add(
        _ name: String, seed: UInt64 = 1, files: [String: String] = [:],
        config: (inout [String: Any]) -> Void = { _ in }
    ) throws -> EmbeddingModel {
        let source = folder.file("source-" + name)
        try TinyModel.write(to: source, seed: seed, files: files, config: config)
        return try store.add(from: source, name: name)
    }

    @Test func `has the built-in model and nothing else at first`() throws {
        #expect(store.list().map(\.name) == ["hash"])
        #expect(store.defaultName == "hash" && store.list()[0].isDefault)
        #expect(try store.open("hash").fingerprint == EmbeddingModel.hash.fingerprint)
        #expect(try store.verify("hash").isEmpty)
        let error = #expect(throws: IlkError.self) { try store.open("e5") }
        #expect(error?.code == .notFound && error?.message.contains("scripts/fetch-models") == true)
    }

    @Test func `adds a model, opens it, verifies it and removes it`() throws {
        let model = try add("tiny")
        #expect(model.name == "tiny" && model.dimension == 16 && model.maximumTokens == 24)
        #expect(model.fingerprint.hasPrefix("tiny@"))
        #expect(try vector(model).length > 0.999)
        let summary = try #require(store.list().first)
        #expect(
            summary.name == "tiny" && summary.isDefault && summary.traits?.pooling == .mean && summary.bytes > 1_000)
        #expect(try store.verify("tiny").isEmpty)
        #expect(try store.open("tiny").fingerprint == model.fingerprint)
        let again = #expect(throws: IlkError.self) { try add("tiny") }
        #expect(again?.code == .alreadyExists)
        let near = #expect(throws: IlkError.self) { try store.open("tinny") }
        #expect(near?.message == "no model named 'tinny'; did you mean 'tiny'?")
        try store.remove("tiny")
        #expect(store.list().map(\.name) == ["hash"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.path).isEmpty)
        #expect(throws: IlkError.self) { try store.remove("hash") }
    }

    @Test func `takes the default that was chosen, as long as it is there`() throws {
        _ = try add("one")
        #expect(store.defaultName == "one")
        _ = try add("two")
        #expect(store.defaultName == "hash")
        try store.setDefault("two")
        #expect(store.defaultName == "two" && store.list().filter(\.isDefault).map(\.name) == ["two"])
        #expect(throws: IlkError.self) { try store.setDefault("three") }
        try store.remove("two")
        #expect(store.defaultName == "one")
        try store.setDefault("hash")
        #expect(store.defaultName == "hash")
    }

    @Test(arguments: ["", ".hidden", "a/b", "..", "hash", "default", String(repeating: "x", count: 65), "a b", "é"])
    func `refuses names that are no names`(name: String) throws {
        let error = #expect(throws: IlkError.self) { try add(name) }
        #expect(error?.code == .invalidRequest)
        #expect(store.list().map(\.name) == ["hash"])
    }

    @Test func `honours the files of sentence-transformers`() throws {
        let modules =
            #"[{"type":"sentence_transformers.models.Transformer","path":""},{"type":"sentence_transformers.models.Pooling","path":"1_Pooling"},{"type":"sentence_transformers.models.Normalize","path":"2_Normalize"}]"#
        let model = try add(
            "full",
            files: [
                "modules.json": modules,
                "1_Pooling/config.json":
                    #"{"word_embedding_dimension":16,"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}"#,
                "sentence_bert_config.json": #"{"max_seq_length":9,"do_lower_case":false}"#,
                "config_sentence_transformers.json":
                    #"{"prompts":{"query":"red: ","document":"steel: "},"matryoshka_dims":[16,8]}"#,
            ])
        #expect(model.traits.pooling == .cls && model.maximumTokens == 9)
        #expect(model.traits.prompts == [.query: "red: ", .passage: "steel: "])
        let plain = try add("plain")
        #expect(plain.traits.pooling == .mean)
        #expect(try vector(plain, "panda").largestDifference(vector(model, "panda")) > 1e-4)
        let text = try model.prepare("panda", kind: .query, truncate: .error)
        #expect(try model.embed([text], dimensions: 8)[0].count == 8)
        #expect(throws: IlkError.self) { try model.embed([text], dimensions: 4) }
        #expect(text.ids.count == 5)
        #expect(try store.verify("full").isEmpty)
        let named = try add("tiny-e5")
        #expect(named.traits.prompts[.query] == "query: " && named.traits.prompts[.passage] == "passage: ")
    }

    @Test(arguments: [
        (
            #"[{"type":"sentence_transformers.models.Dense","path":"2_Dense"}]"#,
            "a module sentence_transformers.models.Dense"
        ),
        (#"[{"type":"sentence_transformers.models.Pooling","path":"../x"}]"#, "a Pooling module without a path"),
        (#"{}"#, "a modules.json that is no array"), (#"[{}]"#, "a module without a type"), ("[", "JSON"),
    ])
    func `refuses modules that it does not run`(modules: String, reason: String) {
        let error = #expect(throws: IlkError.self) { try add("x", files: ["modules.json": modules]) }
        #expect(error?.message.contains(reason) == true)
    }

    @Test(arguments: [
        ("model_type", "nomic_bert", "ilk runs bert and xlm-roberta"), ("hidden_act", "swish", "the activation swish"),
        ("position_embedding_type", "relative_key", "relative_key positions"),
    ])
    func `refuses models that it does not run`(key: String, value: String, reason: String) throws {
        let error = #expect(throws: IlkError.self) { try add("x", config: { $0[key] = value }) }
        #expect(error?.code == .invalidRequest && error?.message.contains(reason) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.path).isEmpty)
    }

    @Test(arguments: ["hidden_size", "num_hidden_layers", "vocab_size", "max_position_embeddings", "intermediate_size"])
    func `refuses a configuration that says too little or what the weights are not`(key: String) throws {
        #expect(throws: IlkError.self) { try add("x", config: { $0[key] = nil }) }
        #expect(throws: IlkError.self) { try add("x", config: { $0[key] = -1 }) }
        #expect(throws: IlkError.self) { try add("x", config: { $0[key] = 1 << 40 }) }
        #expect(throws: IlkError.self) { try add("x", config: { $0[key] = 3 }) }
        #expect(store.list().map(\.name) == ["hash"])
    }

    @Test func `refuses a tokenizer of another model`() throws {
        let error = #expect(throws: IlkError.self) {
            try add("x", files: ["vocab.txt": (TinyModel.words + ["more", "words"]).joined(separator: "\n")])
        }
        #expect(error?.message.contains("they are of two models") == true)
    }

    @Test func `rounds a model's weights where it is told to, under a fingerprint of its own`() throws {
        let source = folder.file("source")
        try TinyModel.write(to: source, hidden: 32)
        let exact = try store.add(from: source, name: "exact")
        let rounded = try store.add(from: source, name: "rounded", arithmetic: "q8s8")
        #expect(exact.traits.arithmetic == "f32" && rounded.traits.arithmetic == "q8s8")
        #expect(exact.fingerprint.suffix(16) != rounded.fingerprint.suffix(16))
        let vectors = try (vector(exact), vector(rounded))
        #expect(vectors.0 != vectors.1 && vectors.0.cosine(vectors.1) > 0.999)
        let summary = try store.summary(of: "rounded")
        #expect(summary.traits?.arithmetic == "q8s8" && summary.problem == nil)
        #expect(try store.verify("rounded").isEmpty)
        // Whoever adds it from the store gets it as it is there, or as they say.
        let again = try store.add(from: store.folder(of: "rounded"), name: "again")
        #expect(try vector(again) == vectors.1)
        let back = try store.add(from: store.folder(of: "rounded"), name: "back", arithmetic: "f32")
        #expect(try vector(back) == vectors.0)
    }

    @Test func `refuses an arithmetic that there is not, or that the model's sizes do not allow`() throws {
        let source = folder.file("source")
        try TinyModel.write(to: source)
        let unknown = #expect(throws: IlkError.self) { try store.add(from: source, name: "tiny", arithmetic: "int8") }
        #expect(unknown?.message == "there is no arithmetic 'int8' for a model; say f32 or q8s8")
        let odd = #expect(throws: IlkError.self) { try store.add(from: source, name: "tiny", arithmetic: "q8s8") }
        #expect(odd?.code == .invalidRequest && odd?.message.contains("blocks of 32") == true)
        #expect(store.list().map(\.name) == ["hash"])
    }

    @Test func `refuses what is no model, with the reason`() throws {
        let nothing = #expect(throws: IlkError.self) { try store.add(from: folder.file("nowhere")) }
        #expect(nothing?.code == .notFound)
        try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
        let empty = #expect(throws: IlkError.self) { try store.add(from: folder.file("empty/")) }
        #expect(empty?.message.contains("holds no model that ilk reads") == true)
        try Data("text".utf8).write(to: URL(fileURLWithPath: folder.file("weights.bin")))
        let file = #expect(throws: IlkError.self) { try store.add(from: folder.file("weights.bin")) }
        #expect(file?.message.contains("no E5S1 file") == true)
        try TinyModel.write(to: folder.file("unsafe"))
        try FileManager.default.moveItem(
            atPath: folder.file("unsafe/model.safetensors"), toPath: folder.file("unsafe/pytorch_model.bin"))
        let pickled = #expect(throws: IlkError.self) { try store.add(from: folder.file("unsafe")) }
        #expect(pickled?.message.contains("save it with safetensors") == true)
    }

    @Test func `never traps on a truncated or damaged model`() throws {
        let source = folder.file("source")
        try TinyModel.write(to: source)
        for name in ["model.safetensors", "config.json", "vocab.txt", "tokenizer_config.json"] {
            let whole = try Data(contentsOf: TinyModel.url(source, name))
            for step in 0..<24 {
                try whole.prefix(whole.count * step / 24).write(to: TinyModel.url(source, name))
                if let model = try? store.add(from: source, name: "cut") {
                    #expect(try vector(model).count == model.dimension)
                    try store.remove("cut")
                }
                var bytes = whole
                for place in stride(from: step, to: min(bytes.count, 4_000), by: 24) {
                    bytes[place] ^= 1 << UInt8(step % 8)
                }
                try bytes.write(to: TinyModel.url(source, name))
                if let model = try? store.add(from: source, name: "flipped") {
                    _ = try? vector(model)
                    try store.remove("flipped")
                }
            }
            try whole.write(to: TinyModel.url(source, name))
        }
        #expect(try store.add(from: source, name: "whole").dimension == 16)
    }

    @Test func `notices files that are missing, short or changed`() throws {
        let model = try add("tiny")
        let weights = TinyModel.url(store.path + "/tiny", "model.safetensors")
        let whole = try Data(contentsOf: weights)
        var changed = whole
        changed[whole.count - 2] ^= 1
        // Another file, so that the source, which may be the same by another name, stays.
        try FileManager.default.removeItem(at: weights)
        try changed.write(to: weights)
        #expect(try store.verify("tiny") == ["the bytes of model.safetensors have changed"])
        #expect(try store.open("tiny").fingerprint != model.fingerprint)
        try whole.dropLast(4).write(to: weights)
        #expect(try store.verify("tiny").first?.hasPrefix("model.safetensors has ") == true)
        try FileManager.default.removeItem(at: weights)
        #expect(try store.verify("tiny") == ["model.safetensors is missing"])
        #expect(store.list().first?.problem?.contains("has no model.safetensors") == true)
        try whole.write(to: weights)
        #expect(try store.verify("tiny").isEmpty)
        #expect(try store.open("tiny").fingerprint == model.fingerprint)
        try Data("{".utf8).write(to: TinyModel.url(store.path + "/tiny", "ilk-model.json"))
        #expect(try store.verify("tiny").count == 1)
    }

    @Test func `learns language means, which change the fingerprint and centre the vectors`() throws {
        let model = try add("tiny")
        let texts =
            (0..<40).flatMap { number in
                ["the panda and a red toy \(number)", "熊猫\(String(repeating: "猫", count: number % 5))"]
            } + ["Где можно купить"]
        let means = try store.learnMeans("tiny", from: texts)
        #expect(
            means.entries.map { "\($0.kind.rawValue) \($0.language)" } == [
                "query en", "query zh", "query *", "passage en", "passage zh", "passage *",
            ])
        let centred = try store.open("tiny")
        #expect(centred.isCentred && centred.fingerprint != model.fingerprint)
        #expect(try vector(centred).largestDifference(vector(model)) > 0.01)
        #expect(try store.verify("tiny").isEmpty)
        let few = #expect(throws: IlkError.self) { try store.learnMeans("tiny", from: ["panda"]) }
        #expect(few?.code == .invalidRequest)
        #expect(throws: IlkError.self) { try store.learnMeans("tiny", from: texts, progress: { _ in false }) }
        #expect(try store.open("tiny").fingerprint == centred.fingerprint)
        // Means of another model are refused, not applied.
        let other = try LanguageMeans(
            model: "x", dimension: 3, means: [(.init(kind: .query, language: "en"), [1, 2, 3])])
        try Data(other.bytes).write(to: TinyModel.url(store.path + "/tiny", LanguageMeans.fileName))
        let error = #expect(throws: IlkError.self) { try store.open("tiny") }
        #expect(error?.message.contains("means of 3 components") == true)
    }
}
