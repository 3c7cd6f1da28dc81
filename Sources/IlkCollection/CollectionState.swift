import Glibc
package import IlkEmbedding

/// Where a collection stands; every state but `ready` has a reason that a person can act upon.
package enum CollectionState: Sendable, Equatable {
    /// Records are being read; searches are refused until they are.
    case loading(done: Int, total: Int)
    /// Everything works.
    case ready
    /// A graph is missing or being rebuilt: searches are exact and slower, writes work.
    case degraded(reason: String)
    /// SQLite's file cannot be used: nothing works but `drop` and `snapshot.restore`.
    case quarantined(reason: String)

    /// The state's name on the wire.
    package var name: String {
        switch self {
        case .loading: "loading"
        case .ready: "ready"
        case .degraded: "degraded"
        case .quarantined: "quarantined"
        }
    }

    /// Why it is not ready; nil when it is.
    package var reason: String? {
        switch self {
        case .loading(let done, let total): "reading records: \(done) of \(total)"
        case .ready: nil
        case .degraded(let reason), .quarantined(let reason): reason
        }
    }
}

/// How far a long job is.
package struct Progress: Sendable, Equatable {
    /// What is being done, in a word or two.
    package var phase: String
    package var done: Int
    package var total: Int

    package init(phase: String, done: Int, total: Int) {
        self.phase = phase
        self.done = done
        self.total = total
    }
}

/// What a collection's keeper should know of.
package enum CollectionEvent: Sendable, Equatable {
    /// It is in another state than before; a collection that is loading tells once.
    case state(CollectionState)
    /// Something works, but not as it should; see `issues` of `collection.describe`.
    case issue(Issue)
}

/// What may be chosen for every collection of a daemon.
package struct CollectionOptions: Sendable {
    /// Threads that insert into a graph when many vectors wait.
    package var linkThreads: Int
    /// Points that one transaction gathers at most; a larger request stays whole.
    package var groupLimit = 512
    /// Bytes of writes that may wait before writers are refused with `overloaded`.
    package var waitingBytesLimit = 256 << 20
    /// Level sampling of new collections; nil draws one.
    package var seed: UInt64?
    /// The time by which points expire, in seconds since 1970.
    package var now: @Sendable () -> Int64 = { ExpiryTable.seconds() }
    /// Embeds texts; nil where no text can be.
    package var embedder: Embedder?
    /// Told of what a person should see in a log; called on any thread.
    package var observe: @Sendable (_ collection: String, CollectionEvent) -> Void = { _, _ in }

    package init(linkThreads: Int, seed: UInt64? = nil) {
        self.linkThreads = linkThreads
        self.seed = seed
    }
}
