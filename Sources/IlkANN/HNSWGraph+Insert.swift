import IlkVectors

extension HNSWGraph {
    /// Puts a node, whose row is in the measured array, into the graph: algorithm 1 of the paper.
    ///
    /// Planning (99 % of the time, measured) takes no lock; then each list is changed under its node's lock. Several
    /// threads may insert at once, each with its own scratch. `states` tells which nodes are live, and may be linked to:
    /// the others are only walked through. It is nil if all are live.
    ///
    /// - Returns: false if no live node was met on level 0, so that nothing links to the new one.
    func insert(_ node: UInt32, measure: Measure, scratch: Scratch, end: Int, states: SlotStates?) -> Bool {
        let level = level(of: node)
        reserveLists(of: node, level: level)
        guard let entry else {
            setEntry((node, level))
            return true
        }
        let query = unsafe measure.row(node)
        var counts = WalkCounts()
        var start = unsafe descend(
            to: min(level, entry.level), from: entry, query: query, measure: measure, scratch: scratch, counts: &counts)
        var hasLinks = false
        for current in stride(from: min(level, entry.level), through: 0, by: -1) {
            scratch.beginVisit(end: end)
            _ = scratch.visit(node)
            if let states {
                unsafe searchLayer(
                    current, from: start, orFrom: entry.node, ef: parameters.efConstruction, query: query,
                    measure: measure, scratch: scratch, counts: &counts
                ) { states[$0].isLive }
            } else {
                unsafe searchLayer(
                    current, from: start, orFrom: entry.node, ef: parameters.efConstruction, query: query,
                    measure: measure, scratch: scratch, counts: &counts)
            }
            let candidates = (0..<scratch.pool.count).map { (scratch.pool[$0].node, scratch.pool[$0].distance) }
            guard let nearest = candidates.first else { continue }
            start = nearest
            let chosen = selectNeighbors(from: candidates, limit: parameters.m, measure: measure, scratch: scratch)
            edit(node, level: current) { links in
                // Another thread that met this node one level up may have linked to it already.
                for neighbor in chosen where !links.list.contains(neighbor.node) && links.append(neighbor.node) {
                    if current == 0 { countIncoming(neighbor.node) }
                }
            }
            for neighbor in chosen {
                link(
                    neighbor.node, to: node, distance: neighbor.distance, level: current, measure: measure,
                    scratch: scratch)
            }
            hasLinks = current == 0
        }
        if hasLinks { raiseEntry(node, level: level) }
        return hasLinks
    }

    /// Adds a link to a neighbor's list; a full list keeps the best of what it has and the new one.
    private func link(
        _ owner: UInt32, to node: UInt32, distance: Float, level: Int, measure: Measure, scratch: Scratch
    ) {
        edit(owner, level: level) { links in
            let list = links.list
            // Two nodes that are inserted at once may each have chosen the other.
            guard !list.contains(node) else { return }
            if level == 0 { countIncoming(node) }
            guard !links.append(node) else { return }
            var candidates = measured(list.nodes(), from: owner, measure: measure, scratch: scratch)
            candidates.append((node, distance))
            candidates.sort { ($0.distance, $0.node) < ($1.distance, $1.node) }
            var kept = selectNeighbors(from: candidates, limit: list.limit, measure: measure, scratch: scratch)
            if level == 0 { uncount(candidates, butNot: &kept, limit: list.limit) }
            links.replace(kept.lazy.map(\.node))
        }
    }

    /// Counts the links that are cut from a level-0 list, and puts those back that are a node's last.
    ///
    /// `old` are the links of the list, nearest first, all of them counted; `kept` some of these.
    func uncount(
        _ old: [(node: UInt32, distance: Float)], butNot kept: inout [(node: UInt32, distance: Float)], limit: Int
    ) {
        var place = 0
        var uncounted: [UInt32] = []
        for candidate in old where !uncounted.contains(candidate.node) {
            if place < kept.count && kept[place].node == candidate.node {
                place += 1
            } else if !mayLoseIncoming(candidate.node) {
                if kept.count == limit, let victim = kept.lastIndex(where: { mayLoseIncoming($0.node) }) {
                    uncounted.append(kept.remove(at: victim).node)
                    if victim < place { place -= 1 }
                }
                if kept.count < limit {
                    kept.insert(candidate, at: place)
                    place += 1
                } else {
                    uncountIncoming(candidate.node)  // every link of this list is some node's last
                }
            }
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
                measure.row(owner), to: scratch.batch, count: count, into: scratch.distances)
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
            guard isApart(candidate, from: kept.count, measure: measure, scratch: scratch) else { continue }
            unsafe scratch.kept[kept.count] = candidate.node
            kept.append(candidate)
        }
        return kept
    }

    /// At most `count` of the candidates to stand in a list beside `others`: those that the same rule keeps, then the
    /// nearest.
    func select(
        _ count: Int, from candidates: [(node: UInt32, distance: Float)], beside others: [UInt32], measure: Measure,
        scratch: Scratch
    ) -> [UInt32] {
        for (place, node) in others.enumerated() { unsafe scratch.kept[place] = node }
        var chosen: [UInt32] = []
        for candidate in candidates {
            if chosen.count == count { return chosen }
            let keptCount = others.count + chosen.count
            guard isApart(candidate, from: keptCount, measure: measure, scratch: scratch) else { continue }
            unsafe scratch.kept[keptCount] = candidate.node
            chosen.append(candidate.node)
        }
        for candidate in candidates where !chosen.contains(candidate.node) {
            if chosen.count == count { break }
            chosen.append(candidate.node)
        }
        return chosen
    }

    /// Whether a candidate is nearer to the list's owner than to each of the first `count` of `scratch.kept`, four at a
    /// time.
    @inline(__always)
    private func isApart(
        _ candidate: (node: UInt32, distance: Float), from count: Int, measure: Measure, scratch: Scratch
    ) -> Bool {
        let row = unsafe measure.row(candidate.node)
        for first in stride(from: 0, to: count, by: 4) {
            let lanes = min(4, count - first)
            unsafe measure.distances(row, to: scratch.kept + first, count: lanes, into: scratch.distances)
            for lane in 0..<lanes where unsafe scratch.distances[lane] < candidate.distance { return false }
        }
        return true
    }
}
