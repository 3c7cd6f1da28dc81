import IlkMatching
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `Where items are` {
    private func toy(_ id: String, _ last: Float) -> UpsertPoint {
        UpsertPoint(id: .string(id), vectors: [(nil, [1, 0, 0, last])], payload: nil)
    }

    @Test func `is followed as points come, change and go`() throws {
        let shop = try Shop(perKind: 3)
        func together() throws -> Set<String> { Set(try shop.ids(#""user":"u1","channels":{"item_cf":9}"#)) }
        try shop.append(
            shop.event("u2", "toy-0"), shop.event("u2", "toy-1"), shop.event("u2", "late"), shop.event("u1", "toy-0"))
        #expect(try together() == ["toy-1"])
        try shop.upsert([toy("late", 0.5)])
        #expect(try together() == ["toy-1", "late"])
        // Another vector is another ordinal.
        try shop.upsert([toy("toy-1", 0.9), toy("toy-0", 0.8)])
        #expect(try together() == ["toy-1", "late"])
        try shop.delete("toy-1")
        #expect(try together() == ["late"])
        try shop.append(shop.event("u2", "shoe-2"))
        #expect(try together() == ["late", "shoe-2"])
        // More than are remembered one by one.
        try shop.upsert((0..<5_000).map { toy("other-\($0)", Float($0) / 5_000) })
        try shop.upsert([toy("toy-1", 0.7)])
        #expect(try together() == ["toy-1", "late", "shoe-2"])
        try shop.reopen()
        #expect(try together() == ["toy-1", "late", "shoe-2"])
    }

    @Test func `does not mix up an item with the one that gets its place`() throws {
        let shop = try Shop(perKind: 3)
        try shop.append(shop.event("u1", "toy-0", "order"), shop.event("u1", "toy-1", "order"))
        let custom =
            #""user":"u1","channels":{"custom":9},"custom":["toy-0","toy-1","toy-2","new"],"exclude":["bought"]"#
        #expect(try shop.ids(custom) == ["toy-2"])
        for round in 0..<20 {
            try shop.delete("toy-1")
            try shop.upsert([toy("new", Float(round) / 40)])
            #expect(try shop.ids(custom) == ["toy-2", "new"])
            try shop.upsert([toy("toy-1", Float(round) / 50)])
            #expect(try shop.ids(custom) == ["toy-2", "new"])
            try shop.delete("new")
        }
    }
}

@Suite struct `Values by number` {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `are those of a dictionary, in the order of insertion`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var table = ValuesByNumber<UInt64>(capacity: Int(seed) * 10)
        var expected: [UInt32: UInt64] = [:]
        var order: [UInt32] = []
        // Dense numbers, and such as differ in their high bits only.
        let shift = UInt32(seed % 3) * 12
        for _ in 0..<3_000 {
            let number = UInt32(truncatingIfNeeded: generator.next() % 1_500) << shift
            let value = generator.next() % 100
            if expected[number] == nil { order.append(number) }
            expected[number, default: 0] += value
            let place = table.place(of: number, orInsert: 0)
            table.values[place] += value
        }
        #expect(table.numbers == order)
        #expect(table.count == expected.count)
        for number in order { #expect(table[number] == expected[number]) }
        #expect(table[.max] == nil)
    }

    @Test func `each number stands at its own place`() {
        let table = ValuesByNumber([7, 3, 4_000_000_000, 0])
        #expect([7, 3, 4_000_000_000, 0, 1].map { table.place(of: $0) } == [0, 1, 2, 3, nil])
    }
}

@Suite struct `A set of items` {
    @Test(arguments: 0..<10 as Range<UInt64>)
    func `has what was inserted`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var set = ItemSet(end: Int(seed) * 40)
        var expected: Set<UInt32> = []
        for _ in 0..<200 {
            let ordinal = UInt32(generator.next() % 700)
            set.insert(Ordinal(ordinal))
            expected.insert(ordinal)
        }
        #expect(set.count == expected.count)
        for ordinal in 0..<800 as Range<UInt32> {
            #expect(set.contains(Ordinal(ordinal)) == expected.contains(ordinal))
        }
    }
}
