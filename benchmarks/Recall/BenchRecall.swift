import ArgumentParser
import Foundation
import IlkANN
import IlkDatasets
import IlkVectors

/// Measures recall against speed of the index in this process; `benchmarks/peers/peers.py` takes the same options.
@main struct BenchRecall: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-recall",
        abstract: "Measure recall and speed of ilk's index on any data.",
        discussion: """
            Prints one JSON object a measurement. On one thread a speed counts the CPU time of that thread, on more the
            wall's. Files are .npy, .fvecs, .bvecs or IDX, plain or .gz.
            """)

    @Option(help: "File of the vectors to search in.") var base: String
    @Option(help: "File of the vectors to search for.") var queries: String
    @Option(help: "File of the true neighbors' row numbers (.ivecs, .npy); without it they are computed.")
    var truth: String?
    @Option(help: "Write the true neighbors to this .ivecs file.") var writeTruth: String?
    @Option(help: "l2, cosine or dot.") var metric = "l2"
    @Option(name: [.customLong("k"), .customShort("k")], help: "Neighbors to find.") var k = 10
    @Option(help: "Candidate-list widths to measure, with commas.") var ef = "10,20,40,80,160"
    @Option(help: "Links of a node, M.") var m = 16
    @Option(help: "Candidate-list width of the build.") var efConstruction = 200
    @Option(help: "What walks measure: f32, u8 or auto.") var storage = "f32"
    @Option(help: "Threads that search and build.") var threads = 1
    @Option(help: "Threads that build, if not as many as search.") var buildThreads: Int?
    @Option(help: "Decides the nodes' levels.") var seed: UInt64 = 42
    @Option(help: "Passes over the queries at each ef; the median counts.") var passes = 5
    @Option(help: "Use only the first vectors of the base.") var limitBase: Int?
    @Option(help: "Use only the first queries.") var limitQueries: Int?
    @Option(help: "What to call the data in the output (default: the base file's name).") var dataset: String?
    @Option(help: "Also measure at the ef that the index itself finds for these recalls, with commas.") var recall = ""
    @Flag(help: "Build, then make one pass for each line read: the line is a list of ef, or empty for --ef.")
    var rounds = false
    @Flag(help: "Print JSON: what it does anyway; taken so that all measuring tools take the same options.")
    var json = false

    private func efList(_ text: String) throws -> [Int] {
        let list = text.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) ?? 0 }
        guard !list.isEmpty, list.allSatisfy({ $0 > 0 }) else {
            throw ValidationError("--ef is '\(text)'; give whole numbers above 0 with commas, as 10,20,40.")
        }
        return list
    }

    private var askedRecalls: [Double] { recall.split(separator: ",").compactMap { Double($0) } }

    func validate() throws {
        _ = try efList(ef)
        guard k > 0 else { throw ValidationError("--k is \(k); choose 1 or more.") }
        guard threads > 0, buildThreads ?? 1 > 0 else { throw ValidationError("threads are 1 or more.") }
        guard passes > 0 else { throw ValidationError("--passes is \(passes); choose 1 or more.") }
        guard VectorStorage(rawValue: storage) != nil else {
            throw ValidationError("--storage is '\(storage)'; choose f32, u8 or auto.")
        }
        guard Metric(rawValue: metric) != nil else {
            throw ValidationError("--metric is '\(metric)'; choose l2, cosine or dot.")
        }
    }

    mutating func run() throws {
        BLAS.restartForThisCPU()
        let metric = Metric(rawValue: metric) ?? .l2
        let baseVectors = try VectorFile.read(base, limit: limitBase)
        let queryVectors = try VectorFile.read(queries, limit: limitQueries)
        guard baseVectors.columns == queryVectors.columns else {
            throw ValidationError(
                "the base has \(baseVectors.columns) dimensions and the queries \(queryVectors.columns).")
        }
        let truth = try truth(metric, baseVectors, queryVectors)
        if let writeTruth { try Data(truth.ivecs).write(to: URL(filePath: writeTruth)) }
        var parameters = HNSWParameters()
        parameters.m = m
        parameters.efConstruction = efConstruction
        parameters.seed = seed
        try parameters.validate()
        let sweep = try Sweep(
            base: baseVectors, queries: queryVectors, metric: metric, parameters: parameters,
            storage: VectorStorage(rawValue: storage) ?? .f32, k: k, threads: buildThreads ?? threads)
        var recalls: [Int: Double] = [:]
        func measure(_ ef: Int, asked: Double? = nil, passes: Int) {
            // The pass that the recall is taken from also warms up.
            let recall = recalls[ef] ?? truth.recall(of: sweep.answers(ef: ef))
            recalls[ef] = recall
            let speeds = (0..<passes).map { _ in sweep.speed(ef: ef, threads: threads) }
            let measurement = Measurement(
                dataset: dataset ?? URL(filePath: base).lastPathComponent, metric: metric, baseCount: baseVectors.rows,
                queryCount: queryVectors.rows, dimension: baseVectors.columns, k: k, m: m,
                efConstruction: efConstruction, storage: sweep.storage.rawValue,
                structure: sweep.structure.rawValue, rescored: sweep.rescored,
                ef: ef, askedRecall: asked, threads: threads, passes: passes, recall: recall,
                queriesPerSecond: speeds.median,
                clock: Clock.of(threads: threads), build: sweep.build, seed: seed)
            emit(measurement.line)
        }
        guard rounds else {
            for ef in try efList(ef) { measure(ef, passes: passes) }
            for asked in askedRecalls {
                // Where no width is known to reach it, a search that asks for it compares every point.
                if let ef = sweep.ef(reaching: asked, threads: buildThreads ?? threads) {
                    measure(ef, asked: asked, passes: passes)
                }
            }
            return
        }
        emit(#"{"ready":true}"#)
        while let line = readLine() {
            let list = line.trimmingCharacters(in: .whitespaces)
            for ef in try efList(list.isEmpty ? ef : list) { measure(ef, passes: 1) }
            emit(#"{"done":true}"#)
        }
    }

    private func truth(_ metric: Metric, _ base: Matrix, _ queries: Matrix) throws -> Truth {
        guard let truth else {
            return Truth(k: k, metric: metric, base: base, queries: queries, threads: Machine.cores)
        }
        let file = try GroundTruthFile.read(truth, limit: queries.rows)
        guard file.neighbors.count == queries.rows, file.k >= min(k, base.rows) else {
            throw ValidationError(
                "\(truth) has \(file.neighbors.count) queries and \(file.k) neighbors; \(queries.rows) and \(k) are needed."
            )
        }
        guard file.neighbors.allSatisfy({ $0.allSatisfy { $0 < base.rows } }) else {
            throw ValidationError(
                "\(truth) names rows that the base lacks; with --limit-base let the truth be computed.")
        }
        return Truth(k: k, metric: metric, base: base, queries: queries, neighbors: file.neighbors)
    }

    private func emit(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
