import ArgumentParser
import Foundation
import IlkDatasets
import IlkProtocol
import IlkVectors

/// Measures searches over the socket of a running daemon: many clients, and a writer beside them.
@main struct BenchLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-load",
        abstract: "Measure a running daemon over its socket.",
        discussion: """
            Prints one JSON object a measurement, with the recall against exact search that the daemon gave at this ef.
            With --writer it measures twice, quiet and beside a client that upserts without pause.
            """)

    @Option(help: "The daemon's socket.") var socket: String
    @Option(help: "The collection to search.") var collection: String
    @Option(help: "File of the vectors to search for: .npy, .fvecs, .bvecs or IDX, plain or .gz.") var queries: String
    @Option(help: "Use only the first queries.") var limitQueries: Int?
    @Option(help: "Clients, each with a connection and a thread.") var clients = 1
    @Option(help: "Requests that a client has under way; 1 waits for each reply.") var depth = 1
    @Option(help: "Seconds to measure.") var seconds = 5.0
    @Option(help: "Stop after so many requests.") var requests: Int?
    @Option(help: "Seconds before, that are not counted.") var warmup = 1.0
    @Option(name: [.customLong("k"), .customShort("k")], help: "Neighbors to find.") var k = 10
    @Option(help: "Width of the candidate list.") var ef = 40
    @Flag(help: "Send vectors as JSON arrays instead of base64.") var arrays = false
    @Flag(help: "Measure quiet first, then beside a client that upserts without pause.") var writer = false
    @Option(help: "Points in each of the writer's requests.") var writerPoints = 16
    @Option(help: "Points that the writer writes over and over.") var writerCount = 4_096
    @Flag(help: "Print JSON: what it does anyway; taken so that all measuring tools take the same options.")
    var json = false

    func validate() throws {
        guard clients > 0, depth > 0, k > 0, ef > 0, writerPoints > 0, writerCount > 0 else {
            throw ValidationError("--clients, --depth, --k, --ef and the writer's counts are 1 or more.")
        }
        guard seconds > 0, warmup >= 0 else { throw ValidationError("--seconds is above 0 and --warmup not below.") }
        guard requests ?? 1 > 0 else { throw ValidationError("--requests is 1 or more.") }
    }

    mutating func run() throws {
        let vectors = try VectorFile.read(queries, limit: limitQueries)
        guard vectors.rows > 0 else { throw ValidationError("\(queries) has no vectors.") }
        let lines = (0..<vectors.rows).map { line($0, vectors.row($0), exact: false) }
        let control = try LineConnection(path: socket)
        let recall = try recall(control, vectors)
        let searchers = Searchers(socket: socket, clients: clients, depth: depth, lines: lines)
        if warmup > 0 { _ = try searchers.run(seconds: warmup) }

        let quiet = try measure(searchers, control)
        emit(quiet, recall: recall, writer: nil)
        guard writer else { return }
        let pauseless = PauselessWriter(
            socket: socket, collection: collection, vectors: vectors, pointsPerLine: writerPoints, count: writerCount)
        var busy: Sample?
        let written = try pauseless.beside { busy = try measure(searchers, control) }
        guard let busy else { return }
        let ratio = busy.outcome.quantile(0.99) / max(quiet.outcome.quantile(0.99), 0.001)
        emit(busy, recall: recall, writer: (written, ratio))
    }

    /// What was seen on both sides of the socket.
    private struct Sample {
        var outcome: Searchers.Outcome
        /// Microseconds a search by part, mean over the time measured, as the daemon counts them.
        var shares: [(name: String, microseconds: Double)]
        /// CPU seconds that the daemon used.
        var daemonSeconds: Double
    }

    private func measure(_ searchers: Searchers, _ control: LineConnection) throws -> Sample {
        let daemon = try control.call("info")["pid"]?.number.map { Int($0) }
        let before = try control.call("stats")
        let cpuBefore = daemon.flatMap(cpuSeconds)
        let outcome = try searchers.run(seconds: seconds, requests: requests ?? .max)
        let cpuAfter = daemon.flatMap(cpuSeconds)
        let after = try control.call("stats")
        func searches(_ stats: JSONValue) -> Double { stats["requests"]?["search"]?["count"]?.number ?? 0 }
        func mean(_ stats: JSONValue, _ share: String) -> Double {
            stats["search_shares_us"]?[share]?["mean"]?.number ?? 0
        }
        let count = max(searches(after) - searches(before), 1)
        let shares = ["parse", "search", "write", "send"].map { share in
            let total = mean(after, share) * searches(after) - mean(before, share) * searches(before)
            return (share, max(total / count, 0))
        }
        return Sample(outcome: outcome, shares: shares, daemonSeconds: (cpuAfter ?? 0) - (cpuBefore ?? 0))
    }

    /// CPU time of a process, user and system.
    private func cpuSeconds(_ process: Int) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let afterName = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[afterName...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Share of hits that are as near as the exact k-th, over the first queries.
    private func recall(_ control: LineConnection, _ vectors: Matrix) throws -> Double {
        let sample = min(200, vectors.rows)
        var hits = 0, wanted = 0
        for row in 0..<sample {
            let distances = try [false, true].map { exact in
                try control.send(line(row, vectors.row(row), exact: exact))
                let reply = String(decoding: try control.receive(), as: UTF8.self)
                guard let found = (try? JSONValue.parse(reply))?["result"]?["hits"] else {
                    throw LineConnection.Failure(description: "search: \(reply.prefix(300))")
                }
                return found.elements.compactMap { $0["distance"]?.number }
            }
            let bound = distances[1].last ?? 0
            hits += distances[0].count { $0 <= bound + 1e-5 * abs(bound) }
            wanted += distances[1].count
        }
        return Double(hits) / Double(max(wanted, 1))
    }

    private func line(_ id: Int, _ vector: [Float], exact: Bool) -> [UInt8] {
        var writer = JSONWriter(capacity: vector.count * 6 + 200)
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string("2.0")
        writer.key("id")
        writer.int(id)
        writer.key("method")
        writer.string("search")
        writer.key("params")
        writer.beginObject()
        writer.key("collection")
        writer.string(collection)
        writer.key("vector")
        writer.vector(vector, base64: !arrays)
        writer.key("k")
        writer.int(k)
        writer.key(exact ? "exact" : "ef")
        if exact { writer.bool(true) } else { writer.int(ef) }
        writer.key("with_payload")
        writer.bool(false)
        writer.endObject()
        writer.endObject()
        return writer.bytes + [10]
    }

    private func emit(_ sample: Sample, recall: Double, writer beside: (pointsPerSecond: Double, ratio: Double)?) {
        let outcome = sample.outcome
        var members: [(String, JSONValue)] = [
            ("engine", .string("ilk")), ("over", .string("socket")), ("collection", .string(collection)),
            ("k", .int(Int64(k))),
            ("ef", .int(Int64(ef))), ("recall", rounded(recall, 5)), ("clients", .int(Int64(clients))),
            ("depth", .int(Int64(depth))), ("vectors", .string(arrays ? "array" : "base64")),
            ("requests", .int(Int64(outcome.latencies.count))), ("errors", .int(Int64(outcome.errors))),
            ("seconds", rounded(outcome.seconds, 2)), ("requests_per_second", rounded(outcome.requestsPerSecond, 1)),
        ]
        for (name, share) in [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99), ("p999_us", 0.999), ("max_us", 1)] {
            members.append((name, rounded(outcome.quantile(share), 1)))
        }
        members.append(("shares_us", .object(JSONObject(sample.shares.map { ($0.name, rounded($0.microseconds, 1)) }))))
        let perRequest = sample.daemonSeconds * 1e6 / Double(max(outcome.latencies.count, 1))
        members.append(("daemon_cpu_us_per_request", rounded(perRequest, 1)))
        members.append(("writer", .bool(beside != nil)))
        if let beside {
            members.append(("upserts_per_second", rounded(beside.pointsPerSecond, 1)))
            members.append(("p99_ratio_to_quiet", rounded(beside.ratio, 2)))
        }
        FileHandle.standardOutput.write(Data((JSONValue.object(JSONObject(members)).text + "\n").utf8))
    }

    private func rounded(_ value: Double, _ places: Int) -> JSONValue {
        let scale = pow(10, Double(places))
        return .double((value * scale).rounded() / scale)
    }
}
