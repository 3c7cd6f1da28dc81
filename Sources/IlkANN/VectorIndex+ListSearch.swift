package import IlkVectors
import Synchronization

extension VectorIndex {
    /// Entries of lists that are looked at for each place of a width.
    ///
    /// With it a width means about the recall that it means of a graph.
    package static let entriesPerWidth = ListBuilder.listLength / 4

    /// The nearest vectors in `admitting`, in as many lists as a search of that width looks at.
    ///
    /// With a width of ``count`` all lists are searched. Without lists in use nothing is found.
    package func searchLists(
        _ query: Span<Float>, k: Int, efSearch: Int, width: Int, admitting: OrdinalSet
    ) -> SearchOutcome {
        precondition(query.count == dimension, "\(query.count) components for \(dimension)")
        guard k > 0, let use = listsInUse else { return SearchOutcome() }
        let ef = max(efSearch, k)
        return unsafe withMeasurable(query) { query in
            gate.search { scratch in
                unsafe findInLists(
                    query, k: k, ef: ef, listWidth: max(ef, width), use.lists, newcomers: use.newcomers,
                    admitting: admitting, scratch)
            }
        }
    }

    /// Entries that are ranked again, by their codes.
    ///
    /// The more lists are searched the more of the nearest are met, and the more it costs to lose one by its product code. One
    /// more takes as long as ten more that are scanned.
    private static func candidateCount(_ lists: InvertedLists, k: Int, ef: Int) -> Int {
        (lists.trial.rescored(for: k) + min(ef, 4 * lists.trial.rescored(for: k))) / 2
    }

    /// The nearest vectors in the lists nearest to the query, and of those that are in no list yet.
    ///
    /// All in the lists are ranked by their product codes, the best of them by their codes, and the best of those by their
    /// vectors. Only ordinals in `admitting` are found.
    func findInLists(
        _ query: UnsafePointer<Float>, k: Int, ef: Int, listWidth: Int? = nil, _ lists: InvertedLists,
        newcomers: [UInt32], admitting: OrdinalSet? = nil, leavingOut: UInt32? = nil, _ scratch: Scratch
    ) -> SearchOutcome {
        let (codes, trial) = choice.withLock { ($0.codes, $0.trial) }
        let rescored = trial?.rescored(for: k) ?? ef
        var counts = WalkCounts()
        scratch.beginVisit(end: states.end, leavingOut: leavingOut)
        let entries = (listWidth ?? ef) * Self.entriesPerWidth
        unsafe rankLists(query, lists, max(1, entries / ListBuilder.listLength), scratch)
        counts.hops = scratch.lists.count
        unsafe rankEntries(query, lists, Self.candidateCount(lists, k: k, ef: ef), admitting, scratch, &counts)
        let nodes = (0..<scratch.candidates.count).map { scratch.candidates[$0].number }.filter { scratch.visit($0) }
        let others = newcomers.filter { scratch.visit($0) }
        guard let codes else {
            scratch.pool.reset(limit: k)
            counts.distances += unsafe scan(nodes, query, store.measure, scratch, admitting: admitting)
            counts.distances += unsafe scan(others, query, store.measure, scratch, admitting: admitting)
            return outcome(of: scratch, k: k, counts)
        }
        scratch.pool.reset(limit: rescored)
        counts.distances += unsafe codes.withEncoded(query) { code in
            unsafe scan(nodes, code, codes.measure, scratch, admitting: admitting)
                + scan(others, code, codes.measure, scratch, admitting: admitting)
        }
        counts.distances += unsafe measureAgain(rescored, query, scratch)
        return outcome(of: scratch, k: k, counts)
    }

    /// Leaves the lists nearest to the query in the ranking of lists, nearest first.
    private func rankLists(
        _ query: UnsafePointer<Float>, _ lists: InvertedLists, _ limit: Int, _ scratch: Scratch
    ) {
        let count = lists.partition.count
        scratch.lists.reset(limit: limit)
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { distances in
            unsafe lists.partition.withEncoded(query) { code in
                unsafe lists.partition.distances(from: code, into: distances.baseAddress!)
            }
            unsafe scratch.lists.append(distances.baseAddress!, count: count)
        }
        scratch.lists.sortNearest()
    }

    /// Leaves the entries nearest to the query, of the lists that were ranked, in the ranking of candidates.
    private func rankEntries(
        _ query: UnsafePointer<Float>, _ lists: InvertedLists, _ limit: Int, _ admitting: OrdinalSet?,
        _ scratch: Scratch, _ counts: inout WalkCounts
    ) {
        let table = unsafe lists.table(of: query)
        scratch.candidates.reset(limit: limit)
        for place in 0..<scratch.lists.count {
            let number = Int(scratch.lists[place].number)
            let list = lists.lists[number]
            counts.distances += list.count
            scratch.makeRoom(forHits: list.blocks * ProductQuantizer.block + 15)
            let hits = unsafe lists.quantizer.scan(
                table, codes: list.codes, blocks: list.blocks, scale: list.scale, bias: list.bias,
                base: lists.base(query, list: number), bound: scratch.candidates.bound, places: scratch.places,
                distances: scratch.placeDistances)
            unsafe scratch.candidates.append(
                hits, at: scratch.places, of: list.nodes, distances: scratch.placeDistances
            ) { node in states[node].isLive && admitting?.contains(node) ?? true }
        }
        scratch.candidates.keepNearest()
    }

    /// Where the ten nearest of some vectors, by codes, are in the order of the product codes.
    func trial(of lists: InvertedLists, _ codes: CodeStore, _ nodes: [UInt32], threads: Int) -> CodeTrial {
        let queries = (0..<48).map { nodes[($0 * 2 + 1) * nodes.count / 96] }
        let truths = nearest(to: queries, among: nodes, by: { codes.measure }, limit: 10, threads: threads)
        let limit = CodeTrial.widths.last ?? 0
        let ranks = zip(queries, truths).flatMap { query, truth in
            gate.search { scratch in
                var counts = WalkCounts()
                let query = unsafe UnsafePointer(store.row(query))
                unsafe rankLists(query, lists, lists.partition.count, scratch)
                unsafe rankEntries(query, lists, limit, nil, scratch, &counts)
                let order = (0..<scratch.candidates.count).map { scratch.candidates[$0] }
                    .sorted { $0.distance < $1.distance }.map(\.number)
                return truth.map { near in order.firstIndex(of: near.ordinal.rawValue) ?? .max }
            }
        }
        return CodeTrial(ranks: ranks, limit: limit, lost: 0.02)
    }
}
