import ArgumentParser
import Foundation
import IlkEmbedding
import IlkProtocol

struct ModelCentreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "centre",
        abstract: "Learn from your texts what languages add to a model's vectors, and take that off.",
        discussion: """
            Many models put texts of one language near each other whatever they say, so that a question finds answers in \
            its own language only. The mean vector of each language is learned from the files, a text a line, some hundreds \
            of each language, and from then on subtracted. The model's fingerprint changes: collections that it has filled \
            are filled anew by `ilk collection reembed`, and a running daemon takes the new means when it is started again.

              ilk model centre multilingual-e5-small --text titles.txt questions.txt
            """)
    @Argument(help: "The model.") var name: String
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files of texts like those that will be embedded, one a line.", valueName: "file"))
    var text: [String]
    @OptionGroup var options: ModelStoreOptions

    func validate() throws {
        guard !text.isEmpty else { throw ValidationError("Name at least one file with --text.") }
    }

    func run() throws {
        let texts = try text.flatMap(TextLines.read)
        let bar = ProgressBar()
        defer { bar.clear() }
        let store = options.store
        let means = try store.learnMeans(
            name, from: texts, threads: ProcessInfo.processInfo.activeProcessorCount
        ) { done in
            bar.show("learning", done: done, total: texts.count, unit: "texts")
            return true
        }
        bar.clear()
        let fingerprint = try store.open(name).fingerprint
        var languages: [String] = []
        for entry in means.entries where !languages.contains(entry.language) {
            if entry.language != LanguageMeans.anyLanguage { languages.append(entry.language) }
        }
        if options.json {
            return Output.json(
                .object(
                    JSONObject([
                        ("name", .string(name)), ("fingerprint", .string(fingerprint)),
                        ("texts", .int(Int64(texts.count))), ("languages", .array(languages.map { .string($0) })),
                    ])))
        }
        let learned = Format.counted(texts.count, "text")
        Output.line("\(name) centred: \(languages.joined(separator: " ")), from \(learned); fingerprint \(fingerprint)")
        Output.note("collections that it has filled are filled anew by: ilk collection reembed NAME --model \(name)")
    }
}
