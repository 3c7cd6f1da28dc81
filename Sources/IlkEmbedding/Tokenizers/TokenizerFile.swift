import Glibc
package import IlkProtocol
import IlkVectors

/// Opens the tokenizer of a model by its files.
package enum TokenizerFile {
    /// The tokenizer of a folder in Hugging Face's layout.
    ///
    /// It is made of the first there is: `tokenizer.json`, `sentencepiece.bpe.model` (XLM-RoBERTa's), `vocab.txt`
    /// with `tokenizer_config.json` (BERT's).
    ///
    /// - Throws: `not_found` where the folder has none of them, `invalid_request` where it is damaged or of a kind that
    ///   ilk does not read.
    package static func open(folder: String) throws(IlkError) -> any Tokenizer {
        if exists(folder + "/tokenizer.json") {
            return try unsafe read(folder + "/tokenizer.json") { (bytes) throws(IlkError) in
                try unsafe TokenizerDescription.tokenizer(bytes)
            }
        }
        if exists(folder + "/sentencepiece.bpe.model") {
            return try open(sentencePiece: folder + "/sentencepiece.bpe.model", .xlmRoberta)
        }
        if exists(folder + "/vocab.txt") {
            let settings = folder + "/tokenizer_config.json"
            let values =
                exists(settings)
                ? try unsafe read(settings) { (bytes) throws(IlkError) in try unsafe JSONValue.parse(bytes) } : nil
            return try unsafe read(folder + "/vocab.txt") { (bytes) throws(IlkError) in
                try unsafe BertVocabularyFile.tokenizer(bytes, settings: values)
            }
        }
        throw IlkError(
            .notFound,
            "no tokenizer.json, sentencepiece.bpe.model or vocab.txt in \(folder): name the folder of a whole model")
    }

    /// The tokenizer of a SentencePiece model.
    ///
    /// - Throws: `not_found`, or `invalid_request` where the file is damaged or of a kind that ilk does not read.
    package static func open(
        sentencePiece path: String, _ numbering: SentencePieceFile.Numbering
    ) throws(IlkError) -> any Tokenizer {
        try unsafe read(path) { (bytes) throws(IlkError) in try unsafe SentencePieceFile(bytes).tokenizer(numbering) }
    }

    /// The tokenizer in an E5S1 file, with a SentencePiece character map where there is a file of that name.
    ///
    /// - Throws: `not_found`, or `invalid_request` where a file is damaged.
    package static func open(e5s1 path: String, charsmap: String?) throws(IlkError) -> any Tokenizer {
        try unsafe read(path) { (bytes) throws(IlkError) in
            guard let charsmap, exists(charsmap) else {
                return try unsafe E5S1Vocabulary.tokenizer(bytes, charsmap: nil)
            }
            return try unsafe read(charsmap) { (map) throws(IlkError) in
                try unsafe E5S1Vocabulary.tokenizer(bytes, charsmap: map)
            }
        }
    }

    private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Lends a file's bytes; the errors of `body` get the file's name.
    private static func read<R>(
        _ path: String, _ body: (UnsafeRawBufferPointer) throws(IlkError) -> R
    ) throws(IlkError) -> R {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch {
            throw IlkError(.notFound, "the tokenizer cannot be read: \(error); check the model's folder")
        }
        do { return try unsafe file.withBytes(body) } catch {
            guard !error.message.hasPrefix(path) else { throw error }
            throw IlkError(error.code, "\(path): \(error.message)")
        }
    }
}
