import Foundation
import IlkDatasets
import IlkProtocol
import Synchronization

/// Loads one file: reads, gathers batches, keeps several requests under way, and remembers how far it came.
final class Loader {
    /// What became of a file.
    struct Summary {
        var file: String
        var state: LoadState
        var resumedAt: Int
        var seconds: Double
        var refusedFile: String?
        /// Points stored by this run.
        var loaded: Int
    }

    private let delivery: BatchDelivery
    private let interrupt: Interrupt
    private let options: LoadOptions
    private let schema: TargetSchema
    private let file: String
    private let reader: RecordReader
    private let bar: ProgressBar
    private let labels: [JSONText]?
    private let firstNumber: UInt64

    private var state: LoadState
    private let statePath: String?
    private let refusedFile: RefusedFile
    private let resumedAt: Int
    private var size = BatchSize()
    private var saved = ContinuousClock.now

    /// Outcomes of batches that are done while one before them is not.
    private var early: [Int: (batch: Batch, outcome: BatchOutcome)] = [:]
    private var nextToSettle = 0
    private var loadedNow = 0
    private var firstReason: String?

    /// Requests under way at once: enough that the daemon's disk, its graph and this process all have work.
    private static let requestsUnderWay = 4
    /// After so many refusals without one point stored, the file is taken for the wrong one.
    private static let hopeless = 1_000

    /// A loader that begins where `state`, left by an earlier run, came to; rows without ids are numbered from
    /// `firstNumber`.
    init(
        file: String, reader: RecordReader, options: LoadOptions, schema: TargetSchema, sink: any PointSink,
        state: LoadState, statePath: String?, refusedFile: RefusedFile, firstNumber: UInt64, labels: [JSONText]?,
        bar: ProgressBar, interrupt: Interrupt
    ) throws {
        delivery = BatchDelivery(
            sink: sink, collection: options.collection, acknowledgement: schema.hasTexts ? options.wait : .searchable,
            waiting: Waiting(interrupt: interrupt, bar: bar))
        self.interrupt = interrupt
        self.file = file
        self.reader = reader
        self.options = options
        self.schema = schema
        self.state = state
        self.statePath = statePath
        self.firstNumber = firstNumber
        self.labels = labels
        self.bar = bar
        resumedAt = state.row
        self.refusedFile = refusedFile
        try reader.skip(state.row)
    }

    /// Loads the file to its end, its limit, or until Ctrl-C.
    func run() async throws -> Summary {
        let began = ContinuousClock.now
        defer { refusedFile.close() }
        do {
            try await deliverAll()
        } catch is CancellationError where interrupt.isRequested {
            // Nothing is wrong; what was not acknowledged is sent again.
        } catch {
            remember(isForced: true)
            bar.clear()
            if state.loaded > 0 || (error as? IlkError)?.retryable ?? false {
                Output.note("ilk: " + resumable("stopped"))
            }
            throw error
        }
        state.isComplete = !interrupt.isRequested
        remember(isForced: true)
        if !state.isComplete { throw Failure(resumable("interrupted")) }
        return Summary(
            file: file, state: state, resumedAt: resumedAt, seconds: (ContinuousClock.now - began) / .seconds(1),
            refusedFile: refusedFile.isWritten || state.refused > 0 ? refusedFile.path : nil, loaded: loadedNow)
    }

    private func resumable(_ what: String) -> String {
        statePath == nil
            ? "\(what) at row \(state.row) of \(Self.title(of: file))"
            : "\(what) at row \(Format.count(state.row)) of \(file); the same command goes on there"
    }

    private func deliverAll() async throws {
        let delivery = delivery
        try await withThrowingTaskGroup(of: (number: Int, batch: Batch, outcome: BatchOutcome).self) { group in
            var number = 0
            var underWay = 0
            while !interrupt.isRequested, let batch = try nextBatch() {
                if underWay == Self.requestsUnderWay, let done = try await group.next() {
                    underWay -= 1
                    try settle(done)
                }
                group.addTask { [number] in (number, batch, try await delivery.deliver(batch)) }
                number += 1
                underWay += 1
            }
            while let done = try await group.next() { try settle(done) }
        }
    }

    // MARK: Reading

    /// The next points of the file, as many as fit a request; nil at its end.
    private func nextBatch() throws -> Batch? {
        var batch = Batch()
        while batch.bytes < size.bytes, batch.points.count < BatchSize.maximumPoints,
            batch.refused.count < BatchSize.maximumPoints
        {
            guard reader.row < options.limit ?? .max, let entry = try reader.next() else { break }
            switch entry {
            case .refused(let refused): batch.refused.append(refused)
            case .record(let record): take(record, into: &batch)
            }
            batch.endRow = reader.row
        }
        guard batch.endRow > 0 else { return nil }
        batch.fileBytes = reader.bytes.done
        return batch
    }

    private func take(_ record: DatasetRecord, into batch: inout Batch) {
        let origin = Batch.Origin(record)
        if let problem = schema.problem(with: record.vectors) {
            batch.refused.append(origin.refused(because: problem, id: record.id))
            return
        }
        var payload = record.payload
        if let labels { payload = labels.indices.contains(record.row) ? labels[record.row] : nil }
        let number = firstNumber + UInt64(record.row)
        var id = record.id ?? .number(number)
        if let prefix = options.idPrefix {
            switch id {
            case .string(let text): id = .string(prefix + text)
            case .number(let number): id = .string(prefix + String(number))
            }
        }
        batch.add(UpsertPoint(id: id, vectors: record.vectors, payload: payload, expiry: record.expiry), origin)
    }

    // MARK: Settling

    /// Takes the outcome of a batch; what it says counts once every batch before it is done.
    private func settle(_ done: (number: Int, batch: Batch, outcome: BatchOutcome)) throws {
        size.learn(done.outcome, isFull: done.batch.bytes >= size.bytes)
        early[done.number] = (done.batch, done.outcome)
        while let (batch, outcome) = early.removeValue(forKey: nextToSettle) {
            nextToSettle += 1
            let refused = outcome.refused.sorted { $0.row < $1.row }
            if firstReason == nil { firstReason = refused.first?.reason }
            try refusedFile.add(refused)
            loadedNow += outcome.loaded
            state.loaded += outcome.loaded
            state.refused += outcome.refused.count
            state.row = batch.endRow
            state.sequence = max(state.sequence, outcome.sequence)
            state.lastID = outcome.lastID ?? state.lastID
            // At once: a load that is killed would else write the same lines again when it is resumed.
            if !refused.isEmpty { remember(isForced: true) }
            showProgress(batch)
        }
        if state.loaded == 0, state.refused >= Self.hopeless {
            throw Failure(
                "the first \(Format.counted(state.refused, "record")) of \(Self.title(of: file)) were all refused, the first because \(firstReason ?? "of its form")"
            )
        }
        remember(isForced: false)
    }

    /// A file as messages name it.
    static func title(of file: String) -> String { file == "-" ? "standard input" : file }

    private func showProgress(_ batch: Batch) {
        let name = file == "-" ? Self.title(of: file) : (file as NSString).lastPathComponent
        let total = [reader.totalRows, options.limit].compactMap { $0 }.min()
        if let total {
            bar.show(name, done: batch.endRow, total: total, unit: "rows")
        } else {
            bar.show(name, done: batch.fileBytes, total: reader.bytes.total, unit: "B")
        }
    }

    private func remember(isForced: Bool) {
        let now = ContinuousClock.now
        guard let statePath, isForced || now - saved > .seconds(1) else { return }
        saved = now
        state.save(to: statePath)
    }
}
