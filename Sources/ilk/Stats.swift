import ArgumentParser
import IlkProtocol

struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what the daemon did since its start: requests, latencies, memory, collections.",
        discussion: """
            Latencies are taken from the parsed request to the written reply; --json has them in microseconds.

              ilk stats
              ilk stats --json | jq .requests.search.p99
            """)

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let stats = try await client.call("stats")
        if client.json { return Output.json(stats) }
        let connections = stats["connections"]
        Output.line("up          \(Format.seconds(stats["uptime_s"]?.number ?? 0))")
        let limit = stats["memory_limit_bytes"]?.integer.map { " of \(Format.bytes($0))" } ?? ""
        Output.line("memory      \(Format.bytes(stats["memory_bytes"]?.integer ?? 0))\(limit)")
        Output.line(
            "connections \(connections?["open"]?.plain ?? "0") open, \(connections?["accepted"]?.plain ?? "0") accepted, "
                + "\(connections?["refused"]?.plain ?? "0") refused")
        Self.latencies("request", stats["requests"], isCounted: true)
        Self.latencies("share of a search", stats["search_shares_us"], isCounted: false)
        if let errors = stats["errors"]?.members, !errors.isEmpty {
            Output.line("")
            var table = Table([.text("error"), .number("count")])
            for member in errors { table.add([member.key, Format.count(member.value.integer ?? 0)]) }
            table.show()
        }
        let collections = stats["collections"]?.members ?? []
        guard !collections.isEmpty else { return Output.note("there are no collections") }
        Output.line("")
        var table = Table([.text("collection"), .number("points"), .text("state")])
        for member in collections {
            table.add([
                member.key, member.value["count"]?.integer.map(Format.count) ?? "?", member.value["state"]?.plain ?? "",
            ])
        }
        table.show()
    }

    private static func latencies(_ title: String, _ value: JSONValue?, isCounted: Bool) {
        guard let members = value?.members, !members.isEmpty else { return }
        Output.line("")
        let quantiles = ["mean", "p50", "p90", "p99", "max"]
        let counts = isCounted ? ["count", "errors"] : []
        var table = Table([.text(title)] + (counts + quantiles).map { .number($0) })
        for member in members {
            let counted = counts.map { Format.count(member.value[$0]?.integer ?? 0) }
            table.add([member.key] + counted + quantiles.map { Format.microseconds(member.value[$0]?.number ?? 0) })
        }
        table.show()
    }
}
