import IlkVectors
import Synchronization

extension VectorIndex {
    /// Gives every live node that no path on level 0 reaches from the entry point a link from one that is reached.
    ///
    /// Lists that overflow drop links, and a node may lose its last one that way: one in 10⁴ to 10⁵ after a build.
    ///
    /// - Returns: how many could not be connected; 0 but for pathological data.
    @discardableResult
    package func reconnectStrays() -> Int {
        linkedSinceAudit.store(0, ordering: .relaxed)
        var left = 0
        for _ in 0..<8 {
            var reached = reachedNodes()
            let strays = (0..<UInt32(states.end)).filter { states[$0] == .linked && !reached[Int($0)] }
            left = strays.count
            guard left > 0 else { break }
            // What hangs on a connected stray is reached too; a link that was given up shows in the next round.
            for stray in strays where !reached[Int(stray)] && connect(stray) { follow(from: stray, &reached) }
        }
        return left
    }

    /// Links the nearest reached node with room to a stray; if none has room, the nearest gives up its farthest link.
    ///
    /// The walk begins at the entry point and stays on level 0: whatever it meets is reached.
    func connect(_ stray: UInt32) -> Bool {
        gate.search { scratch in
            guard let entry = graph.entry, entry.node != stray else { return false }
            let measure = walkMeasure
            var counts = WalkCounts()
            let query = unsafe measure.row(stray)
            scratch.beginVisit(end: states.end)
            unsafe graph.searchLayer(
                0, from: (entry.node, measure.distance(query, entry.node)), orFrom: entry.node,
                ef: parameters.efConstruction, query: query, measure: measure, scratch: scratch, counts: &counts
            ) { $0 != stray && states[$0] == .linked }
            let reached = (0..<scratch.pool.count).map { scratch.pool[$0].node }
            for node in reached where graph.withLock(node, { graph.list(node, level: 0).append(stray) }) {
                graph.countIncoming(stray)
                return true
            }
            guard let nearest = reached.first else { return false }
            graph.withLock(nearest) {
                let list = graph.list(nearest, level: 0)
                var ranked = graph.measured(list.nodes(), from: nearest, measure: measure, scratch: scratch)
                ranked.sort { ($0.distance, $0.node) > ($1.distance, $1.node) }
                // Better one that others lead to as well.
                let other = ranked.first { graph.mayLoseIncoming($0.node) }
                guard let victim = other ?? ranked.first, let place = list.nodes().firstIndex(of: victim.node) else {
                    return
                }
                if other == nil { graph.uncountIncoming(victim.node) }
                graph.countIncoming(stray)
                list.replace(stray, at: place)
            }
            return true
        }
    }

    /// Linked nodes that no path on level 0 leads to from the entry point.
    func unreachable() -> [UInt32] {
        let reached = reachedNodes()
        return (0..<UInt32(states.end)).filter { states[$0] == .linked && !reached[Int($0)] }
    }

    private func reachedNodes() -> [Bool] {
        var reached = [Bool](repeating: false, count: states.end)
        if let entry = graph.entry { follow(from: entry.node, &reached) }
        return reached
    }

    /// Marks a node and all that can be reached from it.
    private func follow(from start: UInt32, _ reached: inout [Bool]) {
        var stack = [start]
        reached[Int(start)] = true
        while let node = stack.popLast() {
            let list = graph.list(node, level: 0)
            for place in 0..<list.count where !reached[Int(list[place])] {
                reached[Int(list[place])] = true
                stack.append(list[place])
            }
        }
    }
}
