import Glibc
import IlkVectors
import Synchronization

/// The links of an HNSW graph (Malkov & Yashunin, arXiv:1603.09320v4), without the vectors.
///
/// Where this differs from the paper and from hnswlib, and why:
/// - Searches take no lock. A link is an atomic word; a list is changed under its node's lock, and a search that reads
///   meanwhile sees old links, new links, or some of both, each of them a valid node.
/// - A node's level comes from the seed and its ordinal, so it does not depend on the order or the threads of a build.
/// - A list is cut with the selection heuristic whenever it overflows, as hnswlib does; neither option of the
///   paper's algorithm 4 is used. But a node's last incoming link on level 0 is never cut: with the inner product,
///   where short vectors are nobody's nearest, 9 % of the nodes of a test could not be reached before.
@safe final class HNSWGraph: Sendable {
    let parameters: HNSWParameters
    /// Words of a level-0 list: its length, then `m0` links.
    let stride0: Int
    /// Words of a list above level 0.
    let strideUpper: Int

    let links0: TrackedSpace
    let linksUpper: TrackedSpace
    /// For each node the number of its first list above level 0, from 1; 0 where it has none.
    let upperPlace: TrackedSpace
    private let locks: AddressSpace
    /// For each node how many level-0 lists it is in.
    private let incoming: AddressSpace
    /// Bytes a node beside its lists: where its upper lists are, its lock, its incoming links.
    static let bytesBesideLinks = 4 + 1 + 4
    /// Lists above level 0 that were handed out.
    let upperCount = Atomic<Int>(0)
    /// The entry point's level in the high half, its node + 1 in the low one; 0 in an empty graph.
    private let entryWord = Atomic<UInt64>(0)

    init(capacity: Int, parameters: HNSWParameters) throws(IndexError) {
        try parameters.validate()
        self.parameters = parameters
        stride0 = parameters.m0 + 1
        strideUpper = parameters.m + 1
        func reserve(_ bytes: Int) throws(IndexError) -> AddressSpace {
            guard let space = AddressSpace(byteCount: bytes) else { throw .noAddressSpace(bytes: bytes) }
            return space
        }
        links0 = try TrackedSpace(byteCount: capacity * stride0 * 4)
        // With m 2 every other node is above level 0, and they have two lists on average.
        linksUpper = try TrackedSpace(byteCount: capacity * strideUpper * 4)
        upperPlace = try TrackedSpace(byteCount: capacity * 4)
        locks = try reserve(capacity)
        incoming = try reserve(capacity * 4)
    }

    // MARK: Entry point

    /// The node where searches begin, and its level.
    var entry: (node: UInt32, level: Int)? {
        let word = entryWord.load(ordering: .acquiring)
        guard word != 0 else { return nil }
        return (UInt32(truncatingIfNeeded: word) - 1, Int(word >> 32))
    }

    func setEntry(_ entry: (node: UInt32, level: Int)?) {
        let word = entry.map { UInt64($0.level) << 32 | UInt64($0.node + 1) } ?? 0
        entryWord.store(word, ordering: .releasing)
    }

    /// Makes a node the entry point if it is higher than the present one.
    func raiseEntry(_ node: UInt32, level: Int) {
        var old = entryWord.load(ordering: .acquiring)
        while old == 0 || Int(old >> 32) < level {
            let new = UInt64(level) << 32 | UInt64(node + 1)
            let (exchanged, original) = entryWord.compareExchange(
                expected: old, desired: new, ordering: .acquiringAndReleasing)
            if exchanged { return }
            old = original
        }
    }

    // MARK: Levels

    /// The level of a node: geometric with the paper's mL = 1 / ln(M), the same for the same seed and ordinal.
    func level(of node: UInt32) -> Int {
        var random = SplitMix64(seed: parameters.seed ^ (UInt64(node) &* 0xD6E8_FEB8_6659_FD93))
        let uniform = Double(random.next() >> 11) * 0x1p-53
        return min(HNSWParameters.maximumLevel, Int(-log(1 - uniform) / log(Double(parameters.m))))
    }

    // MARK: Lists

    /// A node's neighbors on one level: the first word is their number.
    @inline(__always)
    func list(_ node: UInt32, level: Int) -> LinkList {
        guard level > 0 else {
            return unsafe LinkList(words: words(links0) + Int(node) * stride0, limit: parameters.m0)
        }
        return unsafe LinkList(words: words(linksUpper) + upperList(node, level) * strideUpper, limit: parameters.m)
    }

    @inline(__always)
    private func upperList(_ node: UInt32, _ level: Int) -> Int {
        unsafe Int(words(upperPlace)[Int(node)].load(ordering: .acquiring)) - 1 + level - 1
    }

    /// Changes a node's list, under its lock.
    @inline(__always)
    func edit<R>(_ node: UInt32, level: Int, _ body: (EditableList) -> R) -> R {
        withLock(node) {
            let list = list(node, level: level)
            let result = unsafe body(EditableList(words: list.words, limit: list.limit))
            if level == 0 {
                links0.noteWrite(at: Int(node) * stride0 * 4, count: stride0 * 4)
            } else {
                linksUpper.noteWrite(at: upperList(node, level) * strideUpper * 4, count: strideUpper * 4)
            }
            return result
        }
    }

