package import IlkVectors
import Synchronization

extension VectorIndex {
    /// Takes removed vectors out of the graph and closes the holes.
    ///
    /// Every live node that links to a removed one chooses anew among its own live neighbors and those of the removed
    /// (the consolidation of FreshDiskANN, arXiv:2105.09613, with HNSW's selection). Then every live node is made
    /// reachable. Searches go on meanwhile.
    ///
    /// - Returns: ordinals that are vacant now; no search reads them any more.
    /// - Complexity: O(links) to find the broken lists, O(`efConstruction`) distances for each.
    package func repair(threads: Int = 1) -> [Ordinal] {
        let end = UInt32(states.end)
        let removed = (0..<end).filter { states[$0] == .removed }
        let retired = (0..<end).filter { states[$0] == .retired }
        guard !removed.isEmpty || !retired.isEmpty else { return [] }
        if !removed.isEmpty {
            replaceEntryIfRemoved(end: end)
            let next = Atomic<UInt32>(0)
            Workers.run(threads) { _ in
                gate.search { scratch in
                    while true {
                        let first = next.add(1_024, ordering: .relaxed).oldValue
                        guard first < end else { return }
                        for node in first..<min(first + 1_024, end) where states[node] == .linked {
                            mend(node, scratch)
                        }
                    }
                }
            }
            reconnectStrays()
        }
        // No list leads to them any more; whoever read an older list is waited for.
        gate.waitForEarlierSearches()
        for node in removed {
            for level in 0...graph.level(of: node) { graph.list(node, level: level).clear() }
        }
        setPending { $0.removeAll { states[$0] != .pending } }
        gate.waitForEarlierSearches()
        for node in removed + retired { states.set(node, .vacant) }
        return (removed + retired).map { Ordinal($0) }
    }

    private func replaceEntryIfRemoved(end: UInt32) {
        guard let entry = graph.entry, states[entry.node] != .linked else { return }
        let highest = (0..<end).lazy.filter { self.states[$0] == .linked }
            .max { self.graph.level(of: $0) < self.graph.level(of: $1) }
        graph.setEntry(highest.map { ($0, graph.level(of: $0)) })
    }

    /// Chooses the links of a node anew on every level where one leads to a removed node.
    private func mend(_ node: UInt32, _ scratch: Scratch) {
        let measure = store.measure
        for level in 0...graph.level(of: node) {
            let list = graph.list(node, level: level)
            let old = list.nodes()
            guard old.contains(where: { states[$0] != .linked }) else { continue }
            var candidates = Set(old.filter { states[$0] == .linked })
            for neighbor in old where states[neighbor] != .linked {
                for second in graph.list(neighbor, level: level).nodes() where states[second] == .linked {
                    candidates.insert(second)
                }
            }
            candidates.remove(node)
            var ranked = graph.measured(candidates.sorted(), from: node, measure: measure, scratch: scratch)
            ranked.sort { ($0.distance, $0.node) < ($1.distance, $1.node) }
            let kept = graph.selectNeighbors(from: ranked, limit: list.limit, measure: measure, scratch: scratch)
            graph.withLock(node) { list.replace(kept.lazy.map(\.node)) }
        }
    }

    /// Gives every live node that no path from the entry point reaches a link from one that is reached.
    ///
    /// - Returns: how many could not be connected; 0 but for pathological data.
    @discardableResult
    package func reconnectStrays() -> Int {
        var left = unreachable()
        for _ in 0..<5 where !left.isEmpty {
            for stray in left { connect(stray) }
            left = unreachable()
        }
        return left.count
    }

    /// Links the nearest reached node with room to a stray; if none has room, the nearest gives up its farthest link.
    private func connect(_ stray: UInt32) {
        gate.search { scratch in
            guard let entry = graph.entry, entry.node != stray else { return }
            let measure = store.measure
            var counts = WalkCounts()
            let query = unsafe UnsafePointer(store.row(stray))
            scratch.beginVisit(end: states.end)
            let start = unsafe graph.descend(
                to: 0, from: entry, query: query, measure: measure, scratch: scratch, counts: &counts)
            unsafe graph.searchLayer(
                0, from: start, ef: parameters.efConstruction, query: query, measure: measure, scratch: scratch,
                counts: &counts)
            let reached = (0..<scratch.pool.count).map { scratch.pool[$0].node }
                .filter { $0 != stray && states[$0] == .linked }
            for node in reached {
                let isLinked = graph.withLock(node) { graph.list(node, level: 0).append(stray) }
                if isLinked { return }
            }
            guard let nearest = reached.first else { return }
            graph.withLock(nearest) {
                let list = graph.list(nearest, level: 0)
                let ranked = graph.measured(list.nodes(), from: nearest, measure: measure, scratch: scratch)
                guard let farthest = ranked.indices.max(by: { ranked[$0].distance < ranked[$1].distance }) else { return }
                list.replace(stray, at: farthest)
            }
        }
    }

    /// Linked nodes that no path on level 0 leads to from the entry point.
    func unreachable() -> [UInt32] {
        let end = states.end
        guard let entry = graph.entry else { return (0..<UInt32(end)).filter { states[$0] == .linked } }
        var isReached = [Bool](repeating: false, count: end)
        var stack = [entry.node]
        isReached[Int(entry.node)] = true
        while let node = stack.popLast() {
            let list = graph.list(node, level: 0)
            for place in 0..<list.count where !isReached[Int(list[place])] {
                isReached[Int(list[place])] = true
                stack.append(list[place])
            }
        }
        return (0..<UInt32(end)).filter { states[$0] == .linked && !isReached[Int($0)] }
    }

    /// What is wrong with the graph, in sentences; empty if nothing is. For tests and `ilk check`, while nothing writes.
    package func problems() -> [String] {
        var problems: [String] = []
        for node in 0..<UInt32(states.end) where states[node] == .linked || states[node] == .removed {
            for level in 0...graph.level(of: node) {
                let list = graph.list(node, level: level)
                let place = "node \(node), level \(level)"
                guard list.count <= list.limit else {
                    problems.append("\(place): \(list.count) links in a list for \(list.limit)")
                    continue
                }
                let nodes = list.nodes()
                if Set(nodes).count < nodes.count { problems.append("\(place): a repeated link") }
                if nodes.contains(node) { problems.append("\(place): a link to itself") }
                for target in nodes {
                    if states[target] != .linked && states[target] != .removed {
                        problems.append("\(place): a link to \(target), which is \(states[target])")
                    } else if graph.level(of: target) < level {
                        problems.append("\(place): a link to \(target), which is not so high")
                    }
                }
            }
        }
        if let entry = graph.entry, states[entry.node] != .linked && states[entry.node] != .removed {
            problems.append("the entry point \(entry.node) is \(states[entry.node])")
        }
        let strays = unreachable()
        if let first = strays.first { problems.append("\(strays.count) nodes cannot be reached, \(first) among them") }
        return problems
    }
}
