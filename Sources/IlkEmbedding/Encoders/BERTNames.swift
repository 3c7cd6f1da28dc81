/// What the tensors of a BERT are called in a file.
struct BERTNames {
    var words: String
    var positions: String
    var types: String
    var norm: Pair
    var layers: [Layer]

    /// A matrix or gain, and its bias.
    struct Pair {
        var weight: String
        var bias: String
    }

    struct Layer {
        var query, key, value, attentionOutput: Pair
        var attentionNorm: Pair
        var intermediate, output: Pair
        var outputNorm: Pair
    }

    /// Hugging Face's names, with or without the architecture before them; those of `E5S1` where they are there.
    init(in file: some WeightFile, layers count: Int) {
        self = file["emb.word"] != nil ? Self(compact: count) : Self(huggingFace: file, count)
    }

    private init(compact count: Int) {
        words = "emb.word"
        positions = "emb.pos"
        types = "emb.type"
        func pair(_ name: String) -> Pair { Pair(weight: name + ".w", bias: name + ".b") }
        norm = pair("emb.ln")
        layers = (0..<count).map { layer in
            let start = "l\(layer)."
            return Layer(
                query: pair(start + "q"), key: pair(start + "k"), value: pair(start + "v"),
                attentionOutput: pair(start + "ao"), attentionNorm: pair(start + "aln"),
                intermediate: pair(start + "fi"), output: pair(start + "fo"), outputNorm: pair(start + "oln"))
        }
    }

    private init(huggingFace file: some WeightFile, _ count: Int) {
        let word = "embeddings.word_embeddings.weight"
        let start = ["", "bert.", "roberta.", "model."].first { file[$0 + word] != nil } ?? ""
        // Checkpoints from TensorFlow call gain and bias of a norm gamma and beta.
        let old = file[start + "embeddings.LayerNorm.gamma"] != nil
        func pair(_ name: String) -> Pair { Pair(weight: name + ".weight", bias: name + ".bias") }
        func norm(_ name: String) -> Pair {
            old ? Pair(weight: name + ".gamma", bias: name + ".beta") : pair(name)
        }
        words = start + word
        positions = start + "embeddings.position_embeddings.weight"
        types = start + "embeddings.token_type_embeddings.weight"
        self.norm = norm(start + "embeddings.LayerNorm")
        layers = (0..<count).map { layer in
            let layer = start + "encoder.layer.\(layer)."
            return Layer(
                query: pair(layer + "attention.self.query"), key: pair(layer + "attention.self.key"),
                value: pair(layer + "attention.self.value"), attentionOutput: pair(layer + "attention.output.dense"),
                attentionNorm: norm(layer + "attention.output.LayerNorm"),
                intermediate: pair(layer + "intermediate.dense"), output: pair(layer + "output.dense"),
                outputNorm: norm(layer + "output.LayerNorm"))
        }
    }
}
