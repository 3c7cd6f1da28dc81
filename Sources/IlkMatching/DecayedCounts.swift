import Glibc

/// A sum for each item in which what is older counts less: half as much after each half-life.
///
/// Forward decay (Cormode, Shkapenyuk, Srivastava & Xu, ICDE 2009): an event of weight `w` at time `t` adds
/// `w · 2^(t / halfLife)`, which never changes, and dividing by `2^(now / halfLife)` gives its worth now. So the order of
/// items does not depend on the time at which it is asked for. The sums are kept as logarithms to base 2, for they
/// are far too large otherwise; 8 bytes an item.
package struct DecayedCounts: Sendable {
    let halfLifeDays: Double
    private(set) var logarithms: [Double] = []

    package init(halfLifeDays: Double) { self.halfLifeDays = halfLifeDays }

    /// Adds an event of a weight over 0.
    package mutating func add(_ weight: Float, to item: ItemNumber, at moment: Moment) {
        while logarithms.count <= item.index { logarithms.append(-.infinity) }
        let added = log2(Double(weight)) + Double(moment.seconds) / 86_400 / halfLifeDays
        let old = logarithms[item.index]
        let larger = max(old, added)
        logarithms[item.index] = larger + log2(1 + exp2(min(old, added) - larger))
    }

    /// What the events of an item are worth now.
    package func count(of item: ItemNumber, at now: Moment) -> Float {
        guard item.index < logarithms.count else { return 0 }
        return Float(exp2(logarithms[item.index] - Double(now.seconds) / 86_400 / halfLifeDays))
    }

    /// The order of items, whatever the time; −∞ where there were no events.
    func logarithm(of item: ItemNumber) -> Double {
        item.index < logarithms.count ? logarithms[item.index] : -.infinity
    }

    /// The items with the largest sums, largest first.
    ///
    /// - Complexity: O(items), a fifth of a millisecond for 200,000, and O(k log k).
    package func largest(_ k: Int) -> [ItemNumber] {
        var heap = SmallestFirst(limit: k)
        for (item, logarithm) in logarithms.enumerated() where logarithm > heap.bound {
            heap.insert(logarithm, UInt32(item))
        }
        return heap.descending().map { ItemNumber($0) }
    }

    var memoryBytes: Int { logarithms.capacity * 8 }
}
