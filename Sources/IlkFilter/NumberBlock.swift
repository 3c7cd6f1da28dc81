/// A run of sorted entries: values and ordinals each on their own, so that a range reads 4 bytes for each of its ordinals
/// and no values but those at its ends.
///
/// Memory: 13 bytes an entry.
struct NumberBlock: Sendable {
    /// The bits of each value.
    private var bits: [UInt64] = []
    /// What each value's bits are.
    private var kinds: [Kind] = []
    private(set) var ordinals: [UInt32] = []

    private enum Kind: UInt8 {
        case int, uint, double
    }

    init() {}

    init(_ entry: NumberIndex.Entry) { insert(entry, at: 0) }

    var count: Int { ordinals.count }
    var isEmpty: Bool { ordinals.isEmpty }

    func value(_ place: Int) -> FilterNumber {
        switch kinds[place] {
        case .int: .int(Int64(bitPattern: bits[place]))
        case .uint: .uint(bits[place])
        case .double: .double(Double(bitPattern: bits[place]))
        }
    }

    subscript(place: Int) -> NumberIndex.Entry { .init(value: value(place), ordinal: ordinals[place]) }

    /// The first entry; nil where there is none.
    var first: NumberIndex.Entry? { isEmpty ? nil : self[0] }
    /// The greatest value.
    var greatest: FilterNumber? { isEmpty ? nil : value(count - 1) }

    // MARK: Search

    /// The first place whose entry does not come before another one.
    func place(of entry: NumberIndex.Entry) -> Int { firstPlace(below: count) { !(self[$0] < entry) } }

    /// Where the values of an interval are.
    func part(of interval: NumberIndex.Interval) -> Range<Int> {
        let start = firstPlace(below: count) { interval.reaches(value($0)) }
        let end = firstPlace(below: count) { interval.isPassed(by: value($0)) }
        return start..<max(start, end)
    }

    /// Sets the bits of the ordinals at these places: ordinal `n` is bit `n % 64` of word `n / 64`.
    func setBits(of places: Range<Int>, in words: inout [UInt64]) {
        let ordinals = ordinals.span
        var bits = words.mutableSpan
        for place in places {
            let ordinal = ordinals[place]
            bits[Int(ordinal / 64)] |= 1 &<< UInt64(ordinal % 64)
        }
    }

    // MARK: Changes

    mutating func insert(_ entry: NumberIndex.Entry, at place: Int) {
        switch entry.value {
        case .int(let int): insert(UInt64(bitPattern: int), .int, at: place)
        case .uint(let uint): insert(uint, .uint, at: place)
        case .double(let double): insert(double.bitPattern, .double, at: place)
        }
        ordinals.insert(entry.ordinal, at: place)
    }

    private mutating func insert(_ value: UInt64, _ kind: Kind, at place: Int) {
        bits.insert(value, at: place)
        kinds.insert(kind, at: place)
    }

    mutating func remove(at place: Int) {
        bits.remove(at: place)
        kinds.remove(at: place)
        ordinals.remove(at: place)
    }

    /// Takes the entries from a place on out into a block of their own.
    mutating func split(at place: Int) -> NumberBlock {
        var upper = NumberBlock()
        upper.bits = Array(bits[place...])
        upper.kinds = Array(kinds[place...])
        upper.ordinals = Array(ordinals[place...])
        bits.removeSubrange(place...)
        kinds.removeSubrange(place...)
        ordinals.removeSubrange(place...)
        return upper
    }

    /// Appends a block whose entries come after all of this one's.
    mutating func append(_ other: NumberBlock) {
        bits += other.bits
        kinds += other.kinds
        ordinals += other.ordinals
    }

    var memoryBytes: Int { bits.capacity * 8 + kinds.capacity + ordinals.capacity * 4 + 3 * 32 }
}

/// The first place below `count` where a condition holds that holds from there on; `count` where it does nowhere.
func firstPlace(below count: Int, where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
        let middle = (low + high) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}
