import IlkVectors
import Synchronization

/// The curve that searches are told a width from, and the one that is being measured.
struct RecallMeasurement: Sendable {
    var curve: RecallCurve?
    var next: RecallCurve?
    /// Vectors placed and removed since the measurement of `curve` began.
    var changes = 0

    /// The best that is known, be it of few searches.
    var latest: RecallCurve? { curve ?? next }
}

/// The measurements of both structures.
struct RecallMeasurements: Sendable {
    private var graph = RecallMeasurement()
    private var lists = RecallMeasurement()

    subscript(structure: Structure) -> RecallMeasurement {
        get { structure == .graph ? graph : lists }
        set { if structure == .graph { graph = newValue } else { lists = newValue } }
    }

    mutating func countChange() {
        graph.changes += 1
        lists.changes += 1
    }
}

extension VectorIndex {
    /// Below it a search is a scan, and its recall 1.
    private static let leastMeasuredCount = 1_000
    /// Points whose search is measured, unless the curve is precise before: where searches differ much in how hard they are,
    /// the standard error of a recall of 0.9 is half a point after 1,000 of them.
    private static let measuredSearches = 4_000
    /// Points that are measured at once, in some 200 ms.
    private var measuredSlice: Int { max(4, min(32, 2_000_000_000 / (count * dimension))) }

    /// The recall of searches by their width, where it has been measured.
    package var recallCurve: RecallCurve? {
        let structure = structureInUse
        return recallMeasurement.withLock { $0[structure].curve }
    }

    /// Whether there is no curve, or the points have changed by half since it was measured.
    package var isRecallDue: Bool {
        guard pendingCount == 0, count >= Self.leastMeasuredCount else { return false }
        let structure = structureInUse
        return recallMeasurement.withLock { measurements in
            let measurement = measurements[structure]
            guard let curve = measurement.curve, measurement.next == nil else { return true }
            return measurement.changes > curve.count / 2
        }
    }

    func countChange() { recallMeasurement.withLock { $0.countChange() } }

    /// Measures the recall of some more of the index's own points; call it while ``isRecallDue``.
    ///
    /// A point that is measured is marked as visited before the walk begins, so it is neither found nor walked through:
    /// what remains is the graph that a query from outside meets, but for the links that others gave up for this point.
    package func measureRecall(threads: Int = 1) { measureRecall(of: structureInUse, threads: threads) }

    func measureRecall(of structure: Structure, threads: Int) {
        let live = liveOrdinals().map(\.rawValue)
        var curve = recallMeasurement.withLock { measurements in
            if measurements[structure].next == nil { measurements[structure].changes = 0 }
            return measurements[structure].next ?? RecallCurve(count: live.count)
        }
        let queries = measuredNodes(of: live, from: curve.searches, structure)
        let truths = nearest(
            to: queries, among: live, by: { self.store.measure }, limit: RecallCurve.k, threads: threads)
        for rung in curve.rungs.indices {
            let recalls = recalls(of: queries, truths, ef: curve.rungs[rung].ef, structure, threads)
            for recall in recalls { curve.add(recall, at: rung) }
            // Wider lists find all as well.
            if recalls.allSatisfy({ $0 == 1 }) {
                for wider in curve.rungs.indices.dropFirst(rung + 1) { for _ in queries { curve.add(1, at: wider) } }
                break
            }
        }
        recallMeasurement.withLock { [curve] measurements in
            let isWhole =
                curve.isPrecise || curve.searches >= min(Self.measuredSearches, live.count / 4) || queries.isEmpty
            if isWhole { measurements[structure].curve = curve }
            measurements[structure].next = isWhole ? nil : curve
        }
    }

    /// The next points to be measured: the same of the same points, all of level 0, where a walk ends, and of lists none that
    /// they were fitted to.
    func measuredNodes(of live: [UInt32], from first: Int, _ structure: Structure) -> [UInt32] {
        var random = SplitMix64(seed: parameters.seed &+ UInt64(first))
        var nodes: [UInt32] = []
        let slice = measuredSlice
        for _ in 0..<64 * slice where nodes.count < slice {
            let node = live[Int(random.next() % UInt64(live.count))]
            guard graph.level(of: node) == 0, node != graph.entry?.node, !nodes.contains(node),
                structure == .graph || ListBuilder.isHeldOut(node)
            else { continue }
            nodes.append(node)
        }
        return nodes
    }

    private func recalls(
        of queries: [UInt32], _ truths: [[Neighbor]], ef: Int, _ structure: Structure, _ threads: Int
    ) -> [Double] {
        let next = Atomic<Int>(0)
        let recalls = Mutex([Double](repeating: 0, count: queries.count))
        Workers.run(min(threads, queries.count)) { _ in
            while true {
                let number = next.add(1, ordering: .relaxed).oldValue
                guard number < queries.count else { return }
                let found = find(queries[number], k: RecallCurve.k, ef: ef, structure)
                let truth = truths[number].map {
                    Neighbor(ordinal: $0.ordinal, distance: metric.visible($0.distance))
                }
                let recall = recall(of: found.neighbors, against: truth)
                recalls.withLock { $0[number] = recall }
            }
        }
        return recalls.withLock { $0 }
    }

    /// A search for a node's vector as if it were not in the index.
    func find(_ node: UInt32, k: Int, ef: Int, _ structure: Structure) -> SearchOutcome {
        gate.search { scratch in
            let query = unsafe UnsafePointer(store.row(node))
            let (lists, newcomers) = listState.withLock { ($0.lists, $0.newcomers.copy()) }
            if structure == .lists, let lists {
                return unsafe findInLists(
                    query, k: k, ef: ef, lists, newcomers: newcomers, leavingOut: node, scratch)
            }
            return unsafe walk(query, k: k, ef: ef, admitting: nil, leavingOut: node, scratch)
        }
    }
}
