import Foundation
import IlkDatasets
import IlkProtocol

/// Loads all files of a command, one after the other.
struct LoadRun {
    let options: LoadOptions
    let sink: any PointSink
    /// What tells one daemon or data folder from another: loads into different ones resume each on its own.
    let target: String
    let bar = ProgressBar()
    let interrupt = Interrupt()

    init(options: LoadOptions, sink: any PointSink, target: String) {
        self.options = options
        self.sink = sink
        self.target = target
    }

    func run() async throws {
        let schema = try await schema()
        let labels = try options.labelPayloads()
        var number = options.firstId
        var statePaths: [String] = []
        var refusedPaths: Set<String> = []
        var isAllRefused = true
        var refused = 0
        for file in options.files {
            let statePath = LoadState.path(
                target: target, collection: options.collection, file: file,
                meaning: options.meaning(firstNumber: number))
            let state = try await resumableState(statePath, file, schema)
            var recordOptions = options.recordOptions(fields: schema.fields, plainRecords: schema.hasTexts)
            if recordOptions.vectorField == nil, schema.vectors.count == 1 {
                recordOptions.vectorField = schema.vectors[0].name
            }
            let reader = try RecordReader(path: file, options: recordOptions)
            try check(reader, file, schema, labels)
            // Begun once a run, whoever has it in common.
            let refusedPath = options.refusedPath(of: file)
            let isContinued = !refusedPaths.insert(refusedPath).inserted || state.row > 0
            if state.isComplete {
                note("\(file) was loaded by an earlier run that did not come to its end; --restart loads it again")
                number += UInt64(state.row)
                isAllRefused = false
            } else {
                let loader = try Loader(
                    file: file, reader: reader, options: options, schema: schema, sink: sink, state: state,
                    statePath: statePath, refusedFile: RefusedFile(path: refusedPath, isContinued: isContinued),
                    firstNumber: number, labels: labels, bar: bar, interrupt: interrupt)
                let summary = try await loader.run()
                bar.clear()
                show(summary)
                number += UInt64(summary.state.row)
                refused += summary.state.refused
                if summary.state.loaded > 0 || summary.state.refused == 0 { isAllRefused = false }
            }
            if let statePath { statePaths.append(statePath) }
        }
        // Remembered until the end: who kills this while texts are embedded, and begins again, sends nothing twice.
        if !options.noWait {
            if schema.hasModels { try await waitForTexts() }
            try await waitForGraph()
        }
        for path in statePaths { try? FileManager.default.removeItem(atPath: path) }
        if isAllRefused { throw Failure("no record could be stored") }
        if refused > 0 { throw Failure("\(Format.counted(refused, "record")) refused; the others are stored") }
    }

    func note(_ text: String) {
        bar.clear()
        Output.note("ilk: \(text)")
    }

    // MARK: The collection

    /// The collection's schema, after it was made if that is asked for.
    private func schema() async throws -> TargetSchema {
        do {
            let schema = TargetSchema(try await describe())
            guard options.create else { return schema }
            let differences = schema.differences(from: options)
            guard differences.isEmpty else {
                throw Failure(
                    "collection '\(options.collection)' is there already and is not what these options make: "
                        + differences.joined(separator: "; ")
                        + ". Leave out what differs to load into it, or choose another name")
            }
            note("collection '\(options.collection)' is there already: loading into it")
            return schema
        } catch let error as IlkError where error.code == .notFound {
            guard options.create else {
                throw Failure(
                    "\(error.message); --create makes it: with --metric cosine|dot|l2 from a file of vectors, with "
                        + "--vector and --text for one of texts")
            }
            try await create()
            return TargetSchema(try await describe())
        }
    }

    private func create() async throws {
        var vectors: [VectorArgument]?
        var made = options.schema.vector.isEmpty ? "" : ", vectors " + Self.list(options.schema.vector.map(\.name))
        if let metric = options.metric {
            let fields = try dimensions()
            vectors = fields.map { VectorArgument(name: $0.name, dimension: $0.dimension, metric: metric) }
            made = ", metric \(metric.rawValue), vectors "
            made += fields.map { "'\($0.name)' of \($0.dimension)" }.joined(separator: ", ")
        }
        if !options.schema.text.isEmpty { made += ", texts " + Self.list(options.schema.text.map(\.field.path)) }
        let params = try await options.schema.creation(of: options.collection, vectors: vectors) {
            try await sink.call($0, $1)
        }
        _ = try await sink.call("collection.create", params)
        note("collection '\(options.collection)' created\(made)")
    }

