package import IlkVectors
import Synchronization

extension VectorIndex {
    /// Takes removed vectors out of the graph and closes the holes, while searches go on.
    ///
    /// - Returns: ordinals that are vacant now; no search reads them any more.
    /// - Complexity: O(links) to find the broken lists, O(`efConstruction`) distances for each.
    package func repair(threads: Int = 1) -> [Ordinal] {
        var vacant: [Ordinal] = []
        repeat { vacant += repairStep(threads: threads) } while isRepairing
        return vacant
    }

    /// Goes on with a repair for some 10 ms, or begins one; the index may change before the next step.
    ///
    /// - Returns: ordinals that are vacant now.
    package func repairStep(threads: Int = 1) -> [Ordinal] {
        guard var repair = repairing.withLock({ $0 }) ?? GraphRepair(self) else { return [] }
        // Changed without a copy of what it knows of every slot.
        repairing.withLock { $0 = nil }
        let (vacant, isDone) = repair.step(threads: threads)
        if !isDone { repairing.withLock { [repair] in $0 = repair } }
        return vacant
    }

    /// Whether a repair was begun and is not done.
    package var isRepairing: Bool { repairing.withLock { $0 != nil } }

    /// Makes the highest linked node the entry point, where the present one was removed.
    func replaceEntryIfRemoved() {
        guard let entry = graph.entry, !states[entry.node].isLive else { return }
        let highest = (0..<UInt32(states.end)).lazy.filter { self.states[$0] == .linked }
            .max { self.graph.level(of: $0) < self.graph.level(of: $1) }
        graph.setEntry(highest.map { ($0, graph.level(of: $0)) })
    }

    /// Nodes whose count of incoming links is not that of the lists.
    private func miscounted() -> [String] {
        var counts = [Int](repeating: 0, count: states.end)
        let nodes = (0..<UInt32(states.end)).filter { states[$0] == .linked || states[$0] == .removed }
        for node in nodes {
            for target in graph.list(node, level: 0).nodes() { counts[Int(target)] += 1 }
        }
        return nodes.filter { graph.incomingCount($0) != counts[Int($0)] }.map {
            "node \($0): \(graph.incomingCount($0)) incoming links counted, \(counts[Int($0)]) there"
        }
    }

    /// What is wrong with the graph, in sentences; empty if nothing is.
    ///
    /// For tests and `ilk check`, while nothing writes.
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
        problems += miscounted()
        if let entry = graph.entry, states[entry.node] != .linked && states[entry.node] != .removed {
            problems.append("the entry point \(entry.node) is \(states[entry.node])")
        }
        let strays = StrayAudit.strays(of: self)
        if let first = strays.first { problems.append("\(strays.count) nodes cannot be reached, \(first) among them") }
        return problems
    }
}
