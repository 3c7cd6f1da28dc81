/// The numbers that a set of points has in one field: exact percentiles, and where a number stands among them.
///
/// A point with several numbers counts with each. Memory: 16 bytes for each different number.
package struct NumberDistribution: Sendable, Equatable {
    /// The different numbers, ascending.
    private var values: [Double] = []
    /// For each of ``values`` how many numbers are no greater.
    private var cumulative: [Int] = []

    package init() {}

    /// Adds a number that so many points have; numbers come ascending.
    package mutating func append(_ value: Double, count: Int) {
        assert(values.last.map { $0 <= value } ?? true, "\(value) comes after \(values.last ?? 0)")
        let total = self.count + count
        if values.last == value {
            cumulative[cumulative.count - 1] = total
        } else {
            values.append(value)
            cumulative.append(total)
        }
    }

    /// How many numbers there are.
    package var count: Int { cumulative.last ?? 0 }
    package var least: Double? { values.first }
    package var greatest: Double? { values.last }

    /// The nearest-rank percentile: the least number that at least `percent` in a hundred are no greater than.
    ///
    /// 0 is the least number, 100 the greatest; nil where there is none.
    ///
    /// - Complexity: O(log different numbers).
    package func value(atPercentile percent: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((Double(count) * percent / 100).rounded(.up)))
        return values[min(place { cumulative[$0] >= rank }, values.count - 1)]
    }

    /// How many in a hundred are less, an equal one counted half; nil where there is none.
    package func percentile(of value: Double) -> Double? {
        guard count > 0 else { return nil }
        let start = place { values[$0] >= value }
        let below = start == 0 ? 0 : cumulative[start - 1]
        let equal = start < values.count && values[start] == value ? cumulative[start] - below : 0
        return (Double(below) + Double(equal) / 2) / Double(count) * 100
    }

    /// The number among them that is nearest to a value.
    package func nearest(to value: Double) -> Double? {
        let start = place { values[$0] >= value }
        guard start < values.count else { return values.last }
        guard start > 0 else { return values[0] }
        return values[start] - value < value - values[start - 1] ? values[start] : values[start - 1]
    }

    /// The first place where a condition holds that holds from there on.
    private func place(where holds: (Int) -> Bool) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
