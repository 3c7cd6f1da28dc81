import IlkFilter
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `Filter evaluation` {
    /// An index beside the payloads it should have.
    struct Table {
        var index = PayloadIndex(fields: Generator.fields)
        var payloads: [UInt32: JSONValue] = [:]
        var live = Bitmap()

        mutating func set(_ payload: JSONValue, at ordinal: UInt32) throws {
            try index.set(payload, at: Ordinal(ordinal))
            payloads[ordinal] = payload
            live.insert(ordinal)
        }

        mutating func remove(at ordinal: UInt32) {
            index.remove(at: Ordinal(ordinal))
            payloads[ordinal] = nil
            live.remove(ordinal)
        }

        func matching(_ filter: FilterExpression) throws -> Bitmap {
            try index.evaluate(filter, live: live) { path throws(IlkError) in
                var field = FieldIndex(path: path)
                for (ordinal, payload) in payloads { field.add(payload, at: Ordinal(ordinal)) }
                return field
            }
        }

        func naive(_ tree: JSONValue) -> Bitmap {
            let model = NaiveFilter(Generator.fields)
            return Bitmap(payloads.filter { model.passes(tree, $0.value) }.map(\.key))
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `every filter finds what the model finds, after any inserts, updates and removals`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        var table = Table()
        for step in 0..<150 {
            let ordinal = UInt32(generator.int(0..<60))
            if generator.chance(25) {
                table.remove(at: ordinal)
            } else {
                try table.set(generator.payload(), at: ordinal)
            }
            guard step % 10 == 9 else { continue }
            for _ in 0..<4 {
                let tree = generator.tree(depth: generator.int(0..<5))
                let filter = try FilterExpression.parse(tree: tree)
                let found = try table.matching(filter)
                #expect(found == table.naive(tree), "\(filter)")
                #expect(try table.matching(FilterExpression.parse(filter.description)) == found)
            }
        }
        #expect(table.index.problems(capacity: 60) == [])
    }

    /// Enough points for many blocks, bitmaps of every shape, and both ways to answer a range.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func `many points and wide ranges agree with the model too`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        var index = PayloadIndex(fields: [.init(path: "n", kind: .int), .init(path: "k", kind: .keyword)])
        var numbers: [Int64?] = []
        let count = 40_000
        var live = Bitmap()
        for ordinal in 0..<count {
            let number: Int64? = seed % 2 == 0 && generator.chance(5) ? nil : Int64(generator.int(0..<10_000))
            numbers.append(number)
            live.insert(UInt32(ordinal))
            try index.set(Self.row(number, ordinal % 50), at: Ordinal(UInt32(ordinal)))
        }
        for round in 0..<3 {
            for _ in 0..<40 {
                let low = Int64(generator.int(-5..<10_005)),
                    high = low + Int64(generator.pick([0, 1, 10, 500, 5_000, 9_990]))
                let brand = generator.int(0..<60)
                let range = try evaluate(index, "n between \(low) and \(high)", live)
                #expect(range == Bitmap(Self.places(numbers) { low <= $0 && $0 <= high }))
                let both = try evaluate(index, "n between \(low) and \(high) and k in ('\(brand)', 'none')", live)
                #expect(both == Bitmap(range.ordinals.filter { Int($0) % 50 == brand }))
                let outside = try evaluate(index, "not (n between \(low) and \(high))", live)
                #expect(outside == live.subtracting(range))
                #expect(try evaluate(index, "n < \(low) or n >= \(low)", live) == evaluate(index, "n exists", live))
            }
            // Churn: most blocks empty out and fill again.
            for ordinal in 0..<count where generator.chance(60) {
                if round == 1 || generator.chance(50) {
                    numbers[ordinal] = Int64(generator.int(4_000..<6_000))
                    try index.set(Self.row(numbers[ordinal], ordinal % 50), at: Ordinal(UInt32(ordinal)))
                } else {
                    numbers[ordinal] = nil
                    try index.set(Self.row(nil, ordinal % 50), at: Ordinal(UInt32(ordinal)))
                }
            }
            #expect(index.problems(capacity: count) == [])
        }
    }

    private static func row(_ number: Int64?, _ brand: Int) -> JSONValue {
        .object(JSONObject([("n", number.map { .int($0) } ?? .null), ("k", .string("\(brand)"))]))
    }

    private static func places(_ numbers: [Int64?], _ holds: (Int64) -> Bool) -> [UInt32] {
        numbers.enumerated().filter { $0.element.map(holds) ?? false }.map { UInt32($0.offset) }
    }

    private func evaluate(_ index: PayloadIndex, _ filter: String, _ live: Bitmap) throws -> Bitmap {
        try index.evaluate(FilterExpression.parse(filter), live: live) { path throws(IlkError) in FieldIndex(path: path)
        }
    }

    static let equals: [(String, String)] = [
        ("price < 3 and brand = 'a'", "brand = 'a' and price < 3"),
        ("not (brand = 'a' or price > 1)", "brand != 'a' and not price > 1"),
        ("brand in ('a', 'b')", "brand = 'b' or brand = 'a'"), ("stock < 3.5", "stock <= 3"),
        ("stock > 2.5", "stock >= 3"),
        ("price between 1 and 1", "price = 1"), ("stock exists", "stock != null"), ("not stock exists", "stock = null"),
        ("sold_out", "sold_out = true"), ("made.at = '1970-01-01'", "made.at = '1969-12-31T23:00:00-01:00'"),
        ("(brand = 'a' and stock = 1) or (brand = 'a' and stock = 2)", "brand = 'a' and stock in (1, 2)"),
        ("note = 1 or price < 2", "not (note != 1 and not price < 2)"),
    ]

    @Test(arguments: equals)
    func `logically equal filters give equal bitmaps`(a: String, b: String) throws {
        var generator = Generator(seed: 7)
        var table = Table()
        for ordinal in 0..<2_000 as Range<UInt32> { try table.set(generator.payload(), at: ordinal) }
        #expect(try table.matching(.parse(a)) == table.matching(.parse(b)))
        #expect(try !table.matching(.parse(a)).isEmpty)
    }

    @Test func `integers of 64 bits are compared exactly, with integers and with fractions`() throws {
        var table = Table()
        let edge: Int64 = 9_007_199_254_740_993
        for (ordinal, value) in [edge - 1, edge, edge + 1, .max, .min].enumerated() {
            try table.set(.object(JSONObject([("stock", .int(value)), ("price", .int(value))])), at: UInt32(ordinal))
        }
        func found(_ filter: String) throws -> [UInt32] { try table.matching(.parse(filter)).ordinals }
        for field in ["stock", "price"] {
            #expect(try found("\(field) = 9007199254740993") == [1])
            #expect(try found("\(field) != 9007199254740993") == [0, 2, 3, 4])
            #expect(try found("\(field) > 9007199254740992.0") == [1, 2, 3])
            #expect(try found("\(field) < 9223372036854775807") == [0, 1, 2, 4])
            #expect(try found("\(field) < 9223372036854775808") == [0, 1, 2, 3, 4])
            #expect(try found("\(field) >= -9223372036854775808") == [0, 1, 2, 3, 4])
            #expect(try found("\(field) > -1e300") == [0, 1, 2, 3, 4])
            #expect(try found("\(field) = 0.5") == [])
        }
    }

    @Test func `integers over 63 bits keep their last digit where a field takes them`() throws {
        var index = PayloadIndex(fields: [.init(path: "f", kind: .float)])
        for (ordinal, value) in [UInt64.max - 1, .max].enumerated() {
            try index.set(.object(JSONObject([("f", .uint(value))])), at: Ordinal(UInt32(ordinal)))
        }
        let live = Bitmap([0, 1])
        #expect(try evaluate(index, "f = 18446744073709551614", live).ordinals == [0])
        #expect(try evaluate(index, "f > 18446744073709551614", live).ordinals == [1])
        #expect(try evaluate(index, "f < 18446744073709551616", live).ordinals == [0, 1])
    }

    @Test func `only live ordinals are found, whatever the indexes hold`() throws {
        var table = Table()
        for ordinal in 0..<4 as Range<UInt32> { try table.set(.object(JSONObject([("stock", .int(1))])), at: ordinal) }
        table.live.remove(2)
        for filter in ["stock = 1", "stock >= 1", "stock exists", "brand is_empty", "brand != 'a'", "not stock > 5"] {
            #expect(try table.matching(.parse(filter)).ordinals == [0, 1, 3], "\(filter)")
        }
    }

    @Test func `arrays match by any element, and a key with dots comes before the path through objects`() throws {
        let payloads = [
            #"{"a":{"b":[1,5]}}"#, #"{"a":[{"b":1},{"b":5}]}"#, #"{"a.b":1,"a":{"b":5}}"#, #"{"a":{"b":null}}"#,
            #"{"a":{"b":[]}}"#, #"{"a":{"b":""}}"#, #"{"a":{"b":{}}}"#, "{}", #"{"a":{"b":[[[5]]]}}"#,
        ]
        var index = FieldIndex(path: "a.b")
        for (ordinal, payload) in payloads.enumerated() { index.add(try .parse(payload), at: Ordinal(UInt32(ordinal))) }
        let live = Bitmap(0..<UInt32(payloads.count))
        func found(_ filter: String) throws -> [UInt32] {
            try PayloadIndex(fields: []).evaluate(.parse(filter), live: live) { _ throws(IlkError) in index }.ordinals
        }
        #expect(try found("a.b = 1") == [0, 1, 2])
        #expect(try found("a.b = 5") == [0, 1, 8])
        #expect(try found("a.b != 5") == [2, 3, 4, 5, 6, 7])
        #expect(try found("a.b >= 2 and a.b <= 4") == [0, 1])
        #expect(try found("a.b between 2 and 4") == [])
        #expect(try found("a.b > 4 and a.b < 2") == [0, 1])
        #expect(try found("a.b exists") == [0, 1, 2, 5, 6, 8])
        #expect(try found("a.b is_empty") == [3, 4, 5, 7])
    }
}
