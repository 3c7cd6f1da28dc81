import ArgumentParser
import Foundation
import IlkLexical
import IlkProtocol
import IlkVectors

/// Indexes a corpus and asks it queries; `benchmarks/peers/lexical_peers.py` takes the same options.
struct LexicalBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lexical",
        abstract: "Measure search by words: indexing, latency, memory, and a run file for its quality.",
        discussion: """
            Lines of the corpus have "id", "text" and perhaps "title", which is put before the text or, with
            --title-weight, is a field of its own; lines of the queries have "id" and "text". Prints JSON: one object once
            the index stands, one a pass over all queries, {"done":true} after it. Times are CPU time of the one thread,
            with the query's analysis. A run file has query id, document id, rank and score, by tabs.
            """)

    @Option(help: "NDJSON of the documents.") var corpus: String
    @Option(help: "NDJSON of the queries.") var queries: String
    @Option(help: "Documents to find.") var k = 10
    @Option(help: "How fast repeated words count less.") var k1: Float = 1.2
    @Option(help: "How much long documents count less.") var b: Float = 0.75
    @Option(help: "Makes the title a field that counts so many times.") var titleWeight: Float?
    @Option(help: "Use only the first queries.") var limitQueries: Int?
    @Option(name: .customLong("run"), help: "Where to write the answers.") var runFile: String?
    @Option(help: "A file of words that stay whole.") var dictionary: String?
    @Option(help: "A file of synonyms.") var synonyms: String?
    @Flag(inversion: .prefixedNo, help: "Cut the s of English plurals.") var stems = true
    @Flag(inversion: .prefixedNo, help: "Take é for e.") var foldAccents = true
    @Flag(inversion: .prefixedNo, help: "Leave out what cannot be among the best.") var prunes = true
    @Flag(help: "Leave segments as they are when the last document is in.") var untidy = false
    @Flag(help: "Make a pass for every line of standard input.") var rounds = false

    private struct Line {
        var id: String
        var title: String?
        var text: String
    }

    mutating func run() throws {
        let documents = try read(corpus)
        let questions = try read(queries).prefix(limitQueries ?? .max)
        let analyzer = Analyzer(
            options: AnalyzerOptions(stemsPlurals: stems, foldsAccents: foldAccents),
            dictionary: try dictionary.map { WordList(text: try String(contentsOfFile: $0, encoding: .utf8)) }
                ?? WordList(),
            synonyms: try synonyms.map { try Synonyms(text: String(contentsOfFile: $0, encoding: .utf8)) } ?? Synonyms()
        )
        var fields = [LexicalField(name: "text")]
        if let titleWeight { fields.append(LexicalField(name: "title", weight: titleWeight)) }
        let index = try LexicalIndex(fields: fields, parameters: BM25Parameters(k1: k1, b: b), analyzer: analyzer)

        let size = documents.reduce(0) { $0 + $1.text.utf8.count + ($1.title?.utf8.count ?? 0) }
        var slowest = 0.0
        let seconds = ThreadClock.time {
            for (ordinal, line) in documents.enumerated() {
                let began = ThreadClock.now
                index.set(texts(of: line), at: Ordinal(UInt32(ordinal)))
                slowest = max(slowest, ThreadClock.now - began)
            }
        }
        let tidying = untidy ? 0 : ThreadClock.time { while index.maintain() {} }
        let about: [(String, JSONValue)] = [
            ("engine", .string("ilk")), ("documents", .int(Int64(documents.count))), ("k", .int(Int64(k))),
        ]
        write(
            about + [
                ("ready", .bool(true)), ("bytes", .int(Int64(size))),
                ("docs_per_s", .int(Int64(Double(documents.count) / (seconds + tidying)))),
                ("mb_per_s", .double(rounded(Double(size) / 1e6 / (seconds + tidying)))),
                ("slowest_set_us", .double(rounded(slowest * 1e6))), ("tidying_s", .double(rounded(tidying))),
                ("memory_bytes", .int(Int64(index.memoryBytes))),
                ("bytes_per_document", .int(Int64(index.memoryBytes / max(1, documents.count)))),
            ])
        // The first queries touch memory and ICU's tables.
        for question in questions.prefix(20) { _ = index.search(question.text, k: k, prunes: prunes) }
        var passes = 0
        while rounds ? readLine() != nil : passes == 0 {
            var times: [Double] = []
            var postings = 0
            var answers: [[LexicalHit]] = []
            for question in questions {
                let began = ThreadClock.now
                let outcome = index.search(question.text, k: k, prunes: prunes)
                times.append((ThreadClock.now - began) * 1e6)
                postings += outcome.postings
                answers.append(outcome.hits)
            }
            if passes == 0, let runFile {
                try writeRun(zip(questions, answers), documents, to: runFile)
            }
            passes += 1
            times.sort()
            write(
                about + [
                    ("queries", .int(Int64(times.count))), ("p50_us", .double(rounded(quantile(times, 0.5)))),
                    ("p99_us", .double(rounded(quantile(times, 0.99)))),
                    ("mean_us", .double(rounded(times.reduce(0, +) / Double(max(1, times.count))))),
                    ("postings", .int(Int64(postings / max(1, times.count)))),
                ])
            write([("done", .bool(true))])
        }
    }

    private func texts(of line: Line) -> [String?] {
        if titleWeight != nil { return [line.text, line.title] }
        return [line.title.map { "\($0). \(line.text)" } ?? line.text]
    }

    private func read(_ path: String) throws -> [Line] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").enumerated().compactMap { number, line in
            guard case .object(let object) = try JSONValue.parse(String(line)) else {
                throw ValidationError("line \(number + 1) of \(path) is no JSON object")
            }
            func string(_ key: String) -> String? {
                guard case .string(let value) = object[key] else { return nil }
                return value
            }
            guard let id = string("id"), let text = string("text") else {
                throw ValidationError("line \(number + 1) of \(path) lacks \"id\" or \"text\"")
            }
            return Line(id: id, title: string("title").flatMap { $0.isEmpty ? nil : $0 }, text: text)
        }
    }

    private func writeRun(
        _ answers: some Sequence<(Line, [LexicalHit])>, _ documents: [Line], to path: String
    ) throws {
        var lines = ""
        for (question, hits) in answers {
            for (rank, hit) in hits.enumerated() {
                lines += "\(question.id)\t\(documents[Int(hit.ordinal.rawValue)].id)\t\(rank + 1)\t\(hit.score)\n"
            }
        }
        try lines.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func quantile(_ sorted: [Double], _ share: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }

    private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    private func write(_ members: [(String, JSONValue)]) {
        var writer = JSONWriter(capacity: 640)
        writer.value(.object(JSONObject(members)))
        print(String(decoding: writer.bytes, as: UTF8.self))
        fflush(nil)
    }
}

/// CPU time of the calling thread, which others on the machine disturb least.
private enum ThreadClock {
    static var now: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = now
        try body()
        return now - start
    }
}
