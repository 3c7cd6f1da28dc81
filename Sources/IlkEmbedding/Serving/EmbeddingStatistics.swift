import Glibc
import Synchronization

/// What the queue has done since it began.
package final class EmbeddingStatistics: Sendable {
    /// The figures at one moment.
    package struct Figures: Sendable, Equatable {
        package var texts = 0
        package var tokens = 0
        package var slices = 0
        package var refused = 0
        package var cacheHits = 0
        package var cacheMisses = 0
        /// Tokens a second that one thread embeds, over the last slices; nil before the first.
        package var tokensPerSecond: Double?

        /// How many of the texts looked up were in the cache; nil before the first.
        package var hitRate: Double? {
            let all = cacheHits + cacheMisses
            return all > 0 ? Double(cacheHits) / Double(all) : nil
        }
    }

    private let state = Mutex(Figures())

    package init() {}

    package var figures: Figures { state.withLock { $0 } }

    static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    func count(texts: Int, tokens: Int, lane: EmbeddingLane, nanoseconds: UInt64) {
        state.withLock { figures in
            figures.texts += texts
            figures.tokens += tokens
            figures.slices += 1
            guard tokens > 0, nanoseconds > 0 else { return }
            let rate = Double(tokens) / (Double(nanoseconds) / 1e9)
            // One slice in ten decides: fast enough to follow a model that is ten times faster.
            figures.tokensPerSecond = figures.tokensPerSecond.map { 0.9 * $0 + 0.1 * rate } ?? rate
        }
    }

    func count(hits: Int, misses: Int) {
        state.withLock { figures in
            figures.cacheHits += hits
            figures.cacheMisses += misses
        }
    }

    func countRefusal() { state.withLock { $0.refused += 1 } }

    /// How long so many tokens take, by the rate so far; between 50 ms and a minute.
    func milliseconds(for tokens: Int, threads: Int) -> Int {
        let rate = (figures.tokensPerSecond ?? 1_000) * Double(threads)
        return Int(min(max(Double(tokens) / max(rate, 1) * 1_000, 50), 60_000))
    }
}
