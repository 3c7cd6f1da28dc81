import Foundation
import IlkANN
import IlkProtocol
import IlkVectors
import Synchronization

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
        // The records on this thread, the checkpoints on another.
        let read = Mutex<Result<Births, IlkError>?>(nil)
        let found = Mutex<[OpenedCheckpoint]>([])
        Workers.run(2) { number in
            if number == 0 {
                let births = Result { () throws(IlkError) in
                    try Self.readPoints(store, directory, filters, expiry)
                }
                read.withLock { $0 = births }
            } else {
                let opened = meta.schema.vectors.map { OpenedCheckpoint(of: $0, folder: folder, seed: meta.seed) }
                found.withLock { $0 = opened }
            }
        }
        guard let births = try read.withLock({ $0 })?.get() else {
            throw IlkError(.internal, "the points were not read; report this")
        }

        var indexes: [VectorIndex] = []
        var problems: [String] = []
        var unlinked = 0
        for (place, opened) in found.withLock({ $0 }).enumerated() {
            let (index, problem) = try Self.readIndex(
                opened, place: place, meta: meta, births: births, store: store, report: { report($0, births.count) })
            indexes.append(index)
            unlinked += index.pendingCount
            if let problem { problems.append("vector field '\(opened.field.name)': \(problem)") }
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
            let count = try records.pointCount()
            var births: Births = []
            births.reserveCapacity(count)
            directory.reserve(count)
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
        _ opened: OpenedCheckpoint, place: Int, meta: RecordStore.Meta, births: Births, store: RecordStore,
        report: (Int) -> Void
    ) throws(IlkError) -> (VectorIndex, problem: String?) {
        let mask: UInt64 = 1 << UInt64(place)
        let mine = births.filter { $0.fields & mask != 0 }
        var problem = opened.problem
        var index = opened.index
        if let kept = index {
            if opened.sequence > meta.sequence {
                problem = "its checkpoint is newer than its records"
            } else if mine.contains(where: { $0.born > opened.sequence && !kept.isVacant($0.ordinal) }) {
                problem = "its checkpoint does not belong to its records"
            }
            if problem != nil { index = nil }
        } else if problem == nil && mine.count > 2_000 {
            problem = "its checkpoint is missing"
        }
        let result: VectorIndex
        if let index {
            result = index
        } else {
            result = try CollectionContent.emptyIndex(of: opened.field, seed: meta.seed)
        }

        // What the checkpoint holds and SQLite does not, was removed after it; the other way round, it came after it.
        let end = (mine.lazy.map(\.ordinal.rawValue).max() ?? 0) + 1
        let live = OrdinalSet(capacity: Int(end), ordinals: mine.lazy.map(\.ordinal.rawValue))
        for ordinal in result.liveOrdinals() where !live.contains(ordinal.rawValue) { result.remove(ordinal) }
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

/// A field's checkpoint, as far as it can be used without the records.
struct OpenedCheckpoint: Sendable {
    let field: VectorField
    private(set) var index: VectorIndex?
    private(set) var sequence: UInt64 = 0
    /// Why a file that is there is not used; nil also where none is there.
    private(set) var problem: String?

    init(of field: VectorField, folder: String, seed: UInt64) {
        self.field = field
        let path = CollectionContent.checkpointPath(folder: folder, field: field)
        guard FileManager.default.fileExists(atPath: path) else { return }
        do throws(CheckpointError) {
            let (index, sequence) = try VectorIndex.open(
                path: path, dimension: field.dimension, metric: Metric(field.metric),
                parameters: HNSWParameters(field, seed: seed), storage: VectorStorage(field.storage))
            (self.index, self.sequence) = (index, sequence)
        } catch {
            problem =
                if case .foreign = error { "its checkpoint is not its own (\(error))" } else {
                    "its checkpoint is damaged (\(error))"
                }
        }
    }
}
