import Foundation
import IlkANN
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// Makes a new, empty collection in a folder that is not there yet.
    ///
    /// - Throws: `invalid_request` for a schema that cannot be, `internal` where the folder cannot be written.
    package static func create(
        name: String, folder: String, schema: CollectionSchema, options: CollectionOptions
    ) throws(IlkError) -> VectorCollection {
        try schema.validate()
        let seed = options.seed ?? UInt64.random(in: .min ... .max)
        var indexes: [VectorIndex] = []
        for field in schema.vectors { indexes.append(try CollectionContent.emptyIndex(of: field, seed: seed)) }
        // The folder appears under its name only when it is whole.
        let building = folder + ".new"
        do {
            try? FileManager.default.removeItem(atPath: building)
            try FileManager.default.createDirectory(atPath: building, withIntermediateDirectories: true)
        } catch {
            throw IlkError(
                .internal, "could not create \(building): \(error.localizedDescription); check the data folder")
        }
        do {
            let path = CollectionContent.databasePath(folder: building)
            try RecordStore.create(at: path, schema: schema, seed: seed).close()
            try FileManager.default.moveItem(atPath: building, toPath: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: building)
            if let error = error as? IlkError { throw error }
            throw IlkError(
                .internal, "could not create \(folder): \(error.localizedDescription); check the data folder")
        }
        let collection = VectorCollection(
            name: name, folder: folder, options: options, state: .loading(done: 0, total: 0))
        collection.load()
        return collection
    }

    /// Opens a collection: returns at once, and loads on a thread of its own.
    ///
    /// A damaged or missing checkpoint makes it `degraded` until the graph is rebuilt; a damaged SQLite file makes it
    /// `quarantined`. Neither throws, so one bad collection never stops the daemon.
    package static func open(name: String, folder: String, options: CollectionOptions) -> VectorCollection {
        let collection = VectorCollection(
            name: name, folder: folder, options: options, state: .loading(done: 0, total: 0))
        let thread = Thread { collection.load() }
        thread.name = "ilk-load"
        thread.start()
        return collection
    }

    private func load() {
        do throws(IlkError) {
            let loading = try CollectionLoading(folder: folder, now: options.now) { done, total in
                self.setState(.loading(done: done, total: total))
            }
            let state: CollectionState = loading.degradation.map { .degraded(reason: $0) } ?? .ready
            let writer = Writer(
                content: loading.content, sequence: loading.writerState.sequence, options: options
            ) { event in
                switch event {
                case .state(let state): self.setState(state)
                case .issue: self.options.observe(self.name, event)
                }
            }
            // First the state, then the thread: it may be ready before this one gets to its next line.
            finishLoading(state, writer: writer)
            writer.start(at: loading.writerState)
            startFeed(of: writer)
        } catch {
            finishLoading(.quarantined(reason: error.message), writer: nil)
        }
    }
}

extension VectorCollection {
    /// Has texts embedded that wait, from before the start and from now on.
    private func startFeed(of writer: Writer) {
        let feed = writer.content.feed
        feed.start(
            embed: { [embedder = options.embedder] rows, lane in
                do throws(IlkError) { return .success(try writer.content.embed(rows, lane: lane, embedder)) } catch {
                    return .failure(error)
                }
            },
            submit: { fills in
                writer.submit(.fill(fills)) { result in
                    // Refused for now, or for good if the collection closes: then the next start brings them again.
                    if case .failure = result { feed.begin(Array(Set(fills.map(\.ordinal))), completion: nil) }
                }
            })
    }
}

/// Reads a collection from its folder: ids and payloads from SQLite, graphs from checkpoints where they are good.
struct CollectionLoading {
    let content: CollectionContent
    let writerState: WriterState
    /// Why searches will be exact at first; nil if the graphs are there.
    let degradation: String?

    /// Reads what lies in the folder.
    ///
    /// - Parameters:
    ///   - folder: the collection's.
    ///   - now: the time by which points expire, in seconds since 1970.
    ///   - report: told how far it is.
    /// - Throws: what keeps the records from being read.
    init(
        folder: String, now: @escaping @Sendable () -> Int64, report: (_ done: Int, _ total: Int) -> Void
    ) throws(IlkError) {
        let path = CollectionContent.databasePath(folder: folder)
        guard FileManager.default.fileExists(atPath: path) else {
            throw IlkError(.internal, "\(path) is missing; restore the collection from a snapshot")
        }
        let store = try RecordStore(path: path)
        let meta = try store.meta()
        try store.upgrade()
        let directory = PointDirectory()
        let filters = FilterTable(fields: meta.schema.fields)
        let reader = try TextReader(meta.schema)
        let expiry = ExpiryTable(now: now)
        let births = try Self.readPoints(store, directory, filters, expiry)

        var indexes: [VectorIndex] = []
        var problems: [String] = []
        var unlinked = 0
        for (place, field) in meta.schema.vectors.enumerated() {
            let (index, problem) = try Self.readIndex(
                of: field, place: place, folder: folder, meta: meta, births: births, store: store,
                report: { report($0, births.count) })
            indexes.append(index)
            unlinked += index.pendingCount
            if let problem { problems.append("vector field '\(field.name)': \(problem)") }
        }
        let (words, unread) = try Self.readWords(
            of: meta, folder: folder, births: births, store: store, reader, report: { report($0, births.count) })
        content = CollectionContent(
            folder: folder, schema: meta.schema, seed: meta.seed, store: store, directory: directory, filters: filters,
            expiry: expiry, indexes: indexes, words: words, reader: reader)
        let pending = try store.read("read what waits for a model") { try Records(database: $0).allPending() }
        for row in pending { content.feed.set(row) }
        if !pending.isEmpty { content.feed.begin(pending.map(\.ordinal), completion: nil) }

        // A tail of a few thousand is scanned beside the walk; more than that is a graph to be rebuilt.
        let isDegraded = !problems.isEmpty || unlinked > max(2_000, directory.count / 5)
        if isDegraded {
            let cause =
                problems.isEmpty
                ? "\(unlinked) vectors came after the last checkpoint" : problems.joined(separator: "; ")
            degradation = "\(cause); the graph is being rebuilt and searches are exact until then"
        } else {
            degradation = nil
        }
        let capacity = indexes.map(\.capacity).min() ?? Int(UInt32.max) - 1
        let reusable = directory.vacantOrdinals().filter { ordinal in indexes.allSatisfy { $0.isVacant(ordinal) } }
        let ordinals = OrdinalSupply(end: directory.endOrdinal, reusable: reusable, capacity: capacity)
        writerState = WriterState(
            sequence: meta.sequence, ordinals: ordinals, isDegraded: isDegraded,
            changesSinceCheckpoint: unlinked + unread)
    }

