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
        var audit = StrayAudit(self)
        while audit.step() {}
        return audit.left
    }

    /// Links the nearest reached node with room to a stray; if none has room, the nearest that has a link to a node which
    /// others lead to as well gives up the farthest such link.
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
            let isLinked =
                reached.contains { graph.edit($0, level: 0) { $0.append(stray) } }
                || reached.contains { exchangeLink(of: $0, for: stray, measure, scratch) { graph.mayLoseIncoming($0) } }
                // Every link there is some node's last: that node will be the next stray.
                || reached.prefix(1).contains {
                    exchangeLink(of: $0, for: stray, measure, scratch) { node in
                        graph.uncountIncoming(node)
                        return true
                    }
                }
            if isLinked { graph.countIncoming(stray) }
            return isLinked
        }
    }

    /// Puts a link to a stray in place of the farthest that a node may lose; false where there is none.
    private func exchangeLink(
        of node: UInt32, for stray: UInt32, _ measure: Measure, _ scratch: Scratch, whereMayLose: (UInt32) -> Bool
    ) -> Bool {
        graph.edit(node, level: 0) { links in
            let nodes = links.list.nodes()
            var ranked = graph.measured(nodes, from: node, measure: measure, scratch: scratch)
            ranked.sort { ($0.distance, $0.node) > ($1.distance, $1.node) }
            guard let victim = ranked.first(where: { whereMayLose($0.node) }),
                let place = nodes.firstIndex(of: victim.node)
            else { return false }
            links.replace(stray, at: place)
            return true
        }
    }
}
