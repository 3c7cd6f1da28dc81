import IlkFilter
import IlkVectors
import Testing

@Suite struct `Sets of ordinals` {
    /// Ordinals of every density, so that containers are arrays, bits and runs, on both sides of a border of 65,536.
    static func ordinals(_ seed: UInt64) -> Set<UInt32> {
        var generator = SplitMix64(seed: seed)
        var result: Set<UInt32> = []
        for container in 0..<4 as Range<UInt32> {
            let base = container * 65_536
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: break
            case 1: for _ in 0..<50 { result.insert(base + UInt32.random(in: 0..<65_536, using: &generator)) }
            case 2: for _ in 0..<9_000 { result.insert(base + UInt32.random(in: 0..<65_536, using: &generator)) }
            case 3: result.formUnion(base + 100..<base + 30_000)
            default: result.formUnion(base..<base + 65_536)
            }
        }
        return result
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `combinations are those of sets`(seed: UInt64) {
        let a = Self.ordinals(seed), b = Self.ordinals(seed + 1_000)
        let x = Bitmap(Array(a)), y = Bitmap(b.sorted())
        #expect(x.count == a.count)
        #expect(x.intersection(y).ordinals == a.intersection(b).sorted())
        #expect(x.union(y).ordinals == a.union(b).sorted())
        #expect(x.subtracting(y).ordinals == a.subtracting(b).sorted())
        #expect(x.intersectionCount(y) == a.intersection(b).count)
        #expect(x.first == a.min() && x.last == a.max())
        var z = x
        z.formUnion(y)
        #expect(z == x.union(y))
        z.formIntersection(y)
        #expect(z == y)
        z.subtract(x)
        #expect(z == y.subtracting(x))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `flat bits have the same ordinals, with runs and without, cut at the capacity`(seed: UInt64) {
        let ordinals = Self.ordinals(seed)
        var bitmap = Bitmap(Array(ordinals))
        for _ in 0..<2 {
            for capacity in [0, 1, 63, 64, 65, 65_536, 100_001, 262_144, 300_000] {
                let set = bitmap.ordinalSet(capacity: capacity)
                let expected = ordinals.filter { $0 < capacity }
                #expect(set.count == expected.count)
                #expect(expected.allSatisfy { set.contains($0) })
            }
            bitmap.optimizeRuns()
            #expect(bitmap.ordinals == ordinals.sorted())
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `pages from a cursor on make the whole set`(seed: UInt64) {
        let ordinals = Self.ordinals(seed).sorted()
        let bitmap = Bitmap(ordinals)
        var found: [UInt32] = []
        var cursor: UInt32 = 0
        while true {
            let page = bitmap.ordinals(from: cursor, limit: 7_777)
            #expect(page.count <= 7_777)
            guard let last = page.last else { break }
            found += page
            cursor = last + 1
        }
        #expect(found == ordinals)
        #expect(bitmap.ordinals(from: 0, limit: 0) == [])
        #expect(bitmap.ordinals(from: .max, limit: 5) == [])
    }

    @Test func `a copy does not change with the original`() {
        var a = Bitmap([1, 2, 3])
        let b = a
        a.insert(4)
        a.remove(1)
        #expect(b.ordinals == [1, 2, 3])
        #expect(a.ordinals == [2, 3, 4])
        #expect(Bitmap(5..<8).ordinals == [5, 6, 7])
        #expect(Bitmap(5..<5).isEmpty)
    }

    @Test func `runs take less memory, and the last ordinals there are can be held`() {
        var bitmap = Bitmap((0..<100_000).filter { $0 != 500 })
        let before = bitmap.memoryBytes
        bitmap.optimizeRuns()
        #expect(bitmap.memoryBytes < before / 50)
        #expect(Bitmap([.max, 0]).ordinals(from: 1, limit: 9) == [.max])
    }

    @Test func `memory is given back`() throws {
        let ordinals = Array(stride(from: 0 as UInt32, to: 600_000, by: 3))
        func work() {
            let bitmap = Bitmap(ordinals)
            var copy = bitmap
            copy.insert(1)
            _ = copy.union(bitmap).intersection(copy).subtracting(bitmap).ordinalSet(capacity: 600_000)
        }
        for _ in 0..<20 { work() }
        var growth = Int.max
        // Other tests take memory meanwhile, but hardly in each of the rounds.
        for _ in 0..<5 {
            let before = try residentBytes()
            for _ in 0..<400 { work() }
            growth = min(growth, try residentBytes() - before)
        }
        // 400 leaked bitmaps of 75 KB would be 30 MB a round.
        #expect(growth < 8 << 20)
    }
}