    /// Ordinals that have vectors: fields and birth.
    typealias Births = [(ordinal: Ordinal, fields: UInt64, born: UInt64)]

    private static func readPoints(
        _ store: RecordStore, _ directory: PointDirectory, _ filters: FilterTable, _ expiry: ExpiryTable
    ) throws(IlkError) -> Births {
        try store.read("read the points") { database in
            let records = Records(database: database)
            var births: Births = []
            try records.forEachPoint { row in
                directory.set(row.id, to: PointDirectory.Entry(ordinal: row.ordinal, fields: row.fields))
                births.append((row.ordinal, row.fields, row.born))
                if let second = row.expires { expiry.set(second, of: row.ordinal) }
                filters.set(nil, at: row.ordinal)
            }
            if !filters.ignoresPayloads {
                try records.forEachPayload { ordinal, payload in filters.set(payload, at: ordinal) }
            }
            return births
        }
    }

    /// A field's index: the checkpoint and what came after it, or everything from SQLite, still to be linked.
    private static func readIndex(
        of field: VectorField, place: Int, folder: String, meta: RecordStore.Meta, births: Births, store: RecordStore,
        report: (Int) -> Void
    ) throws(IlkError) -> (VectorIndex, problem: String?) {
        let mask: UInt64 = 1 << UInt64(place)
        let mine = births.filter { $0.fields & mask != 0 }
        let path = CollectionContent.checkpointPath(folder: folder, field: field)
        var problem: String?
        var index: VectorIndex?
        if FileManager.default.fileExists(atPath: path) {
            do {
                let (opened, sequence) = try VectorIndex.open(
                    path: path, dimension: field.dimension, metric: Metric(field.metric),
                    parameters: HNSWParameters(field, seed: meta.seed), storage: VectorStorage(field.storage))
                if sequence > meta.sequence {
                    problem = "its checkpoint is newer than its records"
                } else if mine.contains(where: { $0.born > sequence && !opened.isVacant($0.ordinal) }) {
                    problem = "its checkpoint does not belong to its records"
                } else {
                    index = opened
                }
            } catch {
                problem =
                    if case .foreign = error { "its checkpoint is not its own (\(error))" } else {
                        "its checkpoint is damaged (\(error))"
                    }
            }
        } else if mine.count > 2_000 {
            problem = "its checkpoint is missing"
        }
        let result: VectorIndex
        if let index { result = index } else { result = try CollectionContent.emptyIndex(of: field, seed: meta.seed) }

        // What the checkpoint holds and SQLite does not, was removed after it; the other way round, it came after it.
        let live = Set(mine.map(\.ordinal))
        for ordinal in result.liveOrdinals() where !live.contains(ordinal) { result.remove(ordinal) }
        let missing = mine.filter { !result.contains($0.ordinal) }.map(\.ordinal)
        try placeVectors(missing, of: place, in: result, from: store, isWhole: index == nil, report: report)
        return (result, problem)
    }

    private static func placeVectors(
        _ missing: [Ordinal], of field: Int, in index: VectorIndex, from store: RecordStore, isWhole: Bool,
        report: (Int) -> Void
    ) throws(IlkError) {
        guard !missing.isEmpty else { return }
        let wanted = Set(missing)
        try store.read("read the vectors") { database in
            let records = Records(database: database)
            var done = 0
            func take(_ ordinal: Ordinal, _ vector: [Float]) throws {
                guard vector.count == index.dimension else {
                    throw IlkError(
                        .internal,
                        "a stored vector has \(vector.count) of \(index.dimension) components; restore a snapshot")
                }
                index.place(vector.span, at: ordinal)
                done += 1
                if done.isMultiple(of: 4_096) { report(done) }
            }
            if isWhole {
                try records.forEachVector(field: field) { ordinal, vector in
                    // A vector without its point is no one's.
                    if wanted.contains(ordinal) { try take(ordinal, vector) }
                }
                guard done == wanted.count else {
                    throw IlkError(.internal, "\(wanted.count - done) vectors are missing; restore a snapshot")
                }
            } else {
                for ordinal in missing {
                    guard let vector = try records.vector(ordinal, field: field) else {
                        throw IlkError(
                            .internal, "the vector of ordinal \(ordinal.rawValue) is missing; restore a snapshot")
                    }
                    try take(ordinal, vector)
                }
            }
        }
    }
}
