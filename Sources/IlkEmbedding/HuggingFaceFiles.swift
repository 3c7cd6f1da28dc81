import IlkProtocol
import IlkVectors

/// The small files of a model in Hugging Face's layout, with sentence-transformers' beside them.
struct HuggingFaceFiles {
    let folder: String
    let name: String
    /// What lies in the folder.
    let names: [String]

    init(folder: String, name: String) {
        self.folder = folder
        self.name = name
        names = FolderFiles.names(in: folder)
    }

    /// What the model is, from `config.json`, `modules.json`, the pooling module's `config.json`,
    /// `sentence_bert_config.json`, `tokenizer_config.json` and `config_sentence_transformers.json`.
    func traits() throws(IlkError) -> ModelTraits {
        let config = try ModelFile.json(folder + "/config.json")
        let type = config["model_type"]?.asString ?? ""
        guard ["bert", "xlm-roberta"].contains(type) else {
            throw refused("is of type '\(type)'; ilk runs bert and xlm-roberta encoders")
        }
        guard let dimension = config["hidden_size"]?.asInt, (1...65_536).contains(dimension) else {
            throw refused("does not say its hidden_size in config.json")
        }
        var traits = ModelTraits(format: .huggingFace, dimension: dimension)
        traits.pooling = try pooling(dimension)
        traits.maximumTokens = try maximumTokens(config, isXLMR: type == "xlm-roberta")
        try readSentenceTransformers(into: &traits, config)
        return traits
    }

    /// The pooling that `modules.json` names; mean pooling where there is none.
    private func pooling(_ dimension: Int) throws(IlkError) -> ModelTraits.Pooling {
        guard names.contains("modules.json") else { return .mean }
        let path = folder + "/modules.json"
        guard let modules = try JSONValue.parse(ModelFile.bytes(path)).asArray else {
            throw refused("has a modules.json that is no array")
        }
        var pooling = ModelTraits.Pooling.mean
        for module in modules {
            let type = module.asObject?["type"]?.asString ?? ""
            switch type.split(separator: ".").last {
            case "Transformer", "Normalize": continue
            case "Pooling":
                guard let place = module.asObject?["path"]?.asString, ModelFile.isInside(place) else {
                    throw refused("has a Pooling module without a path in modules.json")
                }
                pooling = try readPooling(try ModelFile.json("\(folder)/\(place)/config.json"))
            default:
                throw refused("has a module \(type.isEmpty ? "without a type" : type), which ilk does not run")
            }
        }
        return pooling
    }

    private func readPooling(_ config: JSONObject) throws(IlkError) -> ModelTraits.Pooling {
        // As sentence-transformers reads it: a name, or one of several flags.
        var modes = config.members.filter { $0.key.hasPrefix("pooling_mode_") && $0.value.asBool == true }.map(\.key)
        if let mode = config["pooling_mode"]?.asString { modes = ["pooling_mode_\(mode)"] }
        guard config["include_prompt"]?.asBool != false else {
            throw refused("leaves its prompts out of pooling, which ilk does not do")
        }
        switch modes {
        case ["pooling_mode_mean_tokens"], ["pooling_mode_mean"], []: return .mean
        case ["pooling_mode_cls_token"], ["pooling_mode_cls"]: return .cls
        default: throw refused("pools by \(modes.joined(separator: " and ")); ilk pools by mean or by the first token")
        }
    }

    private func maximumTokens(_ config: JSONObject, isXLMR: Bool) throws(IlkError) -> Int {
        guard let positions = config["max_position_embeddings"]?.asInt, positions > 4 else {
            throw refused("does not say its max_position_embeddings in config.json")
        }
        // XLM-RoBERTa's positions begin after that of the padding token.
        let padding = config["pad_token_id"]?.asInt ?? 1
        let most = isXLMR ? positions - padding - 1 : positions
        var limit: Int?
        if names.contains("sentence_bert_config.json") {
            limit = try ModelFile.json(folder + "/sentence_bert_config.json")["max_seq_length"]?.asInt
        }
        if limit == nil, names.contains("tokenizer_config.json") {
            limit = try ModelFile.json(folder + "/tokenizer_config.json")["model_max_length"]?.asInt
        }
        return min(most, max(limit ?? most, 3))
    }

