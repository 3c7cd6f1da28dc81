package import IlkProtocol
import IlkVectors

extension EmbeddingModel {
    /// Opens the model in a folder; its weights are mapped, not read.
    ///
    /// - Parameters:
    ///   - folder: a folder of the model store, or any with the same files.
    ///   - name: what the model is called; nil for what its manifest says, or the folder's name.
    ///   - isCentred: whether language means that lie beside the weights are subtracted.
    /// - Returns: the model.
    /// - Throws: `invalid_request` with what is missing in the folder or what ilk cannot do; `internal` for damage.
    package static func open(
        folder: String, name: String? = nil, isCentred: Bool = true
    ) throws(IlkError) -> EmbeddingModel {
        let own = folder.split(separator: "/").last.map(String.init) ?? folder
        let recorded = try ModelManifest(folder: folder)?.name
        let layout = try ModelLayout(folder: folder, name: name ?? recorded ?? own)
        let parts = try parts(of: layout)
        guard parts.tokenizer.vocabularySize <= parts.vocabulary else {
            throw IlkError(
                .invalidRequest,
                "the tokenizer of model '\(layout.name)' has \(parts.tokenizer.vocabularySize) pieces and its weights know "
                    + "\(parts.vocabulary): they are of two models; add it again from its own folder")
        }
        var traits = layout.traits
        traits.arithmetic = parts.encoder.arithmetic
        let content = try ModelManifest.checksums(of: layout.contentFiles, in: folder, manifest: layout.manifest)
        return EmbeddingModel(
            name: layout.name, traits: traits, tokenizer: parts.tokenizer, encoder: parts.encoder,
            means: isCentred ? try means(of: layout) : nil, content: content)
    }

    private struct Parts {
        var tokenizer: any Tokenizer
        var encoder: any TextEncoder
        /// Ids that the weights know.
        var vocabulary: Int
    }

    private static func parts(of layout: ModelLayout) throws(IlkError) -> Parts {
        let weights = layout.folder + "/" + layout.weights
        let arithmetic = layout.arithmetic
        switch layout.traits.format {
        case .e5s1:
            let file = try E5S1File(path: weights)
            let configuration = EncoderConfiguration(file.header)
            let encoder = try BERTEncoder(configuration, weights: file, arithmetic: arithmetic)
            let map = layout.tokenizer.isEmpty ? nil : try mapped(layout.folder + "/" + ModelLayout.characterMap)
            let tokenizer = try unsafe mapped(weights).file.withBytes { bytes throws(IlkError) in
                guard let map else { return unsafe try E5S1Vocabulary.tokenizer(bytes, charsmap: nil) }
                return try unsafe map.file.withBytes { map throws(IlkError) in
                    unsafe try E5S1Vocabulary.tokenizer(bytes, charsmap: map)
                }
            }
            return Parts(tokenizer: tokenizer, encoder: encoder, vocabulary: configuration.vocabulary)
        case .use:
            let encoder = try USEEncoder(path: weights, arithmetic: arithmetic)
            let tokenizer = try unsafe mapped(layout.folder + "/sp.model").file.withBytes { bytes throws(IlkError) in
                try unsafe SentencePieceFile(bytes).tokenizer(.plain)
            }
            return Parts(tokenizer: tokenizer, encoder: encoder, vocabulary: encoder.vocabulary)
        case .huggingFace:
            let configuration = try HuggingFaceFiles(folder: layout.folder, name: layout.name).configuration(
                layout.traits)
            let encoder = try BERTEncoder(
                configuration, weights: SafetensorsFile(path: weights), arithmetic: arithmetic)
            let tokenizer = try TokenizerFile.open(folder: layout.folder)
            return Parts(tokenizer: tokenizer, encoder: encoder, vocabulary: configuration.vocabulary)
        case .hash: throw IlkError(.internal, "the built-in model has no folder; report this")
        }
    }

    /// A file that can be lent to more than one reader.
    private final class Mapped {
        let file: MappedFile
        init(_ path: String) throws(FileError) { file = try MappedFile(path: path) }
    }

    private static func mapped(_ path: String) throws(IlkError) -> Mapped {
        do throws(FileError) {
            return try Mapped(path)
        } catch { throw IlkError(.internal, "\(error); fetch or add the model again") }
    }

    /// The means beside a model's weights; nil where there are none.
    static func means(of layout: ModelLayout) throws(IlkError) -> LanguageMeans? {
        let path = layout.folder + "/" + LanguageMeans.fileName
        guard FolderFiles.isFile(path) else { return nil }
        let means = try LanguageMeans(path: path)
        guard means.dimension == layout.traits.dimension else {
            throw IlkError(
                .invalidRequest,
                "\(path) has means of \(means.dimension) components and model '\(layout.name)' has \(layout.traits.dimension); "
                    + "remove the file or learn the means anew")
        }
        return means
    }
}
