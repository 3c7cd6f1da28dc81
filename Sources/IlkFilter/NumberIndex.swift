import IlkVectors

/// Numbers with their ordinals in sorted blocks: a value is found, added or taken out in about a microsecond among
/// millions, and a range is a run of blocks, of which only the first and the last are searched.
struct NumberIndex: Sendable {
    /// A value of a point; a point with several values has several.
    struct Entry: Comparable {
        var value: FilterNumber
        var ordinal: UInt32

        static func < (a: Entry, b: Entry) -> Bool { a.value != b.value ? a.value < b.value : a.ordinal < b.ordinal }
    }

    /// Both ends of a range; nil is open.
    struct Interval: Sendable {
        var lower: (value: FilterNumber, isIncluded: Bool)?
        var upper: (value: FilterNumber, isIncluded: Bool)?

        init(lower: (value: FilterNumber, isIncluded: Bool)?, upper: (value: FilterNumber, isIncluded: Bool)?) {
            self.lower = lower
            self.upper = upper
        }

        static let all = Interval(lower: nil, upper: nil)

        init(_ value: FilterNumber) { self.init(lower: (value, true), upper: (value, true)) }

        func reaches(_ value: FilterNumber) -> Bool {
            guard let lower else { return true }
            return lower.isIncluded ? value >= lower.value : value > lower.value
        }

        func isPassed(by value: FilterNumber) -> Bool {
            guard let upper else { return false }
            return upper.isIncluded ? value > upper.value : value >= upper.value
        }

        func contains(_ value: FilterNumber) -> Bool { reaches(value) && !isPassed(by: value) }

        /// What lies before it and after it.
        var outside: [Interval] {
            [
                lower.map { Interval(lower: nil, upper: ($0.value, !$0.isIncluded)) },
                upper.map { Interval(lower: ($0.value, !$0.isIncluded), upper: nil) },
            ].compactMap { $0 }
        }
    }

    private static let blockLimit = 512
    /// None is empty, but for the only one of an empty index.
    private var blocks = [NumberBlock()]
    private(set) var count = 0

    // MARK: Changes

    mutating func insert(_ value: FilterNumber, _ ordinal: UInt32) {
        let entry = Entry(value: value, ordinal: ordinal)
        let block = block(of: entry)
        let place = blocks[block].place(of: entry)
        if place < blocks[block].count && blocks[block][place] == entry { return }
        count += 1
        guard blocks[block].count == Self.blockLimit else {
            blocks[block].insert(entry, at: place)
            return
        }
        if place == Self.blockLimit && block == blocks.count - 1 {
            // Values that only grow, such as times, leave full blocks behind, not halves.
            blocks.append(NumberBlock(entry))
            return
        }
        let middle = Self.blockLimit / 2
        blocks.insert(blocks[block].split(at: middle), at: block + 1)
        if place <= middle {
            blocks[block].insert(entry, at: place)
        } else {
            blocks[block + 1].insert(entry, at: place - middle)
        }
    }

    mutating func remove(_ value: FilterNumber, _ ordinal: UInt32) {
        let entry = Entry(value: value, ordinal: ordinal)
        let block = block(of: entry)
        let place = blocks[block].place(of: entry)
        guard place < blocks[block].count, blocks[block][place] == entry else { return }
        count -= 1
        blocks[block].remove(at: place)
        if blocks[block].count < Self.blockLimit / 4 { mergeSmall(block) }
    }

    /// Joins a small block with a neighbor where both fit one with room to grow: else values that come and go would
    /// leave a block for each few that stay.
    private mutating func mergeSmall(_ block: Int) {
        for left in [block - 1, block] where left >= 0 && left + 1 < blocks.count {
            guard blocks[left].count + blocks[left + 1].count <= Self.blockLimit / 2 else { continue }
            blocks[left].append(blocks.remove(at: left + 1))
            return
        }
        if blocks[block].isEmpty && blocks.count > 1 { blocks.remove(at: block) }
    }

    // MARK: Ranges

    /// The blocks that may have a value of the interval.
    private func blocks(of interval: Interval) -> Range<Int> {
        let first = firstPlace(below: blocks.count) { blocks[$0].greatest.map { interval.reaches($0) } ?? false }
        let end = firstPlace(below: blocks.count) { blocks[$0].first.map { interval.isPassed(by: $0.value) } ?? true }
        return first..<max(first, end)
    }

    /// How many entries there are in the interval, about: exact within a block or two.
    func estimate(_ interval: Interval) -> Int {
        let range = blocks(of: interval)
        guard range.count > 2 else { return range.reduce(0) { $0 + blocks[$1].part(of: interval).count } }
        return range.count * count / blocks.count
    }

    /// The ordinals with a value in the interval; all are below `capacity`.
    ///
    /// Few are sorted; many are set in flat bits, at about a nanosecond each, whatever the order of their values.
    func ordinals(in interval: Interval, capacity: Int) -> Bitmap {
        let range = blocks(of: interval)
        guard range.count > 2, range.count * Self.blockLimit * 1_024 > capacity else {
            var ordinals: [UInt32] = []
            for block in range { ordinals += blocks[block].ordinals[part(block, of: interval, in: range)] }
            return Bitmap(ordinals.sorted())
        }
        var words = [UInt64](repeating: 0, count: (capacity + 63) / 64)
        for block in range { blocks[block].setBits(of: part(block, of: interval, in: range), in: &words) }
        return Bitmap(words: words)
    }

    /// The places of a block that are in an interval: all, but for the first and the last block of those that have some.
    private func part(_ block: Int, of interval: Interval, in range: Range<Int>) -> Range<Int> {
        let isWhole = block > range.lowerBound && block < range.upperBound - 1
        return isWhole ? 0..<blocks[block].count : blocks[block].part(of: interval)
    }

    /// Every value with how many of its ordinals are in a set, ascending; values without any are left out.
    func forEachValue(within ordinals: OrdinalSet, _ body: (FilterNumber, Int) -> Void) {
        var value: FilterNumber?
        var having = 0
        for block in blocks {
            for place in 0..<block.count where ordinals.contains(block.ordinals[place]) {
                let next = block.value(place)
                if next != value {
                    if let value { body(value, having) }
                    value = next
                    having = 0
                }
                having += 1
            }
        }
        if let value { body(value, having) }
    }

    var memoryBytes: Int { blocks.reduce(0) { $0 + $1.memoryBytes } }

    /// What is wrong with the blocks: for tests.
    func problems() -> [String] {
        var problems: [String] = []
        if blocks.count > 1 && blocks.contains(where: \.isEmpty) { problems.append("an empty block") }
        if blocks.contains(where: { $0.count > Self.blockLimit }) { problems.append("a block over its limit") }
        let all = blocks.flatMap { block in (0..<block.count).map { block[$0] } }
        if all.count != count { problems.append("\(all.count) entries, counted \(count)") }
        if !zip(all, all.dropFirst()).allSatisfy({ $0 < $1 }) { problems.append("entries out of order") }
        return problems
    }

    // MARK: Search

    /// The block where an entry is, or belongs: the last that does not begin after it.
    private func block(of entry: Entry) -> Int {
        max(0, firstPlace(below: blocks.count) { blocks[$0].first.map { entry < $0 } ?? false } - 1)
    }
}
