/// Numbers with their ordinals in sorted blocks: a value is found, added or taken out in about a microsecond among
/// millions, and a range is a run of whole blocks with two partial ones.
struct NumberIndex: Sendable {
    /// A value of a point; a point with several values has several.
    struct Entry: Comparable {
        var value: FilterNumber
        var ordinal: UInt32

        static func < (a: Entry, b: Entry) -> Bool { a.value != b.value ? a.value < b.value : a.ordinal < b.ordinal }
    }

    private static let blockLimit = 1_024
    /// None is empty, but for the only one of an empty index.
    private var blocks: [[Entry]] = [[]]

    mutating func insert(_ value: FilterNumber, _ ordinal: UInt32) {
        let entry = Entry(value: value, ordinal: ordinal)
        let block = block(of: entry)
        let place = Self.firstPlace(in: blocks[block]) { !($0 < entry) }
        if place < blocks[block].count && blocks[block][place] == entry { return }
        blocks[block].insert(entry, at: place)
        guard blocks[block].count > Self.blockLimit else { return }
        let upper = Array(blocks[block][(Self.blockLimit / 2)...])
        blocks[block].removeSubrange((Self.blockLimit / 2)...)
        blocks.insert(upper, at: block + 1)
    }

    mutating func remove(_ value: FilterNumber, _ ordinal: UInt32) {
        let entry = Entry(value: value, ordinal: ordinal)
        let block = block(of: entry)
        let place = Self.firstPlace(in: blocks[block]) { !($0 < entry) }
        guard place < blocks[block].count, blocks[block][place] == entry else { return }
        blocks[block].remove(at: place)
        if blocks[block].isEmpty && blocks.count > 1 { blocks.remove(at: block) }
    }

    /// The ordinals of values within two bounds, in the order of the values.
    func ordinals(from lower: (FilterNumber, isIncluded: Bool)?, to upper: (FilterNumber, isIncluded: Bool)?) -> [UInt32] {
        func isReached(_ entry: Entry) -> Bool {
            guard let (bound, isIncluded) = lower else { return true }
            return isIncluded ? entry.value >= bound : entry.value > bound
        }
        func isPassed(_ entry: Entry) -> Bool {
            guard let (bound, isIncluded) = upper else { return false }
            return isIncluded ? entry.value > bound : entry.value >= bound
        }
        var result: [UInt32] = []
        let first = Self.firstPlace(in: blocks) { $0.last.map(isReached) ?? false }
        for block in blocks[first...] {
            guard let head = block.first, !isPassed(head) else { break }
            let start = Self.firstPlace(in: block, where: isReached)
            let end = Self.firstPlace(in: block, where: isPassed)
            if start < end { for entry in block[start..<end] { result.append(entry.ordinal) } }
        }
        return result
    }

    /// Every value with the ordinals that have it, ascending.
    func forEachValue(_ body: (FilterNumber, [UInt32]) -> Void) {
        var run: (value: FilterNumber, ordinals: [UInt32])?
        for block in blocks {
            for entry in block {
                if run?.value == entry.value {
                    run?.ordinals.append(entry.ordinal)
                } else {
                    if let run { body(run.value, run.ordinals) }
                    run = (entry.value, [entry.ordinal])
                }
            }
        }
        if let run { body(run.value, run.ordinals) }
    }

    var memoryBytes: Int { blocks.reduce(0) { $0 + $1.capacity * MemoryLayout<Entry>.stride + 48 } }

    /// The block where an entry is, or belongs: the last that does not begin after it.
    private func block(of entry: Entry) -> Int {
        max(0, Self.firstPlace(in: blocks) { $0.first.map { entry < $0 } ?? false } - 1)
    }

    /// The first place where a condition holds that holds from there on.
    private static func firstPlace<Element>(in array: [Element], where holds: (Element) -> Bool) -> Int {
        var low = 0
        var high = array.count
        while low < high {
            let middle = (low + high) / 2
            if holds(array[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
