import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `The k nearest of many` {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `are those that sorting finds, whatever the order of the candidates`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // Few distinct distances, so that ties are common.
        var candidates = (0..<200).map {
            Neighbor(ordinal: Ordinal($0), distance: Float(random.next() % 20) - 10)
        }
        for k in [0, 1, 2, 10, 199, 200, 300] {
            candidates.shuffle(using: &random)
            var top = TopK(k)
            for candidate in candidates { top.insert(candidate) }
            #expect(top.neighbors == Array(candidates.sorted().prefix(k)))
        }
    }

    @Test func `leave the bound open until there are k`() {
        var top = TopK(2)
        #expect(top.bound == .infinity)
        top.insert(Neighbor(ordinal: Ordinal(1), distance: 5))
        #expect(top.bound == .infinity)
        top.insert(Neighbor(ordinal: Ordinal(2), distance: 3))
        #expect(top.bound == 5)
    }
}

@Suite struct `Recall` {
    private func neighbors(_ distances: [Float]) -> [Neighbor] {
        distances.enumerated().map { Neighbor(ordinal: Ordinal(UInt32($0)), distance: $1) }
    }

    @Test func `counts what is as near as the true k-th`() {
        #expect(recall(of: neighbors([1, 2, 3]), against: neighbors([1, 2, 3])) == 1)
        #expect(recall(of: neighbors([1, 2, 9]), against: neighbors([1, 2, 3, 4])) == 0.5)
        #expect(recall(of: neighbors([3, 3, 3]), against: neighbors([1, 2, 3])) == 1)
        #expect(recall(of: [], against: neighbors([1])) == 0)
    }

    @Test func `forgives rounding, also of negative distances`() {
        #expect(recall(of: neighbors([3.002]), against: neighbors([3])) == 1)
        #expect(recall(of: neighbors([-2.999]), against: neighbors([-3])) == 1)
        #expect(recall(of: neighbors([-2.9]), against: neighbors([-3])) == 0)
    }

    @Test func `is 1 where there is nothing to find, and never above 1`() {
        #expect(recall(of: neighbors([1]), against: []) == 1)
        #expect(recall(of: neighbors([1, 1, 1]), against: neighbors([1])) == 1)
    }
}

@Suite struct `Ordinal set` {
    @Test(arguments: [0, 1, 63, 64, 65, 1_000])
    func `has what was put in and nothing else`(capacity: Int) {
        var random = SplitMix64(seed: UInt64(capacity))
        let members = Set((0..<UInt32(capacity)).filter { _ in random.next() % 3 == 0 })
        let set = OrdinalSet(capacity: capacity, ordinals: members)
        #expect(set.count == members.count)
        for ordinal in 0..<UInt32(capacity + 200) { #expect(set.contains(ordinal) == members.contains(ordinal)) }
        var seen: [UInt32] = []
        set.forEach { seen.append($0) }
        #expect(seen == members.sorted())
    }

    @Test func `leaves out what is beyond its capacity`() {
        let set = OrdinalSet(capacity: 10, ordinals: [3, 9, 10, 64, .max])
        #expect(set.count == 2)
        #expect(!set.contains(10) && !set.contains(.max))
    }

    @Test func `can be filled word by word`() {
        let set = unsafe OrdinalSet(capacity: 130) { words in
            for place in words.indices { unsafe words[place] = 1 }
        }
        #expect(set.count == 3)
        #expect(set.contains(0) && set.contains(64) && set.contains(128))
    }
}

@Suite struct `Seeded random numbers` {
    @Test func `are those of the published algorithm`() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in random.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }
}
