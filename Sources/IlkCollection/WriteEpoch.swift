import Glibc
import Synchronization

/// Tells a reader of several structures whether a write came between two of its looks.
///
/// A group of writes is committed to SQLite and then taken into the indexes, a point at a time. Readers take no lock: one
/// that must have seen a single moment asks afterwards whether it did, and looks again if not.
final class WriteEpoch: Sendable {
    /// What a reader looks at.
    enum Scope {
        /// The indexes, the table of ids and the payload fields in memory.
        case memory
        /// SQLite's rows as well.
        case rows
    }

    /// Odd while the indexes change.
    private let applied = Atomic<UInt64>(0)
    /// Odd from before a commit until the indexes have it.
    private let committed = Atomic<UInt64>(0)

    /// Brackets a commit, and what is done to the indexes after it.
    func commit<R, E>(_ body: () throws(E) -> R) throws(E) -> R { try bracket(committed, body) }

    /// Brackets the changes to the indexes.
    func apply(_ body: () -> Void) { bracket(applied, body) }

    private func bracket<R, E>(_ counter: borrowing Atomic<UInt64>, _ body: () throws(E) -> R) throws(E) -> R {
        counter.add(1, ordering: .sequentiallyConsistent)
        defer { counter.add(1, ordering: .sequentiallyConsistent) }
        return try body()
    }

    /// Waits until no write is half done, some 20 ms at most.
    func settle(_ scope: Scope) {
        for _ in 0..<200 where !now(scope).isMultiple(of: 2) { usleep(100) }
    }

    /// Whether no write was begun or ended since a moment, nor was half done at it.
    func isStill(_ moment: UInt64, _ scope: Scope) -> Bool {
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        return moment.isMultiple(of: 2) && now(scope) == moment
    }

    /// The number of this moment; odd while a write is half done.
    func now(_ scope: Scope) -> UInt64 {
        switch scope {
        case .memory: applied.load(ordering: .sequentiallyConsistent)
        case .rows: committed.load(ordering: .sequentiallyConsistent)
        }
    }
}
