import ArgumentParser

struct CollectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collection",
        abstract: "Create, list, describe, drop, rebuild and re-embed collections.",
        discussion: """
              ilk collection create products \\
                  --vector 'text={title}. {brand}' --text title --field brand=keyword
              ilk collection list
              ilk collection describe products
            """,
        subcommands: [
            CollectionCreateCommand.self, CollectionListCommand.self, CollectionDescribeCommand.self,
            CollectionDropCommand.self, CollectionRebuildCommand.self, CollectionReembedCommand.self,
            CollectionLexiconCommand.self,
        ],
        defaultSubcommand: CollectionListCommand.self)
}
