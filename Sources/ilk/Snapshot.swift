import ArgumentParser
import IlkProtocol

struct Snapshot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a live collection into a folder, and bring it back.",
        discussion: """
              ilk snapshot create products
              ilk snapshot restore products /backup/products-monday
            """,
        subcommands: [Create.self, Restore.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Write a consistent copy while searches and writes go on.",
            discussion: """
                Prints the folder of the snapshot. Without a path it lies in the data folder.

                  ilk snapshot create products /backup/products-monday
                """)
        @Argument(help: "The collection.") var collection: String
        @Argument(help: "The new folder, on the daemon's machine.") var path: String?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var params: [(String, JSONValue)] = [("collection", .string(collection))]
            if let path { params.append(("path", .string(Places.absolute(path)))) }
            let result = try await client.call("snapshot.create", params)
            if client.json { return Output.json(result) }
            Output.line(result["path"]?.plain ?? "")
            Output.note("\(Format.bytes(result["bytes"]?.integer ?? 0)) written")
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore", abstract: "Make a collection what it was when the snapshot was made.",
            discussion: """
                The snapshot is verified and opened before it takes the collection's place. The collection may be gone, \
                or be given another name.

                  ilk snapshot restore products /backup/products-monday
                """)
        @Argument(help: "The collection: replaced if it is there.") var collection: String
        @Argument(help: "The snapshot's folder.") var path: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let result = try await client.call(
                "snapshot.restore", [("collection", .string(collection)), ("path", .string(Places.absolute(path)))])
            if client.json { return Output.json(result) }
            let points = Format.counted(result["count"]?.integer ?? 0, "point")
            Output.line("\(collection): \(points), \(result["state"]?.plain ?? "")")
        }
    }
}
