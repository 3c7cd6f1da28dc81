import Foundation
import IlkANN
import IlkEmbedding
import IlkProtocol
import IlkVectors

/// What `collection.reembed` did.
package struct ReembedReport: Sendable {
    /// Vectors that the new model made.
    package var vectors: Int
    /// Of those, how many an earlier, interrupted run had made.
    package var resumed: Int
    /// How many of the ten nearest neighbors are the same under both models, as a share, on sampled points; nil for none.
    package var overlap: Double?
    package var sampled: Int
    package var fingerprint: String
}

/// A vector field on its way to another model: vectors are set aside, in SQLite and in a graph, until all are there.
///
/// Searches and writes go on with the old model. What was set aside outlives the process, so that a run which was
/// cancelled or killed goes on where it was.
final class Reembedding {
    private let writer: Writer
    private let embedder: Embedder
    private let field: Int
    private let linkThreads: Int
    /// The collection as it will be: its schema and how it reads texts.
    private let schema: CollectionSchema
    private let reader: TextReader
    private let index: VectorIndex
    private let progress: (Progress) -> Bool
    /// Versions that have been looked at: their vectors are set aside, or they have no text.
    private var done: Set<Ordinal> = []
    private var staged = 0
    private var resumed = 0

    /// Versions that may be left to the new model after the change: each is missing from its searches for a moment.
    private static let leftOver = 64
    private static let chunk = 64

    init(
        _ writer: Writer, field: Int, to newField: VectorField, model: EmbeddingModel, _ embedder: Embedder,
        linkThreads: Int, progress: @escaping (Progress) -> Bool
    ) throws(IlkError) {
        self.writer = writer
        self.embedder = embedder
        self.field = field
        self.linkThreads = linkThreads
        self.progress = progress
        var schema = writer.content.schema
        schema.vectors[field] = newField
        schema.fingerprints[newField.name] = model.fingerprint
        self.schema = schema
        reader = try TextReader(schema)
        index = try CollectionContent.emptyIndex(of: newField, seed: writer.content.seed)
    }

    func run(sample: Int) throws(IlkError) -> ReembedReport {
        // An ordinal that is set aside must mean the same version until the end.
        try writer.perform { $0.ordinals.isReusePaused = true }
        defer { try? writer.perform { $0.ordinals.isReusePaused = false } }
        try begin()
        while true {
            try embedMissing()
            _ = index.linkPending(threads: linkThreads)
            let overlap = try overlap(sample: sample)
            if try cutOver() {
                return ReembedReport(
                    vectors: staged, resumed: resumed, overlap: overlap.share, sampled: overlap.count,
                    fingerprint: schema.fingerprints[schema.vectors[field].name] ?? "")
            }
        }
    }

    /// What the vectors set aside are of: another model, field or template begins anew.
    private var purpose: String {
        let field = schema.vectors[field]
        let source = field.source.map { "\($0.weight)×\($0.template)" }.joined(separator: "|")
        return "\(field.name)|\(schema.fingerprints[field.name] ?? "")|\(field.dimension)|\(source)"
    }

    private func begin() throws(IlkError) {
        let purpose = purpose
        let store = writer.content.store
        try onWriter { () throws(IlkError) in
            try store.write("begin to fill the field anew") { database in
                let records = Records(database: database)
                if try records.stagedPurpose() != purpose { try records.beginStaging(purpose) }
            }
        }
        let live = Set(writer.content.directory.liveOrdinals())
        try store.read("read the vectors that were set aside") { database in
            try Records(database: database).forEachStaged { ordinal, vector in
                guard live.contains(ordinal), vector.count == index.dimension else { return }
                index.place(vector.span, at: ordinal)
                done.insert(ordinal)
            }
        }
        resumed = done.count
        staged = done.count
    }

    private func embedMissing() throws(IlkError) {
        let content = writer.content
        let missing = content.directory.liveOrdinals().filter { !done.contains($0) }
        let total = done.count + missing.count
        var place = 0
        while place < missing.count {
            guard progress(Progress(phase: "embed", done: done.count, total: total)) else {
                throw IlkError(
                    .cancelled, "cancelled; what was embedded is kept, and collection.reembed goes on with it")
            }
            let chunk = Array(missing[place..<min(place + Self.chunk, missing.count)])
            place += chunk.count
            let found = try vectors(of: chunk, content)
            let store = content.store
            try onWriter { () throws(IlkError) in
                try store.write("set vectors aside") { database in
                    for (row, vector) in found { try Records(database: database).stage(vector, of: row) }
                }
            }
            for (row, vector) in found { index.place(vector.span, at: row.ordinal) }
            staged += found.count
            done.formUnion(chunk)
            if index.pendingCount >= 2_048 { _ = index.linkPending(threads: linkThreads) }
        }
    }

