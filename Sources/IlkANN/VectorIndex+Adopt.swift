import IlkVectors
import Synchronization

extension VectorIndex {
    /// Threads that a checkpoint is copied and checked by.
    static let loadingThreads = 2

    /// Checks every number of a checkpoint that will be used as a position, and takes over what was copied.
    func adopt(_ header: CheckpointHeader) throws(CheckpointError) {
        graph.upperCount.store(header.upperCount, ordering: .releasing)
        let levels = (0..<UInt32(header.slots)).map { UInt8(graph.level(of: $0)) }
        try checkPlaces(header, levels)
        for node in 0..<UInt32(header.slots) where states.adopt(node) == nil {
            throw .damaged("slot \(node) is in no known state")
        }
        try checkLists(header, levels)
        if let entry = header.entry {
            guard Int(entry.node) < header.slots, Int(levels[Int(entry.node)]) == entry.level,
                states[entry.node] == .linked || states[entry.node] == .removed
            else { throw .damaged("the entry point \(entry.node) cannot be") }
        }
        guard header.entry != nil || count == pendingCount else { throw .damaged("a graph without an entry point") }
        graph.setEntry(header.entry)
        let waiting = PendingList((0..<UInt32(header.slots)).filter { states[$0] == .pending })
        pending.withLock { $0 = waiting }
    }

    /// Every node's lists above level 0 lie in the section and are no other node's.
    private func checkPlaces(_ header: CheckpointHeader, _ levels: [UInt8]) throws(CheckpointError) {
        let places = unsafe graph.upperPlace.base.assumingMemoryBound(to: UInt32.self)
        let slots = unsafe states.space.base.assumingMemoryBound(to: UInt8.self)
        var isTaken = [Bool](repeating: false, count: header.upperCount)
        for node in 0..<header.slots {
            let level = Int(levels[node])
            guard let first = unsafe places[node] == 0 ? nil : Int(places[node]) - 1 else {
                let state = unsafe SlotState(rawValue: slots[node])
                guard level == 0 || state != .linked && state != .removed else {
                    throw .damaged("node \(node) lacks its lists above level 0")
                }
                continue
            }
            guard first + level <= header.upperCount else {
                throw .damaged("node \(node) has lists that are not there")
            }
            for list in first..<first + level {
                guard !isTaken[list] else { throw .damaged("node \(node) has another's lists above level 0") }
                isTaken[list] = true
            }
        }
    }

    private func checkLists(_ header: CheckpointHeader, _ levels: [UInt8]) throws(CheckpointError) {
        let end = UInt32(header.slots)
        let next = Atomic<UInt32>(0)
        let found = Mutex<CheckpointError?>(nil)
        Workers.run(Self.loadingThreads) { _ in
            do throws(CheckpointError) {
                while true {
                    let first = next.add(4_096, ordering: .relaxed).oldValue
                    guard first < end else { return }
                    for node in first..<min(first + 4_096, end) { try checkLists(of: node, levels) }
                }
            } catch {
                next.store(end, ordering: .relaxed)
                found.withLock { $0 = error }
            }
        }
        if let error = found.withLock({ $0 }) { throw error }
    }

    private func checkLists(of node: UInt32, _ levels: [UInt8]) throws(CheckpointError) {
        let isInGraph = states[node] == .linked || states[node] == .removed
        // A slot that was vacated keeps the room of its lists, which must be empty when it is used again.
        for level in 0...(graph.hasUpperLists(node) ? levels[Int(node)] : 0) {
            try check(graph.list(node, level: Int(level)), of: node, level: level, levels, isInGraph: isInGraph)
        }
    }

    private func check(
        _ list: LinkList, of node: UInt32, level: UInt8, _ levels: [UInt8], isInGraph: Bool
    ) throws(CheckpointError) {
        let count = list.count
        guard count <= list.limit, isInGraph || count == 0 else { throw .damaged("node \(node) has \(count) links") }
        for place in 0..<count {
            let target = Int(list[place])
            guard target < levels.count, levels[target] >= level else {
                throw .damaged("node \(node) links to \(target) on level \(level)")
            }
            let state = states[UInt32(target)]
            guard state == .linked || state == .removed else {
                throw .damaged("node \(node) links to \(target), which is \(state)")
            }
            if level == 0 { graph.countIncoming(UInt32(target)) }
        }
    }
}
