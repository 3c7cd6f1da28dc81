/// A binary heap of nodes to expand, nearest first: used where nodes are walked through that may not be returned.
struct Frontier {
    private var heap: [(distance: Float, node: UInt32)] = []

    var nearest: Float { heap.first?.distance ?? .infinity }
    var isEmpty: Bool { heap.isEmpty }

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    mutating func insert(distance: Float, node: UInt32) {
        heap.append((distance, node))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].distance < heap[parent].distance else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popNearest() -> (distance: Float, node: UInt32)? {
        guard let nearest = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return nearest }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return nearest }
            if child + 1 < heap.count && heap[child + 1].distance < heap[child].distance { child += 1 }
            guard heap[child].distance < heap[parent].distance else { return nearest }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
