import IlkVectors

extension HNSWGraph {
    /// Puts a node, whose vector is in the store, into the graph: algorithm 1 of the paper.
    ///
    /// Planning (99 % of the time, measured) takes no lock; then each list is changed under its node's lock. Several
    /// threads may insert at once, each with its own scratch.
    ///
    /// - Parameter isUsable: whether a node may get a link; false for removed ones.
    func insert(_ node: UInt32, scratch: Scratch, end: Int, isUsable: (UInt32) -> Bool) {
        let level = level(of: node)
        reserveLists(of: node, level: level)
        guard let entry else { return setEntry((node, level)) }
        let measure = store.measure
        let query = unsafe UnsafePointer(store.row(node))
        var counts = WalkCounts()
        var start = unsafe descend(
            to: min(level, entry.level), from: entry, query: query, measure: measure, scratch: scratch, counts: &counts)
        for current in stride(from: min(level, entry.level), through: 0, by: -1) {
            scratch.beginVisit(end: end)
            _ = scratch.visit(node)
            unsafe searchLayer(
                current, from: start, ef: parameters.efConstruction, query: query, measure: measure, scratch: scratch,
                counts: &counts)
            start = (scratch.pool[0].node, scratch.pool[0].distance)
            var candidates: [(node: UInt32, distance: Float)] = []
            candidates.reserveCapacity(scratch.pool.count)
            for place in 0..<scratch.pool.count where isUsable(scratch.pool[place].node) && scratch.pool[place].node != node {
                candidates.append((scratch.pool[place].node, scratch.pool[place].distance))
            }
            let chosen = selectNeighbors(from: candidates, limit: parameters.m, measure: measure, scratch: scratch)
            withLock(node) {
                // Another thread that met this node one level up may have linked to it already.
                let list = list(node, level: current)
                let present = list.nodes()
                for neighbor in chosen where !present.contains(neighbor.node) { _ = list.append(neighbor.node) }
            }
            for neighbor in chosen {
                link(neighbor.node, to: node, distance: neighbor.distance, level: current, measure: measure, scratch: scratch)
            }
        }
        raiseEntry(node, level: level)
    }

    /// Adds a link to a neighbor's list; a full list keeps the best of what it has and the new one.
    private func link(
        _ owner: UInt32, to node: UInt32, distance: Float, level: Int, measure: Measure, scratch: Scratch
    ) {
        withLock(owner) {
            let list = list(owner, level: level)
            guard !list.append(node) else { return }
            var candidates = measured(list.nodes(), from: owner, measure: measure, scratch: scratch)
            candidates.append((node, distance))
            candidates.sort { ($0.distance, $0.node) < ($1.distance, $1.node) }
            let kept = selectNeighbors(from: candidates, limit: list.limit, measure: measure, scratch: scratch)
            list.replace(kept.lazy.map(\.node))
        }
    }

    /// Nodes with their distances from `owner`, in the order given.
    func measured(
        _ nodes: [UInt32], from owner: UInt32, measure: Measure, scratch: Scratch
    ) -> [(node: UInt32, distance: Float)] {
        var result: [(node: UInt32, distance: Float)] = []
        result.reserveCapacity(nodes.count + 1)
        for first in stride(from: 0, to: nodes.count, by: Scratch.batchLimit) {
            let count = min(Scratch.batchLimit, nodes.count - first)
            for place in 0..<count { unsafe scratch.batch[place] = nodes[first + place] }
            unsafe measure.distances(
                measure.row(owner), to: scratch.batch, count: count, into: scratch.distances, rows: scratch.rows)
            for place in 0..<count { unsafe result.append((scratch.batch[place], scratch.distances[place])) }
        }
        return result
    }

    /// Keeps a candidate only if it is nearer to the new node than to every link kept before it.
    ///
    /// So links point in different directions instead of crowding one cluster: algorithm 4 of the paper, with neither
    /// of its options. `candidates` come nearest first; at most `limit` return, nearest first.
    ///
    /// - Complexity: O(`candidates.count` · `limit`) distances, four at a time.
    func selectNeighbors(
        from candidates: [(node: UInt32, distance: Float)], limit: Int, measure: Measure, scratch: Scratch
    ) -> [(node: UInt32, distance: Float)] {
        guard candidates.count > limit else { return candidates }
        var kept: [(node: UInt32, distance: Float)] = []
        kept.reserveCapacity(limit)
        for candidate in candidates {
            if kept.count == limit { break }
            let row = unsafe measure.row(candidate.node)
            var isKept = true
            var place = 0
            while place < kept.count && isKept {
                let count = min(4, kept.count - place)
                if count == 4 {
                    for lane in 0..<4 { unsafe scratch.rows[lane] = measure.row(kept[place + lane].node) }
                    unsafe measure.four(row, scratch.rows, measure.dimension, scratch.distances)
                    for lane in 0..<4 where unsafe measure.sign * scratch.distances[lane] < candidate.distance {
                        isKept = false
                    }
                } else {
                    for lane in 0..<count where unsafe measure.distance(row, kept[place + lane].node) < candidate.distance {
                        isKept = false
                        break
                    }
                }
                place += count
            }
            if isKept { kept.append(candidate) }
        }
        return kept
    }
}
