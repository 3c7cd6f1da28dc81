package import IlkVectors
import Synchronization

/// What a search found and what it cost.
package struct SearchOutcome: Sendable, Equatable {
    /// Nearest first, with distances as callers see them.
    package var neighbors: [Neighbor] = []
    /// Distances that were computed.
    package var distances = 0
    /// Nodes whose links were followed.
    package var hops = 0
    /// Of the nearer half of what a walk met, or of three quarters where `k` is over half of `efSearch`, those that may be
    /// returned: so many are its true nearest but for its recall.
    package var settled = 0
}

/// The vectors of one field, addressed by ordinal, with an HNSW graph over them and an exact scan beside it.
///
/// A vector is *placed*: from then on every search finds it, by a scan beside the walk. It is *linked* into the graph
/// when there is time. So a graph being rebuilt, the tail after a crash, and a write of this moment are the same case.
///
/// Any number of threads may search at any time, without locks. One thread at a time may change the index; the
/// changing methods may use several threads of their own.
package final class VectorIndex: Sendable {
    package let dimension: Int
    package let metric: Metric
    package let parameters: HNSWParameters
    package let storage: VectorStorage
    let store: VectorStore
    let graph: HNSWGraph
    let gate = SearchGate()
    let states: SlotStates
    /// Placed and not yet linked; also those of them that were removed since, until they are passed over or repaired.
    let pending = Mutex(PendingList())
    /// What walks measure.
    let choice = Mutex(CodeChoice())
    /// Inverted lists of the vectors, where they are of use.
    let listState = Mutex(ListState())
    /// The repair that was begun and is not done.
    let repairing = Mutex<GraphRepair?>(nil)
    /// How searches' recall grows with their width.
    let recallMeasurement = Mutex(RecallMeasurements())
    /// Nodes that were linked since all were last seen to be reachable.
    let linkedSinceAudit = Atomic<Int>(0)

    package init(
        dimension: Int, metric: Metric, parameters: HNSWParameters, storage: VectorStorage = .f32
    ) throws(IndexError) {
        self.dimension = dimension
        self.metric = metric
        self.parameters = parameters
        self.storage = storage
        store = try VectorStore(dimension: dimension, metric: metric)
        graph = try HNSWGraph(capacity: store.capacity, parameters: parameters)
        states = try SlotStates(capacity: store.capacity)
    }

    /// Ordinals from 0 that may be used.
    package var capacity: Int { store.capacity }

    /// Live vectors, linked or pending.
    package var count: Int { states.liveCount }

    /// Live vectors that are not in the graph yet.
    package var pendingCount: Int { states.pendingCount }

    /// Removed vectors that the graph still links to.
    package var removedCount: Int { states.removedCount }

    /// Whether the ordinal has a live vector.
    package func contains(_ ordinal: Ordinal) -> Bool { states[ordinal.rawValue].isLive }

    /// Whether a vector may be placed at the ordinal.
    package func isVacant(_ ordinal: Ordinal) -> Bool { states[ordinal.rawValue] == .vacant }

    /// Every live ordinal, in order.
    package func liveOrdinals() -> [Ordinal] {
        (0..<UInt32(states.end)).filter { states[$0].isLive }.map { Ordinal($0) }
    }

    /// Ordinals that cannot be placed yet, because they were removed and the graph may link to them.
    package func removedOrdinals() -> [Ordinal] {
        (0..<UInt32(states.end)).filter { states[$0] == .removed || states[$0] == .retired }.map { Ordinal($0) }
    }

    /// The vector as it is compared, for cosine scaled to length 1; nil where there is none.
    package func vector(at ordinal: Ordinal) -> [Float]? {
        guard contains(ordinal) else { return nil }
        // SAFETY: a row is `dimension` floats, which nobody writes while its ordinal is in the index.
        return unsafe Array(UnsafeBufferPointer(start: store.row(ordinal.rawValue), count: dimension))
    }

    /// Copies a vector in; the next search finds it.
    ///
    /// - Precondition: the ordinal is vacant, and for cosine the vector is not zero.
    package func place(_ vector: Span<Float>, at ordinal: Ordinal) {
        precondition(isVacant(ordinal), "ordinal \(ordinal.rawValue) is \(states[ordinal.rawValue])")
        store.write(vector, at: ordinal.rawValue)
        if let codes = choice.withLock({ $0.codes }) {
            unsafe codes.encodeNewcomer(store.row(ordinal.rawValue), at: ordinal.rawValue)
        }
        states.set(ordinal.rawValue, .pending)
        countChange()
        listState.withLock { if $0.isListing { $0.newcomers.append(ordinal.rawValue) } }
        pending.withLock { $0.append(ordinal.rawValue) }
    }

    /// Takes a vector out of every later answer; the graph is repaired around it by ``repair(threads:)``.
    package func remove(_ ordinal: Ordinal) {
        switch states[ordinal.rawValue] {
        case .linked:
            states.set(ordinal.rawValue, .removed)
            countChange()
        case .pending:
            // It stays in the list of what is pending, where every reader passes it over.
            states.set(ordinal.rawValue, .retired)
        case .vacant, .removed, .retired: break
        }
    }

    /// Puts pending vectors into the graph.
    ///
    /// `progress` is asked now and then; where it returns false, the rest stays pending.
    ///
    /// - Returns: whether nothing is pending any more.
    @discardableResult
    package func linkPending(threads: Int = 1, progress: ((done: Int, total: Int)) -> Bool = { _ in true }) -> Bool {
        let total = pendingCount
        fitCodesIfNeeded(threads: threads)
        while pendingCount > 0 {
            // The graph of a build begins with one node, so that no two threads make the first.
            if graph.entry == nil { linkFirst(1, threads: 1) } else { linkFirst(Self.linkSlice, threads: threads) }
            if !progress((total - pendingCount, total)) { break }
        }
        if linkedSinceAudit.load(ordering: .relaxed) > max(1_000, count / 4) { reconnectStrays() }
        return pendingCount == 0
    }

    /// Vectors that are linked between two questions whether to go on: some 50 ms of two threads at 784 dimensions.
    private static let linkSlice = 256

    private func linkFirst(_ count: Int, threads: Int) {
        let waiting = Array(pending.withLock { $0.nodes.prefix(count) })
        let next = Atomic<Int>(0)
        let alone = Mutex<[UInt32]>([])
        Workers.run(min(threads, waiting.count)) { _ in
            let measure = walkMeasure
            while true {
                let place = next.add(1, ordering: .relaxed).oldValue
                guard place < waiting.count else { return }
                let node = waiting[place]
                guard states[node] == .pending else { continue }
                if !link(node, measure) { alone.withLock { $0.append(node) } }
            }
        }
        let left = alone.withLock { Set($0) }
        for node in waiting where states[node] == .pending && !left.contains(node) { states.set(node, .linked) }
        // These met only removed nodes. They begin at a live one, or begin the graph anew, one after the other.
        for node in left.sorted() {
            replaceEntryIfRemoved()
            let isLinked = link(node, walkMeasure)
            precondition(isLinked, "node \(node) met nothing, though it began at a live node")
            states.set(node, .linked)
        }
        pending.withLock { $0.removeFirst(waiting.count) }
        linkedSinceAudit.add(waiting.count, ordering: .relaxed)
    }

    /// - Returns: false if the node met no live one.
    private func link(_ node: UInt32, _ measure: Measure) -> Bool {
        gate.search { scratch in
            // Removed nodes are told apart only where there are any: that walk is slower.
            graph.insert(
                node, measure: measure, scratch: scratch, end: states.end, states: removedCount > 0 ? states : nil)
        }
    }

    /// Takes every vector out of the graph, so that all are pending again; searches go on, by scan.
    package func dropGraph() {
        let all = (0..<UInt32(states.end)).filter { states[$0].isLive }
        repairing.withLock { $0 = nil }
        pending.withLock { pending in
            pending = PendingList(all)
            graph.setEntry(nil)
        }
        gate.waitForEarlierSearches()
        graph.clear(end: states.end)
        for node in 0..<UInt32(states.end) {
            switch states[node] {
            case .linked: states.set(node, .pending)
            case .removed: states.set(node, .retired)
            case .vacant, .pending, .retired: break
            }
        }
    }

    /// Bytes in memory, by part.
    package func memory() -> [(part: String, bytes: Int)] {
        let end = states.end
        return [
            ("vectors", end * store.stride * 4),
            ("codes", end * (choice.withLock { $0.codes }?.quantizer.stride ?? 0)),
            (
                "links",
                end * (graph.stride0 * 4 + HNSWGraph.bytesBesideLinks + 1) + graph.upperCount.load(ordering: .relaxed)
                    * graph.strideUpper * 4
            ),
            ("lists", listState.withLock { ($0.lists?.byteCount ?? 0) + 4 * $0.listOf.count }),
            ("scratch", gate.memoryBytes),
        ]
    }
}
