import Foundation
import GRDB
package import IlkEmbedding
import IlkVectors
import Synchronization

/// Vectors of texts that were embedded before, in one SQLite file that outlives the daemon.
///
///     vector(key, rest, used, tokens, truncated, value)
///                                      key, rest: the two halves of a ``VectorKey``; used: when it was asked for
///                                      last, in milliseconds since 1970; value: f32, little-endian, then XXH3 of the
///                                      whole row
///
/// It is derived: whatever goes wrong with the file, it is deleted and begun anew, and the worst that happens is that
/// texts are embedded again. Every row has a checksum, so that a damaged one is a miss and not a wrong vector. Commits are
/// not synced, only checkpoints: after a power failure the last seconds may be missing.
///
/// Rows are written by a thread of the cache's own, many in one transaction. When the file is full, what was used
/// longest ago goes.
package final class EmbeddingCache: VectorCache {
    /// What there is to say about the cache in `stats`.
    package struct Figures: Sendable, Equatable {
        package var rows = 0
        package var bytes = 0
        package var byteLimit = 0
        /// Rows that were not kept because writing did not keep up.
        package var dropped = 0
        /// How often the file was begun anew because it was damaged.
        package var renewals = 0
    }

    private struct Row {
        var key: VectorKey
        var value: CachedVector
    }

    private struct State {
        var store: VectorFile?
        var waiting: [Row] = []
        var waitingBytes = 0
        /// Rows that were read since the last write.
        var used: Set<Int64> = []
        var dropped = 0
        var renewals = 0
        var isClosed = false
        /// Counts writes that were asked for and done, for ``flush()``.
        var asked = 0
        var done = 0
    }

    private let path: String
    private let byteLimit: Int
    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    /// Ends the patience of the writing thread.
    private let hurry = DispatchSemaphore(value: 0)
    private let isIdle = NSCondition()
    private let ended = DispatchGroup()

    /// How long rows wait for others to be written with.
    private static let patience = 0.2
    /// Bytes of rows that may wait.
    private static let waitingLimit = 64 << 20

    /// Opens the cache at a path, or begins it; where no file can be had, it keeps nothing.
    package init(path: String, byteLimit: Int) {
        self.path = path
        self.byteLimit = byteLimit
        state = Mutex(State(store: VectorFile.openOrRenew(path, byteLimit: byteLimit)))
        ended.enter()
        let thread = Thread { [self] in
            write()
            ended.leave()
        }
        thread.name = "ilk-vectors"
        thread.start()
    }

    package func vectors(_ keys: [VectorKey]) -> [CachedVector?] {
        let nothing = [CachedVector?](repeating: nil, count: keys.count)
        guard !keys.isEmpty, let store = state.withLock({ $0.store }) else { return nothing }
        do {
            let found = try store.vectors(keys)
            let used = zip(keys, found).filter { $1 != nil }.map { Int64(bitPattern: $0.0.high) }
            if !used.isEmpty { state.withLock { $0.used.formUnion(used) } }
            return found
        } catch {
            renew(store, error)
            return nothing
        }
    }

    package func insert(_ vectors: [(key: VectorKey, value: CachedVector)]) {
        guard !vectors.isEmpty else { return }
        let bytes = vectors.reduce(0) { $0 + $1.value.vector.count * 4 }
        state.withLock { state in
            guard !state.isClosed, state.waitingBytes + bytes <= Self.waitingLimit else {
                state.dropped += vectors.count
                return
            }
            state.waiting += vectors.map { Row(key: $0.key, value: $0.value) }
            state.waitingBytes += bytes
            state.asked += 1
        }
        wake.signal()
    }

    package var figures: Figures {
        let (store, dropped, renewals) = state.withLock { ($0.store, $0.dropped, $0.renewals) }
        let size = (try? store?.size()) ?? (rows: 0, bytes: 0)
        return Figures(rows: size.rows, bytes: size.bytes, byteLimit: byteLimit, dropped: dropped, renewals: renewals)
    }

    /// Waits until everything that was given is in the file.
    package func flush() {
        let target = state.withLock { $0.asked }
        hurry.signal()
        wake.signal()
        isIdle.withLock {
            while !state.withLock({ $0.done >= target || $0.isClosed }) { isIdle.wait() }
        }
    }

    /// Writes what waits and closes the file.
    package func close() {
        let wasOpen = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard wasOpen else { return }
        hurry.signal()
        wake.signal()
        ended.wait()
        let store = state.withLock { state in
            defer { state.store = nil }
            return state.store
        }
        store?.close()
    }

    /// The writing thread.
    private func write() {
        while true {
            wake.wait()
            let isClosed = state.withLock { $0.isClosed }
            if !isClosed { _ = hurry.wait(timeout: .now() + Self.patience) }
            while wake.wait(timeout: .now()) == .success {}
            let (store, rows, used, asked) = state.withLock { state in
                defer {
                    state.waiting = []
                    state.waitingBytes = 0
                    state.used = []
                }
                return (state.store, state.waiting, state.used, state.asked)
            }
            if let store {
                do {
                    try store.write(rows.map { ($0.key, $0.value) }, used: used)
                } catch { renew(store, error) }
            }
            isIdle.withLock {
                state.withLock { $0.done = asked }
                isIdle.broadcast()
            }
            if state.withLock({ $0.isClosed && $0.waiting.isEmpty }) { return }
            if isClosed { wake.signal() }
        }
    }

    /// Puts a new file in the place of one that could not be read or written.
    ///
    /// A full disk is no damage: then nothing is kept until there is room.
    private func renew(_ broken: VectorFile, _ error: any Error) {
        if let error = error as? DatabaseError, ![.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return
        }
        state.withLock { state in
            guard state.store === broken else { return }  // another thread was first
            state.store = nil
            state.renewals += 1
            broken.close()
            VectorFile.delete(path)
            state.store = VectorFile.openOrRenew(path, byteLimit: byteLimit)
        }
    }
}
