import Foundation
import IlkProtocol
import IlkVectors
import Synchronization

/// One durable collection: the truth in SQLite, the indexes in memory, one writer, any number of readers.
///
/// Searches take no lock of the writer's. A write is acknowledged when it is on the disk and the next search sees it.
package final class VectorCollection: Sendable {
    /// The collection's name, which is its folder's.
    package let name: String
    let folder: String
    let options: CollectionOptions

    private struct Status {
        var state: CollectionState
        var writer: Writer?
    }
    private let status: Mutex<Status>
    private let loaded = Gate()
    let companions = Companions()

    init(name: String, folder: String, options: CollectionOptions, state: CollectionState) {
        self.name = name
        self.folder = folder
        self.options = options
        status = Mutex(Status(state: state, writer: nil))
    }

    /// Where the collection stands now.
    package var state: CollectionState { status.withLock { $0.state } }

    /// Returns when the collection is no longer `loading`.
    package func waitUntilLoaded() { loaded.wait() }

    /// The writer, with the content that it keeps.
    ///
    /// - Throws: `unavailable` while records are being read, and for good once quarantined.
    func writer() throws(IlkError) -> Writer {
        let (state, writer) = status.withLock { ($0.state, $0.writer) }
        if let writer { return writer }
        switch state {
        case .quarantined(let reason):
            throw IlkError(
                .unavailable, "collection '\(name)' is quarantined: \(reason), or drop it", retryable: false)
        default:
            throw IlkError(
                .unavailable, "collection '\(name)' is \(state.name): \(state.reason ?? "closed"); try again",
                retryAfterMilliseconds: 200)
        }
    }

    func content() throws(IlkError) -> CollectionContent { try writer().content }

    func setState(_ state: CollectionState) {
        let old = status.withLock { status in
            defer { status.state = state }
            return status.state
        }
        if old.name != state.name || old.reason != state.reason, state.name != "loading" {
            options.observe(name, .state(state))
        }
    }

    /// Ends loading: with a writer, or without one if the collection is quarantined.
    func finishLoading(_ state: CollectionState, writer: Writer?) {
        status.withLock { $0 = Status(state: state, writer: writer) }
        options.observe(name, .state(state))
        loaded.open()
    }

    /// Finishes queued writes, writes a checkpoint, and closes the file.
    package func close() {
        loaded.wait()
        let writer = status.withLock { status in
            defer {
                status.writer = nil
                if case .quarantined = status.state {} else { status.state = .loading(done: 0, total: 0) }
            }
            return status.writer
        }
        companions.close()
        guard let writer else { return }
        writer.content.feed.close()
        writer.close()
        // The last connection folds the WAL into the file; if it cannot, the WAL is read at the next start.
        try? writer.content.store.close()
    }
}

/// Lets everyone through once it is open.
private final class Gate: Sendable {
    private let isOpen = Mutex(false)
    private let semaphore = DispatchSemaphore(value: 0)

    func open() {
        isOpen.withLock { $0 = true }
        semaphore.signal()
    }

    func wait() {
        guard !isOpen.withLock({ $0 }) else { return }
        semaphore.wait()
        semaphore.signal()  // for whoever waits next
    }
}
