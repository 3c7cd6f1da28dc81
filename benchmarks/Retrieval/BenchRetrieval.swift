import ArgumentParser

/// Measures search by words in this process.
@main struct BenchRetrieval: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-retrieval", abstract: "Measure retrieval in this process, without a daemon.",
        subcommands: [LexicalBench.self])
}
