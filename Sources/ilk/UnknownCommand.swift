import ArgumentParser
import IlkProtocol

/// A misspelt command, of which the argument parser says no more than that it is unexpected.
enum UnknownCommand {
    /// What to say instead, if the arguments were refused and a word stands where a command should.
    static func failure(
        of error: any Error, _ arguments: some Sequence<String> = CommandLine.arguments.dropFirst()
    ) -> Failure? {
        guard Ilk.exitCode(for: error) == .validationFailure else { return nil }
        var command: any ParsableCommand.Type = Ilk.self
        var path = "ilk"
        for word in arguments {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            guard let next = subcommands.first(where: { $0._commandName == word }) else {
                let hint = NearestName.hint(for: word, among: subcommands.map { $0._commandName })
                return Failure(
                    "no command '\(path) \(word)'\(hint.isEmpty ? "; see: \(path) --help" : hint)",
                    status: Failure.wrongUsage)
            }
            command = next
            path += " " + word
        }
        return nil
    }
}
