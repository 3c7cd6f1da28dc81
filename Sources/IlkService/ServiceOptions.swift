package import IlkCollection

/// Limits and sizes of a daemon; every one is shown by `info`.
package struct ServiceOptions: Sendable {
    /// Threads for what is too long for an event loop: filtered and exact searches, scrolls, batches.
    package var workers: Int
    /// Requests that may wait for a worker; one more is refused with `overloaded`.
    package var queueLimit = 4_096
    /// Jobs that run at once.
    package var jobWorkers = 2
    /// Jobs that may wait for their turn; one more is refused with `overloaded`.
    package var jobQueueLimit = 16
    /// Finished jobs that `job.list` still knows, the newest ones.
    package var finishedJobsKept = 100
    /// Bytes that one reply may have, about; what asks for more is refused with `too_large`.
    package var replyLimit = 64 << 20
    /// Where the models are; nil for ``ModelStore/standardPath``.
    package var modelStore: String?
    /// Bytes that vectors of texts may take on the disk, to be used again.
    package var embeddingCacheLimit = 256 << 20
    /// Bytes of memory that the daemon may hold, files not counted; nil for as much as there is.
    ///
    /// From there on writers are refused with `overloaded`.
    package var memoryLimit: Int?
    package var collection: CollectionOptions

    /// - Parameter cores: what the machine has; it sizes the pools.
    package init(cores: Int) {
        workers = max(2, cores)
        collection = CollectionOptions(linkThreads: max(1, cores))
    }
}
