/// Values by dense numbers, such as those of items or users: what a match sums up as it goes, and throws away.
///
/// An open hash table of places in two columns. A dictionary hashes so that nobody can choose bad keys, which takes some
/// 20 ns; these numbers are the log's own, and a multiplication (Knuth, vol. 3, 6.4) spreads them. Columns are in the order
/// of insertion, so that going through them is the same every time.
package struct ValuesByNumber<Value> {
    /// In the order of insertion; each once.
    package private(set) var numbers: [UInt32] = []
    /// Of ``numbers``.
    package var values: [Value] = []
    /// Places in the columns by hash, at least twice as many as numbers; `vacant` where there is none.
    private var slots: [UInt32]
    private var shift: UInt32

    private static var vacant: UInt32 { .max }

    /// An empty table with room for so many numbers.
    package init(capacity: Int = 32) {
        let bits = max(6, Int.bitWidth - (2 * capacity).leadingZeroBitCount)
        slots = [UInt32](repeating: Self.vacant, count: 1 << bits)
        shift = UInt32(32 - bits)
        numbers.reserveCapacity(capacity)
        values.reserveCapacity(capacity)
    }

    package var count: Int { numbers.count }

    /// The numbers, each at its own place.
    ///
    /// - Precondition: each stands once.
    package init(_ numbers: some Collection<UInt32>) where Value == Void {
        self.init(capacity: numbers.count)
        for (place, number) in numbers.enumerated() {
            precondition(self.place(of: number, orInsert: ()) == place, "number \(number) stands twice")
        }
    }

    /// The slot of a number: its own, or the vacant one that it would get.
    @inline(__always)
    private func slot(of number: UInt32) -> Int {
        var slot = Int((number &* 2_654_435_769) &>> shift)
        while slots[slot] != Self.vacant, numbers[Int(slots[slot])] != number { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    /// The place of a number in the columns; nil where it is not there.
    @inline(__always)
    package func place(of number: UInt32) -> Int? {
        let place = slots[slot(of: number)]
        return place == Self.vacant ? nil : Int(place)
    }

    /// The place of a number, which gets `value` where it is new.
    @inline(__always)
    package mutating func place(of number: UInt32, orInsert value: @autoclosure () -> Value) -> Int {
        let slot = slot(of: number)
        if slots[slot] != Self.vacant { return Int(slots[slot]) }
        let place = numbers.count
        slots[slot] = UInt32(place)
        numbers.append(number)
        values.append(value())
        if 2 * numbers.count > slots.count { grow() }
        return place
    }

    package subscript(number: UInt32) -> Value? { place(of: number).map { values[$0] } }

    private mutating func grow() {
        shift -= 1
        slots = [UInt32](repeating: Self.vacant, count: 2 * slots.count)
        for (place, number) in numbers.enumerated() { slots[slot(of: number)] = UInt32(place) }
    }
}

extension ValuesByNumber: Sendable where Value: Sendable {}
