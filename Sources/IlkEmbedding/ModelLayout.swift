import IlkProtocol
import IlkVectors

/// What lies in a model's folder, read from its small files; the weights are not touched.
struct ModelLayout {
    var folder: String
    var name: String
    var traits: ModelTraits
    /// The file of the weights.
    var weights: String
    /// The files of the tokenizer.
    var tokenizer: [String]
    var manifest: ModelManifest?

    /// Files that may change a vector, apart from what ``traits`` says and from language means.
    var contentFiles: [String] { [weights] + tokenizer }

    /// Finds out what a folder holds.
    ///
    /// - Throws: `invalid_request` with what is missing, or what about the model ilk cannot do.
    init(folder: String, name: String) throws(IlkError) {
        self.folder = folder
        self.name = name
        manifest = try ModelManifest(folder: folder)
        let names = FolderFiles.names(in: folder)
        if names.contains("weights.npz"), names.contains("sp.model") {
            traits = ModelTraits(format: .use, dimension: 512, maximumTokens: Self.useTokens, pooling: .own)
            weights = "weights.npz"
            tokenizer = ["sp.model"]
        } else if let file = names.first(where: { $0.hasSuffix(".bin") && E5S1Start(path: folder + "/" + $0) != nil }),
            let start = E5S1Start(path: folder + "/" + file)
        {
            traits = ModelTraits(
                format: .e5s1, dimension: start.dimension, maximumTokens: start.positions, prompts: Self.e5Prompts,
                pooling: .mean)
            weights = file
            tokenizer = names.filter { $0 == Self.characterMap }
        } else if names.contains("config.json") {
            let files = HuggingFaceFiles(folder: folder, name: name)
            traits = try files.traits()
            weights = try files.weights()
            tokenizer = try files.tokenizer()
        } else {
            throw IlkError(
                .invalidRequest,
                "\(folder) holds no model that ilk reads: neither config.json with model.safetensors, nor an E5S1 .bin, nor "
                    + "weights.npz with sp.model")
        }
        traits.origin = manifest?.origin
        traits.licence = manifest?.licence
        traits.languages = manifest?.languages
        traits.arithmetic = arithmetic.rawValue
    }

    /// How products with the weights are reckoned: as the manifest says, else as the weights are.
    var arithmetic: PackedMatrix.Arithmetic { manifest?.arithmetic ?? (traits.format == .e5s1 ? .q4s8 : .f32) }

    /// The character map of an E5S1 model, beside its .bin.
    static let characterMap = "normalizer.charsmap"

    /// The Universal Sentence Encoder has no limit of its own; this one bounds memory.
    static let useTokens = 8_192

    /// What the models of the e5 family were trained with.
    static let e5Prompts: [EmbeddingKind: String] = [.query: "query: ", .passage: "passage: "]
}

/// The first numbers of an E5S1 file.
private struct E5S1Start {
    var dimension: Int
    var positions: Int

    /// Nil where the file does not begin as one.
    init?(path: String) {
        guard let bytes = FolderFiles.start(of: path, count: 36), bytes.starts(with: Array("E5S1".utf8)) else {
            return nil
        }
        func number(_ offset: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        dimension = number(8)
        positions = number(28)
        guard number(4) == 1, (1...65_536).contains(dimension), (3...1 << 20).contains(positions) else { return nil }
    }
}
