/// A growing array of plain numbers outside Swift's heap objects: its pointer can be read in hot loops.
///
/// Eight bytes beyond the last element may be read, so that packed numbers can be loaded a word at a time.
@safe struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
    /// The first element; moves when the buffer grows.
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private(set) var capacity: Int

    private static var slack: Int { 8 / MemoryLayout<Element>.stride + 1 }

    init(capacity: Int = 0) {
        self.capacity = capacity
        unsafe base = .allocate(capacity: capacity + Self.slack)
        zeroSlack()
    }

    /// So many elements, all of the same value.
    init(repeating value: Element, count: Int) {
        self.init(capacity: count)
        unsafe base.initialize(repeating: value, count: count)
        self.count = count
        zeroSlack()
    }

    deinit { unsafe base.deallocate() }

    private func zeroSlack() {
        // SAFETY: the slack is allocated behind the capacity, and zeros are a value of every plain number.
        unsafe UnsafeMutableRawPointer(base + count).initializeMemory(
            as: UInt8.self, repeating: 0, count: Self.slack * MemoryLayout<Element>.stride)
    }

    subscript(place: Int) -> Element {
        get {
            precondition(place >= 0 && place < count)
            return unsafe base[place]
        }
        set {
            precondition(place >= 0 && place < count)
            unsafe base[place] = newValue
        }
    }

    mutating func append(_ element: Element) {
        if count == capacity { grow(to: count + 1) }
        unsafe base[count] = element
        count += 1
    }

    mutating func append(_ elements: UnsafeBufferPointer<Element>) {
        guard let source = elements.baseAddress else { return }
        if count + elements.count > capacity { grow(to: count + elements.count) }
        unsafe (base + count).update(from: source, count: elements.count)
        count += elements.count
    }

    /// Makes room for elements that the caller sets itself, and returns the first.
    mutating func extend(by more: Int) -> UnsafeMutablePointer<Element> {
        if count + more > capacity { grow(to: count + more) }
        defer { count += more }
        return unsafe base + count
    }

    mutating func removeAll() { count = 0 }
    mutating func removeLast() { count -= 1 }

    /// Gives back what was reserved and not used.
    mutating func shrink() {
        if capacity > count { move(to: count) }
        zeroSlack()
    }

    private mutating func grow(to least: Int) { move(to: max(least, capacity + capacity / 2, 16)) }

    private mutating func move(to capacity: Int) {
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: capacity + Self.slack)
        unsafe moved.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = moved
        self.capacity = capacity
    }

    var elements: UnsafeBufferPointer<Element> { unsafe UnsafeBufferPointer(start: base, count: count) }
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(elements) }
    var memoryBytes: Int { (capacity + Self.slack) * MemoryLayout<Element>.stride }
}

// SAFETY: it owns its memory, and changes only through `mutating` functions of its owner.
extension GrowingBuffer: @unchecked Sendable where Element: Sendable {}
