import ArgumentParser
import Foundation
import IlkClient
import IlkDatasets
import IlkProtocol
import IlkVectors

struct EvalRecall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "Measure recall and speed of searches over the socket, for each width of the candidate list.",
        discussion: """
            Every query is first searched exactly ("exact": true); recall@k is the share of the k nearest that the graph \
            finds, where a point counts that is as near as the k-th (within 0.1 %). One client, one search at a time: \
            the latency is what a caller sees, the socket included.

              ilk eval recall images --queries t10k-images-idx3-ubyte.gz \\
                  --limit 1000 --ef 10,20,40,80,160
            """)

    @Argument(help: "The collection.") var collection: String
    @Option(help: ArgumentHelp("Query vectors: .npy, .fvecs, .bvecs or IDX, also .gz.", valueName: "file")) var queries:
        String
    @Option(help: ArgumentHelp("The vector field, where the collection has several.", valueName: "field")) var using:
        String?
    @Option(name: .shortAndLong, help: "How many points to find, 1 to 10000.") var k = 10
    @Option(help: ArgumentHelp("Widths of the candidate list.", valueName: "ef,…")) var ef = "10,20,40,80,160"
    @Option(help: "Take at most so many queries.") var limit = 1_000
    @Option(help: ArgumentHelp("Only points that pass this filter.", valueName: "filter")) var filter: String?
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...10_000).contains(k) else { throw ValidationError("-k is \(k); choose 1 to 10000.") }
        guard limit > 0 else { throw ValidationError("--limit is \(limit); choose 1 or more.") }
        guard !widths.isEmpty, widths.count == ef.split(separator: ",").count else {
            throw ValidationError("--ef is '\(ef)'; give widths such as 10,20,40.")
        }
    }

    private var widths: [Int] {
        ef.split(separator: ",").compactMap { Int($0) }.filter { (1...100_000).contains($0) }
    }

    /// One line of the table.
    private struct Measurement {
        var ef: Int?
        var recall: Double
        /// Seconds a search took, as the client saw it, in rising order.
        var latencies: [Double]
        var seconds: Double

        func quantile(_ q: Double) -> Double { latencies[min(latencies.count - 1, Int(Double(latencies.count) * q))] }
        var mean: Double { latencies.reduce(0, +) / Double(latencies.count) }
        var rate: Double { Double(latencies.count) / seconds }
    }

    func run() async throws {
        let vectors = try VectorFile.read(queries, limit: limit)
        guard vectors.rows > 0 else { throw Failure("\(queries) has no rows") }
        let connection = try await client.connect()
        let bar = ProgressBar()
        defer { bar.clear() }

        var truth: [[Double]] = []
        let exact = try await measure(connection, vectors, ef: nil, bar) { _, distances in
            truth.append(distances)
            return 1
        }
        guard truth.contains(where: { !$0.isEmpty }) else {
            throw Failure("no point was found by exact search; is the collection empty?", status: Failure.nothingFound)
        }
        var lines = [exact]
        for width in widths {
            lines.append(
                try await measure(connection, vectors, ef: width, bar) { row, distances in
                    Self.recall(of: distances, against: truth[row])
                })
        }
        bar.clear()
        if client.json { lines.forEach { Output.json(json($0, vectors)) } } else { show(lines) }
    }

    /// Searches for every query and measures; `judge` gets the row of a query and the distances that were found, and
    /// returns the recall.
    private func measure(
        _ connection: IlkConnection, _ vectors: Matrix, ef: Int?, _ bar: ProgressBar,
        judge: (Int, [Double]) -> Double
    ) async throws -> Measurement {
        var latencies: [Double] = []
        var recall = 0.0
        for row in 0..<vectors.rows {
            let params = request(vectors.row(row), ef: ef)
            let began = ContinuousClock.now
            let line = try await connection.reply(to: "search", params)
            latencies.append((ContinuousClock.now - began) / .seconds(1))
            guard case .reply(_, let result) = try ClientLine.read(line) else { continue }
            recall += judge(row, try result.get()["hits"]?.elements.compactMap { $0["distance"]?.number } ?? [])
            bar.show(ef.map { "ef \($0)" } ?? "exact", done: row + 1, total: vectors.rows, unit: "queries")
        }
        return Measurement(
            ef: ef, recall: recall / Double(vectors.rows), latencies: latencies.sorted(),
            seconds: latencies.reduce(0, +))
    }

    private func request(_ vector: [Float], ef: Int?) -> JSONText {
        var writer = JSONWriter(capacity: vector.count * 6 + 128)
        writer.beginObject()
        writer.key("collection")
        writer.string(collection)
        writer.key("vector")
        writer.vector(vector, base64: true)
        writer.key("k")
        writer.int(k)
        if let using {
            writer.key("using")
            writer.string(using)
        }
        if let filter {
            writer.key("filter")
            writer.string(filter)
        }
        if let ef {
            writer.key("ef")
            writer.int(ef)
        } else {
            writer.key("exact")
            writer.bool(true)
        }
        writer.endObject()
        return JSONText(validated: writer.bytes)
    }

    /// The share of the truth that was found: by distance, so that equally near points count, as ann-benchmarks has it.
    static func recall(of found: [Double], against truth: [Double]) -> Double {
        guard let last = truth.last else { return 1 }
        let bound = last + 1e-3 * abs(last)
        return Double(min(found.count { $0 <= bound }, truth.count)) / Double(truth.count)
    }

    private func show(_ lines: [Measurement]) {
        var table = Table([
            .text("ef"), .number("recall@\(k)"), .number("mean"), .number("p50"), .number("p99"), .number("queries/s"),
        ])
        for line in lines {
            table.add(
                [line.ef.map(String.init) ?? "exact", Format.decimal(line.recall, 4)]
                    + [line.mean, line.quantile(0.5), line.quantile(0.99)].map { Format.microseconds($0 * 1e6) }
                    + [Format.count(Int(line.rate))])
        }
        table.show()
        Output.note("\(Format.count(lines[0].latencies.count)) queries, one client, one search at a time")
    }

    private func json(_ line: Measurement, _ vectors: Matrix) -> JSONValue {
        func microseconds(_ seconds: Double) -> JSONValue { .double((seconds * 1e7).rounded() / 10) }
        return .object(
            JSONObject([
                ("collection", .string(collection)), ("queries", .int(Int64(vectors.rows))), ("k", .int(Int64(k))),
                ("ef", line.ef.map { .int(Int64($0)) } ?? .null), ("exact", .bool(line.ef == nil)),
                ("recall", .double((line.recall * 1e5).rounded() / 1e5)), ("mean_us", microseconds(line.mean)),
                ("p50_us", microseconds(line.quantile(0.5))), ("p99_us", microseconds(line.quantile(0.99))),
                ("queries_per_second", .double((line.rate * 10).rounded() / 10)), ("clients", .int(1)),
            ]))
    }
}
