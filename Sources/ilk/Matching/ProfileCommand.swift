import ArgumentParser
import IlkProtocol

struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Show what is known of a person, or forget it.",
        discussion: """
              ilk profile get products u1
              ilk profile forget products u1 --compact
            """,
        subcommands: [ProfileGetCommand.self, ProfileForgetCommand.self])
}

struct ProfileGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show what a person did, and likes.",
        discussion: """
            With --json it comes on one line.

              ilk profile get products u1
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: ArgumentHelp("The person. \(PointArgument.explanation)", valueName: "id")) var user: PointArgument
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let profile = try await client.call("profile.get", [("collection", .string(collection)), ("user", user.json)])
        if client.json { Output.json(profile) } else { Output.line(profile.pretty) }
    }
}

struct ProfileForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Delete a person's events and name.",
        discussion: """
            From then on no answer knows of the person. What the disk still holds goes with the next compaction, which \
            --compact runs at once.

              ilk profile forget products u1 --compact
            """)
    @Argument(help: "The collection of the items.") var collection: String
    @Argument(help: ArgumentHelp("The person. \(PointArgument.explanation)", valueName: "id")) var user: PointArgument
    @Flag(help: "Write the file of events anew, so that no byte of the name is left in it.") var compact = false
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let result = try await client.call(
            "profile.forget", [("collection", .string(collection)), ("user", user.json)])
        if compact { _ = try await client.call("events.compact", [("collection", .string(collection))]) }
        if client.json { return Output.json(result) }
        let events = Format.counted(result["deleted"]?.integer ?? 0, "event")
        let rest = compact ? "" : "; `ilk events compact \(collection)` wipes what the disk still holds"
        Output.line("forgotten, with \(events)\(rest)")
    }
}
