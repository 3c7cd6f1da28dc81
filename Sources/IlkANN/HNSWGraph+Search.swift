import IlkVectors

/// What a walk did.
struct WalkCounts {
    var distances = 0
    var hops = 0
    var settled = 0
}

extension HNSWGraph {
    /// Goes greedily from the entry point down to the lists of `level`, and returns the nearest node met.
    func descend(
        to level: Int, from entry: (node: UInt32, level: Int), query: UnsafeRawPointer, measure: Measure,
        scratch: Scratch, counts: inout WalkCounts
    ) -> (node: UInt32, distance: Float) {
        var nearest = entry.node
        var distance = unsafe measure.distance(query, nearest)
        counts.distances += 1
        var current = entry.level
        while current > level {
            var isCloser = true
            while isCloser {
                isCloser = false
                let list = list(nearest, level: current)
                let count = list.count
                for place in 0..<count { unsafe scratch.batch[place] = list[place] }
                unsafe measure.distances(
                    query, to: scratch.batch, count: count, into: scratch.distances)
                counts.distances += count
                counts.hops += 1
                for place in 0..<count where unsafe scratch.distances[place] < distance {
                    distance = unsafe scratch.distances[place]
                    nearest = unsafe scratch.batch[place]
                    isCloser = true
                }
            }
            current -= 1
        }
        return (nearest, distance)
    }

    /// The `ef` nearest nodes to be found on a level from `start`, left in `scratch.pool`: algorithm 2 of the paper.
    ///
    /// Every node met may enter the pool, so the pool is the frontier too. Links have one direction, and the descent may
    /// end where they lead in a circle: if the walk ends with less than `ef` nodes, it begins again at `entry`.
    func searchLayer(
        _ level: Int, from start: (node: UInt32, distance: Float), orFrom entry: UInt32, ef: Int,
        query: UnsafeRawPointer, measure: Measure, scratch: Scratch, counts: inout WalkCounts
    ) {
        scratch.pool.reset(limit: ef)
        _ = scratch.visit(start.node)
        _ = scratch.pool.insert(distance: start.distance, node: start.node)
        var cursor = 0
        while true {
            guard cursor < scratch.pool.count else {
                guard !scratch.pool.isFull && scratch.visit(entry) else { return }
                counts.distances += 1
                cursor = unsafe scratch.pool.insert(distance: measure.distance(query, entry), node: entry)
                continue
            }
            if scratch.pool[cursor].isExpanded {
                cursor += 1
                continue
            }
            let node = scratch.pool[cursor].node
            scratch.pool.expand(cursor)
            if cursor + 1 < scratch.pool.count { list(scratch.pool[cursor + 1].node, level: level).prefetch() }
            let count = gather(node, level: level, scratch)
            unsafe measure.distances(query, to: scratch.batch, count: count, into: scratch.distances)
            counts.distances += count
            counts.hops += 1
            var lowest = Int.max
            for place in 0..<count {
                let distance = unsafe scratch.distances[place]
                guard distance < scratch.pool.bound else { continue }
                lowest = min(lowest, unsafe scratch.pool.insert(distance: distance, node: scratch.batch[place]))
            }
            cursor = min(cursor + 1, lowest)
        }
    }

    /// The same where only nodes that `admits` may enter the pool; every node may be walked through.
    func searchLayer(
        _ level: Int, from start: (node: UInt32, distance: Float), orFrom entry: UInt32, ef: Int,
        query: UnsafeRawPointer, measure: Measure, scratch: Scratch,
        counts: inout WalkCounts, admits: (UInt32) -> Bool
    ) {
        scratch.pool.reset(limit: ef)
        scratch.frontier.removeAll()
        _ = scratch.visit(start.node)
        scratch.frontier.insert(distance: start.distance, node: start.node)
        if admits(start.node) { _ = scratch.pool.insert(distance: start.distance, node: start.node) }
        while true {
            guard let nearest = scratch.frontier.popNearest() else {
                guard !scratch.pool.isFull && scratch.visit(entry) else { return }
                let distance = unsafe measure.distance(query, entry)
                counts.distances += 1
                scratch.frontier.insert(distance: distance, node: entry)
                if admits(entry) { _ = scratch.pool.insert(distance: distance, node: entry) }
                continue
            }
            if scratch.pool.isFull && nearest.distance > scratch.pool.bound { return }
            let count = gather(nearest.node, level: level, scratch)
            unsafe measure.distances(
                query, to: scratch.batch, count: count, into: scratch.distances)
            counts.distances += count
            counts.hops += 1
            for place in 0..<count {
                let distance = unsafe scratch.distances[place]
                let node = unsafe scratch.batch[place]
                guard distance < scratch.pool.bound else { continue }
                scratch.frontier.insert(distance: distance, node: node)
                if admits(node) { _ = scratch.pool.insert(distance: distance, node: node) }
            }
        }
    }

    /// Puts a node's unvisited neighbors into the batch, marked as visited.
    @inline(__always)
    private func gather(_ node: UInt32, level: Int, _ scratch: Scratch) -> Int {
        scratch.gather(list(node, level: level))
    }
}
