import Foundation
import IlkProtocol
import IlkVectors

/// One line of `benchmarks/results/*.ndjson`: a speed is never without its recall, machine and seed.
struct Measurement {
    var dataset: String
    var metric: Metric
    var baseCount: Int
    var queryCount: Int
    var dimension: Int
    var k: Int
    var m: Int
    var efConstruction: Int
    var storage: String
    var structure: String
    /// Candidates measured again with the vectors, for ten to be returned; 0 without codes.
    var rescored: Int
    var ef: Int
    /// The recall that this `ef` was chosen for by the index itself.
    var askedRecall: Double?
    var threads: Int
    var passes: Int
    /// Mean over all queries, against exact search.
    var recall: Double
    /// Median over the passes.
    var queriesPerSecond: Double
    var clock: Clock
    var build: Build
    var seed: UInt64

    struct Build {
        var seconds: Double
        var threads: Int
        var clock: Clock
        /// Growth of the process's resident memory, by vector.
        var bytesPerVector: Double
    }

    var line: String {
        var writer = JSONWriter(capacity: 640)
        writer.beginObject()
        write("engine", "ilk", to: &writer)
        write("dataset", dataset, to: &writer)
        write("metric", metric.rawValue, to: &writer)
        write("base_count", baseCount, to: &writer)
        write("query_count", queryCount, to: &writer)
        write("dimension", dimension, to: &writer)
        write("k", k, to: &writer)
        write("ef", ef, to: &writer)
        if let askedRecall { write("asked_recall", askedRecall, places: 4, to: &writer) }
        write("m", m, to: &writer)
        write("ef_construction", efConstruction, to: &writer)
        write("storage", storage, to: &writer)
        write("structure", structure, to: &writer)
        write("rescored", rescored, to: &writer)
        write("threads", threads, to: &writer)
        write("passes", passes, to: &writer)
        write("clock", clock.rawValue, to: &writer)
        write("recall", recall, places: 5, to: &writer)
        write("queries_per_second", queriesPerSecond, places: 1, to: &writer)
        write("build_seconds", build.seconds, places: 3, to: &writer)
        write("build_threads", build.threads, to: &writer)
        write("build_clock", build.clock.rawValue, to: &writer)
        write("bytes_per_vector", build.bytesPerVector, places: 0, to: &writer)
        write("machine", Machine.description, to: &writer)
        write("kernels", Kernels.name, to: &writer)
        write("blas", BLAS.library, to: &writer)
        writer.key("seed")
        writer.uint(seed)
        write("commit", Machine.commit, to: &writer)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func write(_ key: StaticString, _ value: String, to writer: inout JSONWriter) {
        writer.key(key)
        writer.string(value)
    }

    private func write(_ key: StaticString, _ value: Int, to writer: inout JSONWriter) {
        writer.key(key)
        writer.int(value)
    }

    private func write(_ key: StaticString, _ value: Double, places: Int, to writer: inout JSONWriter) {
        let scale = pow(10, Double(places))
        writer.key(key)
        writer.double((value * scale).rounded() / scale)
    }
}

/// What a measurement was taken on.
enum Machine {
    static let cores = ProcessInfo.processInfo.activeProcessorCount

    /// The CPU's name and the cores that are there.
    static let description: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        let model = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        return "\(model ?? "unknown CPU"), \(cores) cores"
    }()

    /// The commit that is checked out, with `+` where files have changed since.
    static let commit: String = {
        guard let name = git("rev-parse", "--short", "HEAD"), !name.isEmpty else { return "unknown" }
        return git("status", "--porcelain", "--untracked-files=no")?.isEmpty == false ? name + "+" : name
    }()

    /// Resident memory of this process, in bytes.
    static var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
            * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func git(_ arguments: String...) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }
}
