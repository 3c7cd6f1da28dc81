import Dispatch
import Foundation
import GRDB
import IlkANN
import IlkLexical
import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// The one writer of a collection, on a thread of its own.
///
/// What waits is gathered into one SQLite transaction (group commit: while one is being synced, the next gathers),
/// then applied to the indexes, then acknowledged. When nothing waits, it links what is pending, repairs graphs
/// around removed points and writes checkpoints.
final class Writer: Sendable {
    private struct Waiting {
        var operation: WriteOperation
        var wait: WriteWait
        var completion: Completion<WriteReceipt>
    }
    private enum Work {
        case write(Waiting)
        case maintenance(@Sendable (inout WriterState) -> Void)
    }
    private struct Inbox {
        var work: [Work] = []
        var bytes = 0
        var isClosed = false
    }

    private let contentNow: Mutex<CollectionContent>
    private let options: CollectionOptions
    private let inbox = Mutex(Inbox())
    let wake = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    private let sequenceNow: Mutex<UInt64>
    /// Linking stands still after a rebuild was cancelled, until the next one.
    private let isLinkingPaused = Mutex(false)
    private let report: @Sendable (CollectionEvent) -> Void
    /// For what only reads points: lists of them, and measurements.
    private let upkeep: WorkThread

    /// A writer whose thread is not running yet; `report` gets what changes, on that thread.
    init(
        content: CollectionContent, sequence: UInt64, options: CollectionOptions,
        report: @escaping @Sendable (CollectionEvent) -> Void
    ) {
        contentNow = Mutex(content)
        self.options = options
        self.report = report
        sequenceNow = Mutex(sequence)
        upkeep = WorkThread(name: "ilk-upkeep") { [wake] in wake.signal() }
    }

    /// Starts the thread, once; what was submitted before is done first.
    func start(at state: WriterState) {
        let thread = Thread { [self] in run(state) }
        thread.name = "ilk-writer"
        thread.start()
    }

    /// The collection's parts as they are now.
    var content: CollectionContent { contentNow.withLock { $0 } }

    /// Puts other parts in place; on the writer's thread only.
    func replaceContent(_ content: CollectionContent) { contentNow.withLock { $0 = content } }

    /// The sequence of the last acknowledged write.
    var sequence: UInt64 { sequenceNow.withLock { $0 } }

    /// Queues a write; `completion` is called exactly once, when the write is what `wait` says.
    func submit(
        _ operation: WriteOperation, wait: WriteWait = .searchable, completion: @escaping Completion<WriteReceipt>
    ) {
        let refusal: IlkError? = inbox.withLock { inbox in
            if inbox.isClosed {
                return IlkError(.unavailable, "the collection is closing; send it again after the restart")
            }
            let bytes = operation.bytes
            if inbox.bytes > 0 && inbox.bytes + bytes > options.waitingBytesLimit {
                return IlkError(
                    .overloaded, "\(inbox.bytes >> 20) MiB of writes are waiting; send fewer at once",
                    retryAfterMilliseconds: 200)
            }
            inbox.bytes += bytes
            inbox.work.append(.write(Waiting(operation: operation, wait: wait, completion: completion)))
            return nil
        }
        if let refusal { return completion(.failure(refusal)) }
        wake.signal()
    }

    /// Runs `body` on the writer's thread between two groups, and waits for it.
    func perform<T: Sendable>(_ body: @escaping @Sendable (inout WriterState) -> T) throws(IlkError) -> T {
        let done = DispatchSemaphore(value: 0)
        let result = Mutex<T?>(nil)
        let accepted = inbox.withLock { inbox in
            guard !inbox.isClosed else { return false }
            inbox.work.append(
                .maintenance { state in
                    let value = body(&state)
                    result.withLock { $0 = value }
                    done.signal()
                })
            return true
        }
        guard accepted else {
            throw IlkError(.unavailable, "the collection is closing; send it again after the restart")
        }
        wake.signal()
        done.wait()
        guard let value = result.withLock({ $0 }) else {
            throw IlkError(.internal, "a maintenance step had no result; report this")
        }
        return value
    }

    /// Finishes what waits, writes a checkpoint if there is something new, and ends the thread.
    func close() {
        let wasClosed = inbox.withLock { inbox in
            defer { inbox.isClosed = true }
            return inbox.isClosed
        }
        guard !wasClosed else { return }
        wake.signal()
        finished.wait()
    }

    func setLinkingPaused(_ paused: Bool) {
        isLinkingPaused.withLock { $0 = paused }
        wake.signal()
    }

    // MARK: The thread

    private enum Batch {
        case writes([Waiting])
        case maintenance(@Sendable (inout WriterState) -> Void)
        case nothing(isClosed: Bool)
    }

