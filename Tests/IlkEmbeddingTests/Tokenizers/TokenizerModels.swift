import Foundation
import IlkEmbedding
import IlkProtocol
import Testing

/// Where the real models and the references' ids are.
enum TokenizerModels {
    static let store = ModelStore.standardPath
    static let e5 = store + "/multilingual-e5-small"
    static let use = store + "/use-multilingual-v3/sp.model"
    static let miniLM = store + "/all-minilm-l6-v2"

    static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static let missing: Comment = "a model is missing in the model store: run scripts/fetch-models --all"

    static func openE5() throws -> any Tokenizer {
        try TokenizerFile.open(e5s1: e5 + "/e5-small-q4.bin", charsmap: e5 + "/normalizer.charsmap")
    }

    static func openUSE() throws -> any Tokenizer { try TokenizerFile.open(sentencePiece: use, .plain) }

    static func openMiniLM() throws -> any Tokenizer { try TokenizerFile.open(folder: miniLM) }

    /// Texts and, by the name of a model, the ids that the reference gives each.
    struct Reference: Decodable {
        var texts: [String]
        var e5, use, minilm: [[Int32]]

        static func load() throws -> Reference {
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/tokenizer-ids.json")
            return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
        }
    }

    /// The golden ids, which lie beside the repository and not in it.
    enum Golden {
        static let folder =
            ProcessInfo.processInfo.environment["ILK_SHARED_DATA"]
            ?? URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../shared/data").path

        static let missing: Comment = "there is no golden folder: name the data folder in ILK_SHARED_DATA"

        struct Item: Decodable {
            var prefix: String?
            var text: String
            var ids: [Int32]
        }

        private struct File: Decodable { var items: [Item] }

        static func items(_ name: String) throws -> [Item] {
            let path = URL(filePath: folder).appending(path: "golden/\(name).json")
            return try JSONDecoder().decode(File.self, from: Data(contentsOf: path)).items
        }
    }
}

/// Opens a tokenizer from bytes.
enum Open {
    static func sentencePiece(
        _ bytes: [UInt8], _ numbering: SentencePieceFile.Numbering = .plain
    ) throws(IlkError) -> any Tokenizer {
        try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(IlkError) in
            try unsafe SentencePieceFile(bytes).tokenizer(numbering)
        }
    }

    static func description(_ bytes: [UInt8]) throws(IlkError) -> any Tokenizer {
        try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(IlkError) in
            try unsafe TokenizerDescription.tokenizer(bytes)
        }
    }

    static func vocabulary(_ text: String, settings: String? = nil) throws(IlkError) -> any Tokenizer {
        let settings = try settings.map { (text) throws(IlkError) in try JSONValue.parse(text) }
        return try unsafe Array(text.utf8).span.bytes.withUnsafeBytes { (bytes) throws(IlkError) in
            try unsafe BertVocabularyFile.tokenizer(bytes, settings: settings)
        }
    }

    static func e5s1(_ bytes: [UInt8], charsmap: [UInt8]? = nil) throws(IlkError) -> any Tokenizer {
        try unsafe bytes.span.bytes.withUnsafeBytes { (bytes) throws(IlkError) in
            guard let charsmap else { return try unsafe E5S1Vocabulary.tokenizer(bytes, charsmap: nil) }
            return try unsafe charsmap.span.bytes.withUnsafeBytes { (map) throws(IlkError) in
                try unsafe E5S1Vocabulary.tokenizer(bytes, charsmap: map)
            }
        }
    }
}