    private static func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: ", ") }

    /// The description, once the collection's records are read.
    func describe() async throws -> JSONValue {
        let began = ContinuousClock.now
        var refusedSince: ContinuousClock.Instant?
        let waiting = Waiting(interrupt: interrupt, bar: bar)
        while true {
            let description: JSONValue
            do {
                description = try await sink.call("collection.describe", [("collection", .string(options.collection))])
            } catch let error as IlkError where error.code == .unavailable && error.retryable {
                let since = refusedSince ?? .now
                refusedSince = since
                guard ContinuousClock.now - since < .seconds(10) else { throw error }
                try await waiting.sleep(for: .milliseconds(100), because: error.message, since: began)
                continue
            }
            let state = description["state"]?.plain ?? ""
            if state == "quarantined" {
                throw Failure(
                    "collection '\(options.collection)' is quarantined: \(description["reason"]?.plain ?? "")")
            }
            guard state == "loading" || description["vectors"] == nil else { return description }
            try await waiting.sleep(
                for: .milliseconds(100), because: "collection '\(options.collection)' is \(state)", since: began)
        }
    }

    /// The vector fields of a new collection, as the first file's header or first good record tells.
    private func dimensions() throws -> [(name: String, dimension: Int)] {
        let file = options.files[0]
        guard file != "-" else {
            throw Failure(
                "--create cannot look ahead in standard input; make the collection first: ilk collection create")
        }
        let name = options.vectorName ?? "vector"
        let reader = try RecordReader(
            path: file,
            options: options.recordOptions(fields: options.schema.field.map(\.field), plainRecords: false))
        if let dimension = reader.dimension { return [(name, dimension)] }
        var fields: [(name: String, dimension: Int)] = []
        var firstReason: String?
        // Points may lack the vectors of some fields, so a few are looked at.
        for _ in 0..<1_000 {
            guard let entry = try reader.next() else { break }
            switch entry {
            case .refused(let refused): firstReason = firstReason ?? refused.reason
            case .record(let record):
                for (field, vector) in record.vectors where !fields.contains(where: { $0.name == field ?? name }) {
                    // Beside named vectors one without a name is more likely a slip than another field.
                    if field != nil || fields.isEmpty { fields.append((field ?? name, vector.count)) }
                }
            }
        }
        guard !fields.isEmpty else {
            throw Failure("\(file) has no record that could be a point\(firstReason.map { ": \($0)" } ?? "")")
        }
        return fields
    }

    /// Checks what would refuse every record.
    private func check(_ reader: RecordReader, _ file: String, _ schema: TargetSchema, _ labels: [JSONText]?) throws {
        guard let dimension = reader.dimension else { return }
        let known = schema.vectors.map { "'\($0.name)' (\($0.dimension))" }.joined(separator: ", ")
        let name = options.vectorName ?? (schema.vectors.count == 1 ? schema.vectors[0].name : nil)
        guard let name, let field = schema.vectors.first(where: { $0.name == name }) else {
            throw Failure("say with --vector-name which field the vectors of \(file) belong to: \(known)")
        }
        guard field.dimension == dimension else {
            throw Failure("\(file) has vectors of \(dimension) components, field '\(field.name)' of \(field.dimension)")
        }
        guard let labels, let rows = reader.totalRows, rows != labels.count else { return }
        throw Failure("\(file) has \(Format.count(rows)) rows and --labels has \(Format.count(labels.count))")
    }

    // MARK: Resuming

    /// Where to begin: what an earlier run left, if the collection still has what that run stored.
    private func resumableState(_ path: String?, _ file: String, _ schema: TargetSchema) async throws -> LoadState {
        guard let path, !options.restart, let state = LoadState(path: path), state.loaded > 0 || state.isComplete else {
            return LoadState()
        }
        var isThere = schema.sequence >= state.sequence
        if isThere, let id = state.lastID {
            let found = try await sink.call(
                "points.get",
                [
                    ("collection", .string(options.collection)), ("ids", .array([id.json])),
                    ("with_payload", .bool(false)),
                ])
            isThere = !(found["points"]?.elements.isEmpty ?? true)
        }
        guard isThere else {
            note("an earlier load of \(file) was interrupted, but the collection is another one now: beginning anew")
            return LoadState()
        }
        if !state.isComplete {
            note("an earlier load of \(file) was interrupted: going on at row \(Format.count(state.row))")
        }
        return state
    }

    // MARK: The end

    private func show(_ summary: Loader.Summary) {
        let state = summary.state
        let rate = Double(summary.loaded) / max(summary.seconds, 1e-9)
        if options.json {
            var members: [(String, JSONValue)] = [
                ("collection", .string(options.collection)), ("file", .string(summary.file)),
                ("loaded", .int(Int64(state.loaded))),
                ("refused", .int(Int64(state.refused))), ("resumed_at", .int(Int64(summary.resumedAt))),
                ("seconds", .double((summary.seconds * 1_000).rounded() / 1_000)), ("rate", .double(rate.rounded())),
                ("sequence", .int(Int64(state.sequence))),
            ]
            members.append(("refused_file", summary.refusedFile.map { .string($0) } ?? .null))
            return Output.json(.object(JSONObject(members)))
        }
        var text = Loader.title(of: summary.file)
        text += ": \(Format.counted(summary.loaded, "point")) loaded in \(Format.seconds(summary.seconds))"
        text += " (\(Format.count(Int(rate)))/s)"
        if summary.resumedAt > 0 { text += ", \(Format.count(state.loaded)) with those before" }
        if state.refused > 0 { text += ", \(Format.count(state.refused)) refused: \(summary.refusedFile ?? "")" }
        Output.line(text)
        Output.flush()
    }
}
