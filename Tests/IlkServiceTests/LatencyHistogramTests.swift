import IlkService
import Testing

@Suite struct `Latency histogram` {
    @Test func `every value lies in a bucket whose middle is within a sixteenth of it`() {
        var value: UInt64 = 1
        while value < 1 << 62 {
            for near in [value - 1, value, value + 1, value + value / 3] {
                let middle = LatencyHistogram.middle(of: LatencyHistogram.bucket(of: near))
                let error = middle > near ? middle - near : near - middle
                #expect(error <= near / 16, "\(near) is counted as \(middle)")
            }
            value *= 2
        }
        _ = LatencyHistogram.bucket(of: .max)
    }

    @Test func `buckets grow with the value`() {
        var last = -1
        for value: UInt64 in 0..<4_096 {
            let bucket = LatencyHistogram.bucket(of: value)
            #expect(bucket == last || bucket == last + 1)
            last = bucket
        }
    }

    @Test func `quantiles of a thousand even steps are near the steps`() {
        var histogram = LatencyHistogram()
        for step: UInt64 in 1...1_000 { histogram.record(step * 1_000) }
        #expect(histogram.count == 1_000)
        #expect(histogram.mean == 500_500)
        for (q, expected) in [(0.5, 500_000.0), (0.9, 900_000), (0.99, 990_000)] {
            #expect(abs(Double(histogram.quantile(q)) / expected - 1) < 0.04)
        }
        #expect(histogram.quantile(1) <= histogram.maximum)
    }

    @Test func `an empty one says nothing but zeros`() {
        let histogram = LatencyHistogram()
        #expect(histogram.quantile(0.99) == 0)
        #expect(histogram.mean == 0)
    }
}
