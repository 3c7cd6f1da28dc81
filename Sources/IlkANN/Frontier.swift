/// A binary heap of nodes to expand, nearest first: used where nodes are walked through that may not be returned.
@safe struct Frontier: ~Copyable {
    private var heap: UnsafeMutablePointer<Entry>
    private var capacity = 256
    private var count = 0

    private struct Entry {
        var distance: Float
        var node: UInt32
    }

    init() { unsafe heap = .allocate(capacity: capacity) }

    deinit { unsafe heap.deallocate() }

    mutating func removeAll() { count = 0 }

    /// - Complexity: O(log n).
    @inline(__always)
    mutating func insert(distance: Float, node: UInt32) {
        if count == capacity { grow() }
        var child = count
        count += 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard unsafe distance < heap[parent].distance else { break }
            unsafe heap[child] = heap[parent]
            child = parent
        }
        unsafe heap[child] = Entry(distance: distance, node: node)
    }

    /// Takes the nearest out; nil of an empty heap.
    mutating func popNearest() -> (distance: Float, node: UInt32)? {
        guard count > 0 else { return nil }
        let nearest = unsafe heap[0]
        count -= 1
        let last = unsafe heap[count]
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < count else { break }
            if child + 1 < count, unsafe heap[child + 1].distance < heap[child].distance { child += 1 }
            guard unsafe heap[child].distance < last.distance else { break }
            unsafe heap[parent] = heap[child]
            parent = child
        }
        unsafe heap[parent] = last
        return (nearest.distance, nearest.node)
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
        unsafe larger.update(from: heap, count: count)
        unsafe heap.deallocate()
        unsafe heap = larger
        capacity *= 2
    }
}