    private func readSentenceTransformers(into traits: inout ModelTraits, _ config: JSONObject) throws(IlkError) {
        var more = JSONObject()
        if names.contains("config_sentence_transformers.json") {
            more = try ModelFile.json(folder + "/config_sentence_transformers.json")
        }
        let prompts = more["prompts"]?.asObject ?? JSONObject()
        func prompt(_ keys: [String]) -> String? { keys.lazy.compactMap { prompts[$0]?.asString }.first }
        let usual = more["default_prompt_name"]?.asString.flatMap { prompts[$0]?.asString }
        if let query = prompt(["query", "search_query"]) ?? usual { traits.prompts[.query] = query }
        if let passage = prompt(["passage", "document", "search_document", "corpus"]) ?? usual {
            traits.prompts[.passage] = passage
        }
        let lower = name.lowercased()
        if prompts.members.isEmpty, lower.contains("e5"), !lower.contains("instruct") {
            traits.prompts = ModelLayout.e5Prompts
        }
        for key in ["matryoshka_dims", "matryoshka_dimensions"] {
            guard let list = (more[key] ?? config[key])?.asArray else { continue }
            let dimensions = list.compactMap(\.asInt).filter { (1...traits.dimension).contains($0) }
            traits.matryoshkaDimensions = Set(dimensions).sorted(by: >)
        }
    }

    /// What the encoder has to know, from `config.json`.
    func configuration(_ traits: ModelTraits) throws(IlkError) -> EncoderConfiguration {
        let config = try ModelFile.json(folder + "/config.json")
        func number(_ key: String) throws(IlkError) -> Int {
            guard let value = config[key]?.asInt, value > 0 else {
                throw refused("does not say its \(key) in config.json")
            }
            return value
        }
        let kind = config["position_embedding_type"]?.asString ?? "absolute"
        guard kind == "absolute" else { throw refused("has \(kind) positions; ilk knows absolute ones") }
        let activation: EncoderKernels.Activation
        switch config["hidden_act"]?.asString ?? "gelu" {
        case "gelu", "gelu_python": activation = .gelu
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": activation = .geluTanh
        case "relu": activation = .relu
        case let other: throw refused("has the activation \(other); ilk knows gelu, gelu_new and relu")
        }
        let isXLMR = config["model_type"]?.asString == "xlm-roberta"
        return EncoderConfiguration(
            hidden: try number("hidden_size"), layers: try number("num_hidden_layers"),
            heads: try number("num_attention_heads"), feedForward: try number("intermediate_size"),
            vocabulary: try number("vocab_size"), positions: try number("max_position_embeddings"),
            positionOffset: isXLMR ? (config["pad_token_id"]?.asInt ?? 1) + 1 : 0,
            epsilon: Float(config["layer_norm_eps"]?.asDouble ?? (isXLMR ? 1e-5 : 1e-12)), activation: activation,
            pooling: traits.pooling == .cls ? .cls : .mean)
    }

    /// The file of the weights.
    func weights() throws(IlkError) -> String {
        if names.contains("model.safetensors") { return "model.safetensors" }
        if names.contains("model.safetensors.index.json") {
            throw refused("has its weights in several files; join them into one model.safetensors")
        }
        if names.contains("pytorch_model.bin") {
            throw refused("has its weights in pytorch_model.bin only; save it with safetensors")
        }
        throw refused("has no model.safetensors")
    }

    /// The files that the tokenizer is read from.
    func tokenizer() throws(IlkError) -> [String] {
        if names.contains("tokenizer.json") { return ["tokenizer.json"] }
        if let model = names.first(where: { $0 == "sentencepiece.bpe.model" }) { return [model] }
        if names.contains("vocab.txt") { return ["vocab.txt"] + names.filter { $0 == "tokenizer_config.json" } }
        throw refused("has neither tokenizer.json nor sentencepiece.bpe.model nor vocab.txt")
    }

    private func refused(_ what: String) -> IlkError { IlkError(.invalidRequest, "model '\(name)' \(what)") }
}
