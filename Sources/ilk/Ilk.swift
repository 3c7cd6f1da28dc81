import ArgumentParser
import IlkService
import IlkVectors

/// The daemon and its command line in one executable.
@main struct Ilk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ilk",
        abstract: "A vector engine: one daemon that turns texts into vectors, holds them, and finds what is near.",
        discussion: """
            Start the daemon, load a file, search by meaning and by words:

              ilk serve &
              ilk load products products.ndjson --create \\
                  --vector 'text={title}. {brand}' --text title
              ilk search products "panda plush toy" --filter "price < 30"

            Or documents, and passages for a language model's prompt:

              ilk collection create handbook --knowledge
              ilk document add handbook docs/ --recursive
              ilk ask-context handbook "How long may I return goods?"

            Results go to standard output, everything else to standard error. --json makes every command but `serve` and \
            `mcp` print JSON for other programs. The daemon's socket is --socket, else \(Places.socketChoice); its data folder \
            is --data, else \(Places.dataChoice).

            Exit status: 0 done, 1 failed, 2 nothing found, 64 wrong usage, 69 the daemon is not running.

            Completion for your shell:

              ilk --generate-completion-script bash \\
                  > ~/.local/share/bash-completion/completions/ilk
              ilk --generate-completion-script zsh  > ~/.zsh/completions/_ilk
              ilk --generate-completion-script fish > ~/.config/fish/completions/ilk.fish
            """,
        version: Engine.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Daemon", subcommands: [Serve.self, MCP.self, Info.self, Stats.self, Jobs.self, CallMethod.self]),
            CommandGroup(
                name: "Collections",
                subcommands: [CollectionCommand.self, Load.self, Build.self, Snapshot.self, Check.self, Plan.self]),
            CommandGroup(
                name: "Points",
                subcommands: [Search.self, Get.self, Scroll.self, Count.self, Facets.self, Patch.self, Delete.self]),
            CommandGroup(name: "Texts", subcommands: [ModelCommand.self, Embed.self]),
            CommandGroup(name: "Knowledge", subcommands: [DocumentCommand.self, AskContext.self]),
            CommandGroup(
                name: "Matching",
                subcommands: [
                    EventsCommand.self, MatchCommand.self, AudienceCommand.self, ProfileCommand.self,
                ]),
            CommandGroup(name: "Themes", subcommands: [ThemeCommand.self, ToolSchema.self]),
            CommandGroup(name: "Measuring", subcommands: [Eval.self]),
        ])

    static func main() async {
        BLAS.restartForThisCPU()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            Output.flush()
        } catch {
            Failure.exit(error)
        }
    }
}
