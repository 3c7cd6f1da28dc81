import IlkFilter
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `A cache of filters` {
    private func key(_ filter: String) throws -> FilterKey { try #require(FilterKey(.parse(filter))) }

    static let equals: [(String, String)] = [
        ("a and b", "b and a"), ("a or b < 1", "b < 1 or a"), ("not (a and b < 2)", "not b < 2 or not a"),
        ("not not a", "a"), ("(a or b) and (c or d)", "(d or c) and (b or a)"), ("a in (1, 2)", "a = 2 or a = 1.0"),
        ("a and (b and c)", "(c and a) and b"),
    ]

    @Test(arguments: equals)
    func `has one key for ways to write a filter that differ in order, nesting and doubled negation`(
        a: String, b: String
    ) throws {
        #expect(try key(a) == key(b))
    }

    static let different: [(String, String)] = [
        ("a and b", "a or b"), ("a", "not a"), ("a < 1", "a <= 1"), ("a < 1", "not a >= 1"), ("a = 1", "a = '1'"),
        ("a and (b or c)", "(a and b) or c"),
    ]

    @Test(arguments: different)
    func `has different keys for filters that mean something else`(a: String, b: String) throws {
        #expect(try key(a) != key(b))
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `has the same key whatever the order of parts, and another one for another filter`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        for _ in 0..<20 {
            let tree = generator.tree(depth: 5)
            let filter = try FilterExpression.parse(tree: tree)
            let turned = try FilterExpression.parse(tree: Self.turned(tree))
            #expect(FilterKey(filter) == FilterKey(turned), "\(filter)")
            let other = try FilterExpression.parse(tree: generator.tree(depth: 5))
            // A key says no more than the expression.
            if FilterKey(filter) == FilterKey(other) { #expect(filter.paths == other.paths) }
        }
    }

    /// The same tree with the parts of `and` and `or` in the opposite order.
    private static func turned(_ tree: JSONValue) -> JSONValue {
        guard case .object(let node) = tree else { return tree }
        for op in ["and", "or"] {
            guard case .array(let parts)? = node[op] else { continue }
            return .object(JSONObject([(op, .array(parts.reversed().map { turned($0) }))]))
        }
        if let part = node["not"] { return .object(JSONObject([("not", turned(part))])) }
        return tree
    }

    @Test func `gives back what was put in, and nothing once it was emptied`() throws {
        var cache = FilterCache()
        #expect(cache.memoryBytes == 0)
        cache.insert(Bitmap([1, 5]), of: try key("a < 1"))
        cache.insert(Bitmap([2]), of: try key("a < 2"))
        #expect(try cache.bitmap(of: key("a < 1")) == Bitmap([1, 5]))
        #expect(try cache.bitmap(of: key("a < 2")) == Bitmap([2]))
        #expect(try cache.bitmap(of: key("a < 3")) == nil)
        cache.insert(Bitmap([3]), of: try key("a < 2"))
        #expect(try cache.bitmap(of: key("a < 2")) == Bitmap([3]))
        #expect(cache.count == 2 && cache.memoryBytes > 0)
        cache.removeAll()
        #expect(try cache.bitmap(of: key("a < 1")) == nil)
        #expect(cache.count == 0 && cache.memoryBytes == 0)
    }

    @Test func `holds 128 filters, and lets go of the one that was not used for longest`() throws {
        var cache = FilterCache()
        for number in 0..<1_000 {
            cache.insert(Bitmap([UInt32(number)]), of: try key("a < \(number)"))
            // One that is used all the time stays.
            #expect(try cache.bitmap(of: key("a < 0")) == Bitmap([0]))
            #expect(cache.count == min(number + 1, FilterCache.longest))
        }
        #expect(cache.memoryBytes < 1 << 20)
        for number in 1..<1_000 {
            let isKept = number > 1_000 - FilterCache.longest
            #expect(try (cache.bitmap(of: key("a < \(number)")) != nil) == isKept, "\(number)")
        }
    }

    @Test func `holds 32 MiB, however large the bitmaps are, and none that is larger`() throws {
        var cache = FilterCache()
        // 8 KiB for each 65,536 ordinals that have more than 4,096.
        func bitmap(of bytes: Int) -> Bitmap {
            let containers = (0..<UInt32(bytes / 8_192)).lazy
            return Bitmap(containers.flatMap { high in (0..<4_100).lazy.map { high << 16 + $0 * 2 } })
        }
        let large = bitmap(of: 4 << 20)
        for number in 0..<40 {
            cache.insert(large, of: try key("a < \(number)"))
            #expect(cache.memoryBytes <= FilterCache.mostBytes)
        }
        #expect(cache.count == FilterCache.mostBytes / (large.memoryBytes + 1_024))
        #expect(try cache.bitmap(of: key("a < 39")) == large)
        let kept = cache.count
        cache.insert(bitmap(of: FilterCache.mostBytes), of: try key("b"))
        #expect(try cache.bitmap(of: key("b")) == nil)
        #expect(cache.count == kept)
    }

    @Test func `has no key for a filter that is too long to be asked again and again`() throws {
        let texts = (0..<5_000).map { "'some value \($0)'" }.joined(separator: ",")
        #expect(try FilterKey(.parse("a in (\(texts))")) == nil)
        #expect(try FilterKey(.parse("a in ('x', 'y')")) != nil)
    }
}