    /// Makes room for a node's lists above level 0; a slot that is used again keeps its room.
    func reserveLists(of node: UInt32, level: Int) {
        guard level > 0, unsafe words(upperPlace)[Int(node)].load(ordering: .acquiring) == 0 else { return }
        let first = upperCount.add(level, ordering: .relaxed).oldValue
        precondition((first + level) * strideUpper * 4 <= linksUpper.byteCount, "no room for lists above level 0")
        unsafe words(upperPlace)[Int(node)].store(UInt32(first + 1), ordering: .releasing)
        upperPlace.noteWrite(at: Int(node) * 4, count: 4)
    }

    /// Whether a node has room for the lists above level 0 that its level asks for.
    func hasUpperLists(_ node: UInt32) -> Bool {
        unsafe words(upperPlace)[Int(node)].load(ordering: .acquiring) != 0
    }

    /// Empties every list below `end`.
    func clear(end: Int) {
        setEntry(nil)
        for node in 0..<UInt32(end) {
            for level in 0...(hasUpperLists(node) ? level(of: node) : 0) { edit(node, level: level) { $0.clear() } }
            forgetIncoming(node)
        }
    }

    // MARK: Incoming links

    /// How many level-0 lists a node is in.
    func incomingCount(_ node: UInt32) -> Int { unsafe Int(incomingCounts[Int(node)].load(ordering: .relaxed)) }

    func countIncoming(_ node: UInt32) { unsafe incomingCounts[Int(node)].add(1, ordering: .relaxed) }

    /// Takes one link away from the count of a node.
    func uncountIncoming(_ node: UInt32) { unsafe incomingCounts[Int(node)].subtract(1, ordering: .relaxed) }

    /// Takes one link away from the count of a node; false, and nothing changed, if it is the last.
    ///
    /// Of two threads that cut the last two links at once, one finds that it may not.
    func mayLoseIncoming(_ node: UInt32) -> Bool {
        let count = unsafe incomingCounts + Int(node)
        var old = unsafe count.pointee.load(ordering: .relaxed)
        while old > 1 {
            let (isExchanged, original) = unsafe count.pointee.weakCompareExchange(
                expected: old, desired: old - 1, ordering: .relaxed)
            if isExchanged { return true }
            old = original
        }
        return false
    }

    func forgetIncoming(_ node: UInt32) { unsafe incomingCounts[Int(node)].store(0, ordering: .relaxed) }

    @inline(__always)
    private func withLock<R>(_ node: UInt32, _ body: () -> R) -> R {
        let lock = unsafe locks.base.assumingMemoryBound(to: Atomic<UInt8>.self) + Int(node)
        var spins = 0
        while unsafe lock.pointee.exchange(1, ordering: .acquiring) != 0 {
            spins += 1
            // The holder changes one list, microseconds; if it was put to sleep, so are we.
            if spins > 1_000 { sched_yield() }
        }
        defer { unsafe lock.pointee.store(0, ordering: .releasing) }
        return body()
    }

    @inline(__always)
    private func words(_ space: TrackedSpace) -> UnsafeMutablePointer<Atomic<UInt32>> {
        // SAFETY: the space is zeroed memory for 32-bit words; a zero word is an Atomic of 0.
        unsafe space.base.assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    private var incomingCounts: UnsafeMutablePointer<Atomic<UInt32>> {
        // SAFETY: as above.
        unsafe incoming.base.assumingMemoryBound(to: Atomic<UInt32>.self)
    }
}

/// One neighbor list, read without a lock.
@safe struct LinkList {
    let words: UnsafeMutablePointer<Atomic<UInt32>>
    /// Links it can hold.
    let limit: Int

    @inline(__always)
    var count: Int { unsafe Int(words[0].load(ordering: .acquiring)) }

    @inline(__always)
    subscript(place: Int) -> UInt32 { unsafe words[place + 1].load(ordering: .acquiring) }

    @inline(__always)
    func prefetch() {
        let address = unsafe UnsafeRawPointer(words)
        unsafe Memory.prefetch(address)
        unsafe Memory.prefetch(address + 64)
    }

    func contains(_ node: UInt32) -> Bool {
        for place in 0..<count where self[place] == node { return true }
        return false
    }

    func nodes() -> [UInt32] { (0..<count).map { self[$0] } }
}

/// One neighbor list in ``HNSWGraph/edit(_:level:_:)``, where its node is locked.
@safe struct EditableList {
    let words: UnsafeMutablePointer<Atomic<UInt32>>
    let limit: Int

    /// As others see it.
    var list: LinkList { unsafe LinkList(words: words, limit: limit) }

    func clear() { unsafe words[0].store(0, ordering: .releasing) }

    /// Adds a link; false if the list is full.
    func append(_ node: UInt32) -> Bool {
        let count = list.count
        guard count < limit else { return false }
        unsafe words[count + 1].store(node, ordering: .releasing)
        unsafe words[0].store(UInt32(count + 1), ordering: .releasing)
        return true
    }

    /// Writes the links anew.
    func replace(_ nodes: some Collection<UInt32>) {
        precondition(nodes.count <= limit, "\(nodes.count) links in a list for \(limit)")
        for (place, node) in nodes.enumerated() { unsafe words[place + 1].store(node, ordering: .releasing) }
        unsafe words[0].store(UInt32(nodes.count), ordering: .releasing)
    }

    func replace(_ node: UInt32, at place: Int) { unsafe words[place + 1].store(node, ordering: .releasing) }
}

/// Waits a tenth of a millisecond.
func pauseBriefly() { usleep(100) }
