import IlkFilter
import IlkProtocol
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `A distribution of numbers` {
    /// What percentiles are, read off a sorted list.
    private func naive(_ numbers: [Double], _ percent: Double) -> Double? {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return nil }
        let rank = Int((Double(sorted.count) * percent / 100).rounded(.up))
        return sorted[max(1, rank) - 1]
    }

    @Test(arguments: 0..<40)
    func `has the percentiles of a sorted list`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 0...200, using: &random)
        let numbers = (0..<count).map { _ in Double(Int.random(in: -20...20, using: &random)) / 2 }
        var distribution = NumberDistribution()
        for number in numbers.sorted() { distribution.append(number, count: 1) }
        #expect(distribution.count == count)
        #expect(distribution.least == numbers.min() && distribution.greatest == numbers.max())
        for percent in stride(from: 0.0, through: 100, by: 2.5) {
            #expect(distribution.value(atPercentile: percent) == naive(numbers, percent), "seed \(seed), \(percent) %")
        }
        for number in stride(from: -11.0, through: 11, by: 0.5) {
            let below = numbers.count { $0 < number }
            let equal = numbers.count { $0 == number }
            let percent = distribution.percentile(of: number)
            #expect(percent == (count == 0 ? nil : (Double(below) + Double(equal) / 2) / Double(count) * 100))
            let nearest = distribution.nearest(to: number)
            #expect(nearest.map { abs($0 - number) } == numbers.map { abs($0 - number) }.min())
        }
    }

    @Test func `of a field counts what passes, each number of an array`() throws {
        var index = PayloadIndex(fields: [PayloadField(path: "n", kind: .int)])
        for (place, payload) in [#"{"n":[1,3]}"#, #"{"n":2}"#, "{}", #"{"n":9}"#].enumerated() {
            try index.set(try JSONValue.parse(payload), at: Ordinal(UInt32(place)))
        }
        let field = try #require(index.field("n"))
        let some = field.distribution(within: Bitmap([0, 1, 2]))
        #expect(some.count == 3 && some.greatest == 3 && some.value(atPercentile: 50) == 2)
        #expect(field.presentCount(within: Bitmap([1, 2, 3])) == 2)
        #expect(field.has(.number(.int(9))) && !field.has(.number(.int(4))) && !field.has(.string("9")))
        #expect(index.field("m") == nil)
    }
}
