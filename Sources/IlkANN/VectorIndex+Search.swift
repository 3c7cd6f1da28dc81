package import IlkVectors
import Synchronization

extension VectorIndex {
    /// The nearest vectors that a walk through the graph finds, or a search of inverted lists where these are in use, and all
    /// pending ones that are as near.
    ///
    /// `query` has shape `[dimension]` and, for cosine, any length but 0. At least `k` is used of `efSearch`, the width of
    /// the candidate list. Only ordinals in `admitting` may be returned: those among the `width` nearest, by default as
    /// many more as fewer of all are in it. These may be less than `k`: see ``SearchOutcome/settled``.
    ///
    /// A wide walk that keeps no heap met what passes in half of the time of one that lets only such nodes into its list.
    package func search(
        _ query: Span<Float>, k: Int, efSearch: Int, width: Int? = nil, admitting: OrdinalSet? = nil
    ) -> SearchOutcome {
        precondition(query.count == dimension, "\(query.count) components for \(dimension)")
        guard k > 0 else { return SearchOutcome() }
        return unsafe withMeasurable(query) { query in
            gate.search { scratch in
                let ef = max(efSearch, k)
                if admitting == nil, let use = listsInUse {
                    return unsafe findInLists(query, k: k, ef: ef, use.lists, newcomers: use.newcomers, scratch)
                }
                return unsafe walk(query, k: k, ef: ef, width: width, admitting: admitting, scratch)
            }
        }
    }

    func walk(
        _ query: UnsafePointer<Float>, k: Int, ef: Int, width: Int? = nil, admitting: OrdinalSet?,
        leavingOut: UInt32? = nil,
        _ scratch: Scratch
    ) -> SearchOutcome {
        var counts = WalkCounts()
        let width = width ?? admitting.map { min(count, ef * count / max($0.count, 1)) } ?? ef
        let (codes, trial) = choice.withLock { ($0.codes, $0.trial) }
        // Taken together and before the walk: a node that is linked meanwhile is either in this list or in the graph
        // that the walk begins to read.
        let (waiting, entry) = pending.withLock { ($0.copy(), graph.entry) }
        scratch.beginVisit(end: states.end, leavingOut: leavingOut)
        scratch.pool.reset(limit: ef)
        if let entry {
            if let codes {
                unsafe codes.withEncoded(query) { code in
                    unsafe walk(code, codes.measure, from: entry, ef: max(ef, width), scratch, &counts)
                }
            } else {
                unsafe walk(query, store.measure, from: entry, ef: max(ef, width), scratch, &counts)
            }
            if let admitting {
                let sure = k * 2 <= ef ? scratch.pool.count / 2 : scratch.pool.count * 3 / 4
                counts.settled = (0..<sure).count { admitting.contains(scratch.pool[$0].node) }
                scratch.pool.keep(atMost: ef) { admitting.contains($0) }
            }
            if codes != nil {
                counts.distances += unsafe measureAgain(trial?.rescored(for: k) ?? ef, query, scratch)
            }
        }
        if !waiting.isEmpty {
            counts.distances += unsafe scan(
                waiting.lazy.filter { !scratch.wasVisited($0) }, query, store.measure, scratch, admitting: admitting)
        }
        return outcome(of: scratch, k: k, counts)
    }

    /// Leaves the `ef` nearest that a walk meets, by the measure given, in the pool.
    private func walk(
        _ query: UnsafeRawPointer, _ measure: Measure, from entry: (node: UInt32, level: Int), ef: Int,
        _ scratch: Scratch, _ counts: inout WalkCounts
    ) {
        let start = unsafe graph.descend(
            to: 0, from: entry, query: query, measure: measure, scratch: scratch, counts: &counts)
        if removedCount > 0 {
            unsafe walkAmongRemoved(query, measure, from: start, orFrom: entry.node, ef: ef, scratch, &counts)
        } else {
            unsafe graph.searchLayer(
                0, from: start, orFrom: entry.node, ef: ef, query: query, measure: measure, scratch: scratch,
                counts: &counts)
        }
    }

