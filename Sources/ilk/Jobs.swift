import ArgumentParser
import IlkProtocol

struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "List, show and cancel long work: rebuilds, re-embeddings, training, batches of themes, compactions, snapshots.",
        discussion: """
              ilk jobs
              ilk jobs get rebuild-1
              ilk jobs cancel rebuild-1
            """,
        subcommands: [List.self, Show.self, Cancel.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the jobs, the newest last.")
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let jobs = try await client.call("job.list")["jobs"]?.elements ?? []
            if client.json { return jobs.forEach { Output.json($0) } }
            guard !jobs.isEmpty else { return Output.note("there were no jobs since the daemon's start") }
            var table = Table([
                .text("job"), .text("collection"), .text("state"), .text("phase"), .text("done"), .number("took"),
            ])
            for job in jobs {
                let total = job["total"]?.integer ?? 0
                let done = Format.count(job["done"]?.integer ?? 0) + (total > 0 ? " of \(Format.count(total))" : "")
                table.add([
                    job["job"]?.plain ?? "", job["collection"]?.plain ?? "", job["state"]?.plain ?? "",
                    job["phase"]?.plain ?? "",
                    done, Format.seconds(job["took_s"]?.number ?? 0),
                ])
            }
            table.show()
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one job.")
        @Argument(help: "The job, as `ilk jobs` names it.") var job: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let found = try await client.call("job.get", [("job", .string(job))])
            if client.json { Output.json(found) } else { Output.line(found.pretty) }
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Ask a job to end.")
        @Argument(help: "The job, as `ilk jobs` names it.") var job: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let answer = try await client.call("job.cancel", [("job", .string(job))])
            if client.json { return Output.json(answer) }
            let isCancelling = answer["cancelling"] == .bool(true)
            Output.line(
                isCancelling ? "\(job) is being cancelled" : "\(job) had ended: \(answer["state"]?.plain ?? "")")
        }
    }
}
