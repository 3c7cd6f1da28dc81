import Foundation
import IlkEmbedding
import Testing

/// Not a test: lends scripts/tokenizer-differences the tokenizers.
///
/// `ILK_TOKENIZE_MODEL` is `e5s1:FOLDER`, `sentencepiece:FILE`, `xlm-roberta:FILE` or `folder:FOLDER`, `ILK_TOKENIZE_IN` a
/// file with a JSON string a line, `ILK_TOKENIZE_OUT` gets the ids of each, behind a line that says how long it took.
@Suite struct `TokenizeAFile` {
    private static let environment = ProcessInfo.processInfo.environment

    @Test(
        .enabled(
            if: environment["ILK_TOKENIZE_MODEL"] != nil, "ILK_TOKENIZE_MODEL is for scripts/tokenizer-differences"))
    func `ids of the texts in a file`() throws {
        let model = try #require(Self.environment["ILK_TOKENIZE_MODEL"]).split(separator: ":", maxSplits: 1)
        let input = try #require(Self.environment["ILK_TOKENIZE_IN"])
        let output = try #require(Self.environment["ILK_TOKENIZE_OUT"])
        let path = String(try #require(model.last))
        let start = Self.seconds
        let tokenizer: any Tokenizer =
            switch model[0] {
            case "e5s1":
                try TokenizerFile.open(e5s1: path + "/e5-small-q4.bin", charsmap: path + "/normalizer.charsmap")
            case "sentencepiece": try TokenizerFile.open(sentencePiece: path, .plain)
            case "xlm-roberta": try TokenizerFile.open(sentencePiece: path, .xlmRoberta)
            default: try TokenizerFile.open(folder: path)
            }
        let opened = Self.seconds
        let decoder = JSONDecoder()
        let texts = try Data(contentsOf: URL(filePath: input)).split(separator: 0x0A).map {
            try decoder.decode(String.self, from: $0)
        }
        let begun = Self.seconds
        let ids = texts.map { tokenizer.ids(of: $0) }
        let ended = Self.seconds
        let lines = ids.map { "[" + $0.map(String.init).joined(separator: ",") + "]" }
        let facts = #"{"open_seconds":\#(opened - start),"seconds":\#(ended - begun)}"#
        try Data(([facts] + lines).joined(separator: "\n").utf8).write(to: URL(filePath: output))
    }

    /// CPU time of this thread.
    private static var seconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
