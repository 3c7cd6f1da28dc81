import ArgumentParser
import IlkProtocol

struct CollectionLexiconCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lexicon", abstract: "Give a collection words that stay whole, and words that mean the same.",
        discussion: """
            Both files have an entry a line. A word is kept whole where a text has it, which matters in Chinese, Japanese \
            and Thai. In synonyms, `tv, television` stand for each other, and `手机 => 移动电话` finds the second when the \
            first is asked for. What is given replaces what was there, at once for new searches; an empty file takes all away.

              ilk collection lexicon products --words words.txt \\
                  --synonyms synonyms.txt
            """)
    @Argument(help: "The collection.") var name: String
    @Option(help: ArgumentHelp("Words that stay whole, one a line.", valueName: "file")) var words: String?
    @Option(help: ArgumentHelp("Synonyms, a group a line.", valueName: "file")) var synonyms: String?
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard words != nil || synonyms != nil else { throw ValidationError("Give --words, --synonyms or both.") }
    }

    func run() async throws {
        var params: [(String, JSONValue)] = [("collection", .string(name))]
        for (key, file) in [("words", words), ("synonyms", synonyms)] {
            guard let file else { continue }
            params.append((key, .array(try TextLines.read(file).map { .string($0) })))
        }
        let result = try await client.call("collection.lexicon", params)
        if client.json { return Output.json(result) }
        let words = Format.counted(result["words"]?.integer ?? 0, "word")
        let synonyms = Format.counted(result["synonyms"]?.integer ?? 0, "line")
        Output.line("\(name): \(words), \(synonyms) of synonyms")
        if result["reindexed"] == .bool(true) { Output.note("texts are being read anew for the changed words") }
    }
}
