/// Durations counted in buckets that grow by powers of two, each cut into 16: a quantile is within 1/32 of the truth.
///
/// The idea is HdrHistogram's (Tene), without its resizing: 960 counters cover a nanosecond to five centuries.
package struct LatencyHistogram: Sendable {
    private static let subBits = 4
    private var counts = [UInt64](repeating: 0, count: (64 - subBits + 1) << subBits)
    package private(set) var count: UInt64 = 0
    package private(set) var sum: UInt64 = 0
    package private(set) var maximum: UInt64 = 0

    package init() {}

    /// Counts one duration, in nanoseconds.
    package mutating func record(_ nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] += 1
        count += 1
        sum &+= nanoseconds
        maximum = max(maximum, nanoseconds)
    }

    /// The mean, in nanoseconds; 0 if nothing was counted.
    package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// The duration below or at which a fraction `q` of all lie, in nanoseconds: the middle of its bucket, and never
    /// more than the longest; 0 if nothing was counted.
    package func quantile(_ q: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = max(1, UInt64((Double(count) * q).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, here) in counts.enumerated() where here > 0 {
            seen += here
            if seen >= rank { return min(Self.middle(of: bucket), maximum) }
        }
        return maximum
    }

    /// Values under 16 have a bucket each; above, the highest set bit and the four after it choose the bucket.
    package static func bucket(of value: UInt64) -> Int {
        guard value >= 1 << subBits else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let sub = Int(value >> UInt64(exponent - subBits)) & (1 << subBits - 1)
        return (exponent - subBits + 1) << subBits + sub
    }

    package static func middle(of bucket: Int) -> UInt64 {
        guard bucket >= 1 << subBits else { return UInt64(bucket) }
        let shift = UInt64(bucket >> subBits - 1)
        let low = (UInt64(1 << subBits) + UInt64(bucket & (1 << subBits - 1))) << shift
        return low + (1 << shift) / 2
    }
}
