import ArgumentParser

struct CollectionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collection",
        abstract: "Create, list, describe, drop and rebuild collections.",
        discussion: """
              ilk collection create products --vector image=784:l2 \\
                  --field price=float --field brand=keyword
              ilk collection list
              ilk collection describe products
            """,
        subcommands: [
            CollectionCreateCommand.self, CollectionListCommand.self, CollectionDescribeCommand.self,
            CollectionDropCommand.self,
            CollectionRebuildCommand.self,
        ],
        defaultSubcommand: CollectionListCommand.self)
}