    /// What the new model makes of versions; those that are gone, or have no text, are left out.
    private func vectors(
        of ordinals: [Ordinal], _ content: CollectionContent
    ) throws(IlkError) -> [(row: PointRow, vector: [Float])] {
        let ids = content.directory.ids(of: ordinals)
        let read = try content.store.read("read the texts") { database in
            let records = Records(database: database)
            return try zip(ordinals, ids).compactMap { ordinal, id -> (PointRow, [PointTexts.Part])? in
                guard let id, let row = try records.point(id), row.ordinal == ordinal else { return nil }
                return (row, try reader.texts(of: records.payload(ordinal)?.parsed()).sources[field])
            }
        }
        let vectors = try schema.vectors(of: read.map(\.1), field: field, lane: .large, embedder)
        return zip(read, vectors).compactMap { read, vector in vector.vector.map { (read.0, $0) } }
    }

    /// The share of ten nearest neighbors that both models agree on, from sampled points.
    private func overlap(sample: Int) throws(IlkError) -> (share: Double?, count: Int) {
        let content = writer.content
        var random = SplitMix64(seed: content.seed)
        var both = content.directory.liveOrdinals().filter { content.indexes[field].contains($0) && index.contains($0) }
        both.shuffle(using: &random)
        let points = both.prefix(sample)
        var shared = 0
        for (number, ordinal) in points.enumerated() {
            guard progress(Progress(phase: "compare", done: number, total: points.count)) else {
                throw IlkError(.cancelled, "cancelled; collection.reembed goes on with what was embedded")
            }
            shared += content.indexes[field].tenNearest(to: ordinal).intersection(index.tenNearest(to: ordinal)).count
        }
        return (points.isEmpty ? nil : Double(shared) / Double(10 * points.count), points.count)
    }

    /// Lets the new model take over, on the writer's thread; false where too many versions came meanwhile.
    private func cutOver() throws(IlkError) -> Bool {
        guard progress(Progress(phase: "cut over", done: 0, total: 1)) else {
            throw IlkError(.cancelled, "cancelled; collection.reembed goes on with what was embedded")
        }
        let (writer, index, field, schema, reader) = (writer, index, field, schema, reader)
        let done = done
        let result: Result<Bool, IlkError> = try writer.perform { state in
            do throws(IlkError) {
                let content = writer.content
                let live = Set(content.directory.liveOrdinals())
                let missing = live.subtracting(done)
                guard missing.count <= Self.leftOver else { return .success(false) }
                // Before the rows change: a graph of the old vectors must never meet the new ones.
                state.abandonCheckpoint()
                try? FileManager.default.removeItem(atPath: content.checkpointPath(field: field))
                var indexes = content.indexes
                indexes[field] = index
                let next = CollectionContent(content, schema: schema, reader: reader, indexes: indexes)
                try content.epoch.commit { () throws(IlkError) in
                    let waiting = try next.adoptStaged(field: field, missing: missing)
                    content.epoch.apply {
                        for ordinal in index.liveOrdinals() where !live.contains(ordinal) { index.remove(ordinal) }
                        content.directory.setBit(of: field) { index.contains($0) }
                        writer.replaceContent(next)
                    }
                    for row in waiting { next.feed.set(row) }
                    next.feed.begin(waiting.map(\.ordinal), completion: nil)
                }
                state.ordinals.replacedGraph(ofField: field, stillLinked: index.removedOrdinals())
                state.changesSinceCheckpoint = max(state.changesSinceCheckpoint, WriterState.checkpointEvery)
                return .success(true)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func onWriter(_ body: @escaping @Sendable () throws(IlkError) -> Void) throws(IlkError) {
        try writer.between(body)
    }
}

extension VectorIndex {
    fileprivate func tenNearest(to ordinal: Ordinal) -> Set<Ordinal> {
        guard let vector = vector(at: ordinal) else { return [] }
        let found = search(vector.span, k: 11, efSearch: 100)
        return Set(found.neighbors.map(\.ordinal).filter { $0 != ordinal }.prefix(10))
    }
}

extension CollectionContent {
    /// Puts the vectors that were set aside into this content's rows; answers the versions that wait for its model.
    fileprivate func adoptStaged(field: Int, missing: Set<Ordinal>) throws(IlkError) -> [PendingRow] {
        let ids = directory.ids(of: missing)
        return try store.write("let the new model take over") { database in
            let records = Records(database: database)
            var waiting: [PendingRow] = []
            for id in ids {
                guard let id, let row = try records.point(id),
                    try !reader.texts(of: records.payload(row.ordinal)?.parsed()).sources[field].isEmpty
                else { continue }
                waiting.append(PendingRow(ordinal: row.ordinal, fields: 1 << UInt64(field), born: row.born))
            }
            try records.adoptStaged(field: field, waiting: waiting, schema: schema)
            // What waits in other fields too is told as a whole.
            return try waiting.map { try records.pending($0.ordinal) ?? $0 }
        }
    }
}