    /// The `ef` nearest live nodes, where some are removed and not yet unlinked.
    ///
    /// The walk is the fast one, as much wider as there are removed nodes, and these are taken out of the pool at its end: a walk
    /// that keeps them out from the start took 1.2 to 1.4 times as long with one in a thousand removed. Where so many were
    /// near the query that fewer than `ef` are left, that walk follows.
    private func walkAmongRemoved(
        _ query: UnsafeRawPointer, _ measure: Measure, from start: (node: UInt32, distance: Float),
        orFrom entry: UInt32,
        ef: Int, _ scratch: Scratch, _ counts: inout WalkCounts
    ) {
        let spare = min(ef, 2 * ef * removedCount / max(states.liveCount, 1) + 8)
        unsafe graph.searchLayer(
            0, from: start, orFrom: entry, ef: ef + spare, query: query, measure: measure, scratch: scratch,
            counts: &counts)
        let wasFull = scratch.pool.isFull
        scratch.pool.keep(atMost: ef) { states[$0].isLive }
        guard wasFull, !scratch.pool.isFull else { return }
        scratch.restartVisit()
        unsafe graph.searchLayer(
            0, from: start, orFrom: entry, ef: ef, query: query, measure: measure, scratch: scratch, counts: &counts
        ) { states[$0].isLive }
    }

    /// Puts the first `width` of the pool in the order of the vectors themselves; the others leave it.
    ///
    /// - Returns: how many were measured.
    func measureAgain(_ width: Int, _ query: UnsafePointer<Float>, _ scratch: Scratch) -> Int {
        let nodes = (0..<min(width, scratch.pool.count)).map { scratch.pool[$0].node }
        scratch.pool.reset(limit: width)
        for first in stride(from: 0, to: nodes.count, by: 64) {
            let count = min(64, nodes.count - first)
            for place in 0..<count { unsafe scratch.batch[place] = nodes[first + place] }
            unsafe poolBatch(count, query, store.measure, scratch)
        }
        return nodes.count
    }

    /// Measures the first `count` nodes of the batch, and puts them into the pool where they are near enough.
    func poolBatch(_ count: Int, _ query: UnsafeRawPointer, _ measure: Measure, _ scratch: Scratch) {
        unsafe measure.distances(query, to: scratch.batch, count: count, into: scratch.distances)
        for place in 0..<count where unsafe scratch.distances[place] < scratch.pool.bound {
            _ = unsafe scratch.pool.insert(distance: scratch.distances[place], node: scratch.batch[place])
        }
    }

    func outcome(of scratch: Scratch, k: Int, _ counts: WalkCounts) -> SearchOutcome {
        var neighbors: [Neighbor] = []
        neighbors.reserveCapacity(min(k, scratch.pool.count))
        for place in 0..<min(k, scratch.pool.count) {
            let entry = scratch.pool[place]
            neighbors.append(Neighbor(ordinal: Ordinal(entry.node), distance: metric.visible(entry.distance)))
        }
        // The root may make equal what was not; and a walk meets equals in any order.
        neighbors.sort()
        return SearchOutcome(
            neighbors: neighbors, distances: counts.distances, hops: counts.hops,
            settled: counts.settled)
    }

    /// Lends the query as the kernels take it; for cosine a copy of length 1.
    func withMeasurable<R>(_ query: Span<Float>, _ body: (UnsafePointer<Float>) -> R) -> R {
        guard metric == .cosine else {
            // SAFETY: the dimension is at least 1, so the span has a base.
            return unsafe query.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
        }
        let scaled = unsafe [Float](unsafeUninitializedCapacity: dimension) { scaled, count in
            unsafe Normalization.write(query, to: scaled.baseAddress!)
            count = dimension
        }
        return unsafe scaled.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
    }
}