    private func run(_ initial: WriterState) {
        // Searches come first: threads inherit this, so linking in parallel yields to them too.
        lowerPriorityOfThisThread()
        var state = initial
        while true {
            switch nextBatch() {
            case .writes(let batch):
                commit(batch, &state)
                // While writes never pause, expired points shall not pile up.
                deleteExpired(&state, from: 4 * options.groupLimit)
                _ = advanceCheckpoint(&state)
            case .maintenance(let body):
                body(&state)
            case .nothing(let isClosed):
                if isClosed {
                    upkeep.close()
                    lastCheckpoint(&state)
                    finished.signal()
                    return
                }
                if idleStep(&state) { continue }
                _ = wake.wait(timeout: .now() + .seconds(Int(min(5, content.expiry.secondsToNext ?? 5))))
            }
        }
    }

    private func nextBatch() -> Batch {
        inbox.withLock { inbox in
            guard let first = inbox.work.first else { return .nothing(isClosed: inbox.isClosed) }
            guard case .write(let head) = first else {
                inbox.work.removeFirst()
                guard case .maintenance(let body) = first else { return .nothing(isClosed: inbox.isClosed) }
                return .maintenance(body)
            }
            // A filter is decided on what earlier groups committed, so it stands in a group of its own.
            var batch = [head]
            var size = head.operation.size
            if !head.operation.needsFilter {
                for work in inbox.work.dropFirst() {
                    guard case .write(let next) = work, !next.operation.needsFilter,
                        size + next.operation.size <= options.groupLimit
                    else { break }
                    batch.append(next)
                    size += next.operation.size
                }
            }
            inbox.work.removeFirst(batch.count)
            inbox.bytes -= batch.reduce(0) { $0 + $1.operation.bytes }
            return .writes(batch)
        }
    }

    private var hasWork: Bool { inbox.withLock { !$0.work.isEmpty } }

    private func commit(_ batch: [Waiting], _ state: inout WriterState) {
        var results: [Result<WriteGroup.Outcome, IlkError>] = []
        do throws(IlkError) {
            let selections = batch.map { select($0.operation) }
            try content.epoch.commit { () throws(IlkError) in
                let group = try content.store.write("write") { database in
                    var group = WriteGroup(
                        records: Records(database: database), content: content, sequence: state.sequence,
                        ordinals: state.ordinals)
                    for (waiting, selection) in zip(batch, selections) {
                        do {
                            results.append(.success(try group.apply(waiting.operation, selected: try selection.get())))
                        } catch let error as IlkError {
                            results.append(.failure(error))
                        }
                    }
                    try group.finish()
                    return group
                }
                state.sequence = group.sequence
                state.ordinals = group.ordinals
                content.epoch.apply { apply(group.changes, &state) }
            }
            sequenceNow.withLock { [sequence = state.sequence] in $0 = sequence }
            // A backlog is linked when there is time; these points are found by the scan of what is pending.
            if content.pendingCount <= 4 * options.groupLimit { link(&state) }
        } catch {
            results = batch.map { _ in .failure(error) }
        }
        for (waiting, result) in zip(batch, results) { finish(waiting, result) }
        if hasWork && content.pendingCount > 0 { link(&state) }
    }

    /// Answers a write that needs no vectors from models, or does not wait for them; else lets them be made first.
    private func finish(_ waiting: Waiting, _ result: Result<WriteGroup.Outcome, IlkError>) {
        switch result {
        case .failure(let error): waiting.completion(.failure(error))
        case .success(let outcome):
            guard !outcome.waiting.isEmpty else { return waiting.completion(.success(outcome.receipt)) }
            switch waiting.wait {
            case .durable:
                content.feed.begin(outcome.waiting, completion: nil)
                waiting.completion(.success(outcome.receipt))
            case .searchable:
                content.feed.begin(outcome.waiting) { truncated in
                    guard let truncated else {
                        let error = IlkError(
                            .unavailable,
                            "the collection is closing: what was sent is stored, and gets its vectors when it is open again",
                            retryable: false)
                        return waiting.completion(.failure(error))
                    }
                    var receipt = outcome.receipt
                    receipt.truncated = truncated
                    waiting.completion(.success(receipt))
                }
            }
        }
    }

    /// The ids that an operation means, as of the last group.
    private func select(_ operation: WriteOperation) -> Result<[PointID], IlkError> {
        do throws(IlkError) {
            switch operation {
            case .upsert, .fill, .documents: return .success([])
            case .patch(.ids(let ids), _, _), .delete(.ids(let ids)): return .success(ids)
            case .expire(let limit):
                let expired = (content.expiry.expired()?.prefix(limit) ?? []).map { Ordinal($0) }
                return .success(content.directory.ids(of: expired).compactMap { $0 })
            case .patch(.filter(let filter), _, _), .delete(.filter(let filter)):
                let ordinals = try content.matching(content.expression(filter)).ordinals.map { Ordinal($0) }
                return .success(content.directory.ids(of: ordinals).compactMap { $0 })
            }
        } catch {
            return .failure(error)
        }
    }

