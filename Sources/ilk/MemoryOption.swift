import ArgumentParser

/// How much memory a process that keeps collections may hold.
struct MemoryOption: ParsableArguments {
    @Option(
        name: .customLong("memory-limit"),
        help: ArgumentHelp(
            "Memory that it may hold, such as 8GiB: near it writes wait, at it they are refused; searches go on.",
            valueName: "size"))
    var limit: ByteSize?

    func validate() throws {
        guard let limit, limit.bytes < 64 << 20 else { return }
        throw ValidationError("--memory-limit is \(limit.bytes) bytes; give 64MiB or more.")
    }
}