    /// Takes committed changes into the indexes: the new version of a point is there before the old one goes.
    private func apply(_ changes: [IndexChange], _ state: inout WriterState) {
        let content = content
        for change in changes {
            switch change {
            case .insert(let id, let entry, let vectors, let payload, let words):
                for (field, vector) in vectors.enumerated() {
                    guard let vector else { continue }
                    content.indexes[field].place(vector.span, at: entry.ordinal)
                }
                content.words?.set(words, at: entry.ordinal)
                content.filters.set(payload, at: entry.ordinal)
                content.directory.set(id, to: entry)
            case .fill(let id, let entry, let field, let vector):
                content.indexes[field].place(vector.span, at: entry.ordinal)
                content.directory.set(id, to: entry)
            case .pending(let row):
                content.feed.set(row)
            case .expiry(let ordinal, let expiry):
                content.expiry.set(expiry.seconds, of: ordinal)
            case .payload(let ordinal, let payload):
                content.filters.set(payload, at: ordinal)
            case .vacate(let entry):
                vacate(entry, &state)
            case .remove(let id, let entry):
                content.directory.remove(id)
                vacate(entry, &state)
            }
            state.changesSinceCheckpoint += 1
        }
    }

    private func vacate(_ entry: PointDirectory.Entry, _ state: inout WriterState) {
        let content = content
        content.filters.remove(at: entry.ordinal)
        content.words?.remove(entry.ordinal)
        content.expiry.set(nil, of: entry.ordinal)
        for (field, index) in content.indexes.enumerated() where entry.fields & 1 << UInt64(field) != 0 {
            index.remove(entry.ordinal)
        }
        state.ordinals.vacate(entry)
    }
}

// MARK: - Between groups

extension Writer {
    /// One bounded step of what can wait; false if there was nothing to do.
    private func idleStep(_ state: inout WriterState) -> Bool {
        if state.checkpoint != nil && advanceCheckpoint(&state) { return true }
        // A graph without any vector is whole too.
        if (content.pendingCount > 0 || state.isDegraded) && !isLinkingPaused.withLock({ $0 }) {
            link(&state)
            return true
        }
        if deleteExpired(&state, from: 1) { return true }
        let content = content
        if content.words?.maintain() == true { return true }
        // A repair makes vectors' places free, which the other thread may be reading.
        if upkeep.isIdle {
            for (field, index) in content.indexes.enumerated()
            where index.isRepairing || index.removedCount > max(1_000, index.count / 20) {
                state.ordinals.unlinked(index.repairStep(threads: options.linkThreads), field: field)
                return true
            }
            if let work = dueUpkeep(content) { upkeep.submit(work) }
        }
        if advanceCheckpoint(&state) { return true }
        for issue in content.issues.takeUntold() { report(.issue(issue)) }
        return false
    }

    /// What only reads points, and takes longer than a write should wait; nil where nothing is due.
    private func dueUpkeep(_ content: CollectionContent) -> (@Sendable () -> Void)? {
        let threads = options.linkThreads
        if let index = content.indexes.first(where: \.isListingDue) { return { index.tendLists(threads: threads) } }
        if let index = content.indexes.first(where: \.isRecallDue) { return { index.measureRecall(threads: threads) } }
        guard content.sampler.hasSamples else { return nil }
        return { content.sampler.measure(in: content) }
    }

    /// Deletes a group of expired points where there are so many; false if it did not.
    @discardableResult
    private func deleteExpired(_ state: inout WriterState, from least: Int) -> Bool {
        guard let expired = content.expiry.expired()?.count, expired >= least, state.mayExpire else { return false }
        commit([Waiting(operation: .expire(options.groupLimit), wait: .durable, completion: { _ in })], &state)
        // A full disk, for instance: they are in no answer anyway.
        if content.expiry.expired()?.count ?? 0 >= expired { state.expiryFailed() }
        return true
    }

    /// Links what is pending; gives way after 200 ms if a write waits.
    private func link(_ state: inout WriterState) {
        guard !isLinkingPaused.withLock({ $0 }) else { return }
        let giveWay = ContinuousClock.now + .milliseconds(200)
        for index in content.indexes where index.pendingCount > 0 {
            let threads = index.pendingCount < 32 ? 1 : options.linkThreads
            let isDone = index.linkPending(threads: threads) { _ in
                !(hasWork && ContinuousClock.now > giveWay) && !isLinkingPaused.withLock { $0 }
            }
            guard isDone else { return }
        }
        if state.isDegraded {
            for index in content.indexes { index.reconnectStrays() }
            state.isDegraded = false
            state.changesSinceCheckpoint = max(state.changesSinceCheckpoint, WriterState.checkpointEvery)
            report(.state(.ready))
        }
    }
}
