import IlkFilter
import IlkProtocol
import IlkVectors
import Testing

/// Bounds of one field beside each other, which are one interval where every point has one number at most.
@Suite struct `Several bounds of one field` {
    private static let fields: [PayloadField] = [
        .init(path: "stock", kind: .int), .init(path: "price", kind: .float), .init(path: "made.at", kind: .datetime),
    ]

    /// A payload with at most one value a field, or a few; `arrays` in a hundred have several different ones.
    private static func payload(_ generator: inout Generator, arrays: Int) -> JSONValue {
        func value(_ make: (inout Generator) -> JSONValue) -> JSONValue {
            if generator.chance(arrays) { return .array([make(&generator), make(&generator)]) }
            let one = make(&generator)
            return generator.chance(10) ? .array([one, .null, one]) : one
        }
        var object = JSONObject()
        if generator.chance(70) { object["stock"] = value { .int(Int64($0.int(-2..<9))) } }
        if generator.chance(70) { object["price"] = value { .double(Double($0.int(-8..<32)) / 4) } }
        if generator.chance(70) {
            object["made"] = .object(JSONObject([("at", value { .string($0.pick(Generator.instants).text) })]))
        }
        return .object(object)
    }

    /// Bounds, their negations, `between` and `exists`, mostly of one field, joined in every way.
    private static func tree(_ generator: inout Generator, depth: Int) -> JSONValue {
        if depth > 0 {
            let parts = (0..<generator.int(2..<5)).map { _ in tree(&generator, depth: depth - 1) }
            let joined = JSONValue.object(JSONObject([(generator.pick(["and", "or"]), .array(parts))]))
            return generator.chance(30) ? .object(JSONObject([("not", joined)])) : joined
        }
        let path = generator.chance(70) ? "stock" : generator.pick(["price", "made.at"])
        func bound() -> JSONValue {
            if path == "made.at" { return .string(generator.pick(Generator.instants).text) }
            return generator.chance(70)
                ? .int(Int64(generator.int(-3..<10))) : .double(Double(generator.int(-8..<32)) / 4)
        }
        let op = generator.pick(["<", "<=", ">", ">=", "<", ">=", "between", "exists", "=", "is_empty"])
        var leaf = JSONObject([("field", .string(path)), ("op", .string(op))])
        switch op {
        case "exists", "is_empty": break
        case "between":
            leaf["low"] = bound()
            leaf["high"] = bound()
        default: leaf["value"] = bound()
        }
        return generator.chance(30) ? .object(JSONObject([("not", .object(leaf))])) : .object(leaf)
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `find what the model finds, with one value a point, with several, and again with one`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        var index = PayloadIndex(fields: Self.fields)
        let model = NaiveFilter(Self.fields)
        var payloads: [JSONValue] = []
        var live = Bitmap()
        for round in 0..<3 {
            for ordinal in 0..<80 {
                let payload = Self.payload(&generator, arrays: round == 1 ? 20 : 0)
                if round == 0 { payloads.append(payload) } else { payloads[ordinal] = payload }
                try index.set(payload, at: Ordinal(UInt32(ordinal)))
                if ordinal % 9 != 0 { live.insert(UInt32(ordinal)) }
            }
            for _ in 0..<40 {
                let tree = Self.tree(&generator, depth: generator.int(1..<4))
                let filter = try FilterExpression.parse(tree: tree)
                let found = try index.evaluate(filter, live: live) { path throws(IlkError) in FieldIndex(path: path) }
                let expected = live.ordinals.filter { model.passes(tree, payloads[Int($0)]) }
                #expect(found.ordinals == expected, "\(filter)")
            }
        }
    }

    /// Ways to write one interval, which mean the same where points have one value at most.
    static let same: [[String]] = [
        [
            "n >= 3 and n < 6", "n < 6 and n >= 3", "n exists and not n < 3 and n < 6",
            "not (n < 3 or n >= 6 or n = null)",
        ],
        [
            "n > 2 and n > 3 and n >= 1 and n <= 5", "n > 3 and n <= 5", "n between 4 and 5",
            "n exists and not (n <= 3 or n > 5)",
        ],
        ["n >= 5 and n < 5", "n > 6 and n < 3", "n exists and n = null"],
        ["not n >= 3", "n = null or n < 3", "not (n >= 3 and n exists)"],
        ["not (n >= 3 and n < 6)", "not n >= 3 or not n < 6", "n = null or n < 3 or n >= 6"],
    ]

    @Test(arguments: same)
    func `are one interval where points have one value at most, and those without a value stay what they are`(
        _ ways: [String]
    ) throws {
        var index = PayloadIndex(fields: [.init(path: "n", kind: .int)])
        for ordinal in 0..<30 {
            let payload = ordinal % 3 == 0 ? "{}" : #"{"n":\#(ordinal % 10)}"#
            try index.set(try .parse(payload), at: Ordinal(UInt32(ordinal)))
        }
        let found = try ways.map { way in
            try index.evaluate(.parse(way), live: Bitmap(0..<30)) { path throws(IlkError) in FieldIndex(path: path) }
        }
        for (way, bitmap) in zip(ways, found) { #expect(bitmap == found[0], "\(way)") }
    }

    @Test func `are met by different elements of an array, even one array among many points`() throws {
        var index = PayloadIndex(fields: [.init(path: "n", kind: .int)])
        for (ordinal, payload) in [#"{"n":4}"#, #"{"n":[2,7]}"#, "{}", #"{"n":[4,4]}"#].enumerated() {
            try index.set(try .parse(payload), at: Ordinal(UInt32(ordinal)))
        }
        func found(_ filter: String) throws -> [UInt32] {
            try index.evaluate(.parse(filter), live: Bitmap(0..<4)) { path throws(IlkError) in FieldIndex(path: path) }
                .ordinals
        }
        #expect(try found("n >= 5 and n < 3") == [1])
        #expect(try found("n >= 3 and n < 6") == [0, 1, 3])
        #expect(try found("n between 3 and 6") == [0, 3])
        #expect(try found("not n >= 5 or not n < 3") == [0, 2, 3])
    }

    /// Enough for blocks to be split and joined with integers, fractions and numbers over 63 bits beside each other.
    @Test(arguments: 0..<6 as Range<UInt64>)
    func `are exact among thousands of numbers of every kind, however they come and go`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        var index = PayloadIndex(fields: [.init(path: "n", kind: .float)])
        let count = 6_000
        var numbers: [FilterNumber?] = Array(repeating: nil, count: count)
        func number() -> JSONValue {
            switch generator.int(0..<6) {
            case 0: .uint(UInt64(Int64.max) + UInt64(generator.int(1..<2_000)))
            case 1: .int(Int64.max - Int64(generator.int(0..<2_000)))
            case 2: .double(Double(generator.int(-40_000..<40_000)) / 8)
            case 3: .double(generator.pick([-0x1p63, 0x1p63, 1e30, -1e30, 0x1p64]))
            default: .int(Int64(generator.int(-5_000..<5_000)))
            }
        }
        func set(_ ordinal: Int, _ value: JSONValue?) throws {
            numbers[ordinal] = value.flatMap {
                if case .number(let number)? = FilterValue($0) { number } else { nil }
            }
            try index.set(.object(JSONObject([("n", value ?? .null)])), at: Ordinal(UInt32(ordinal)))
        }
        let live = Bitmap(0..<UInt32(count))
        for round in 0..<4 {
            for ordinal in 0..<count where round == 0 || generator.chance(70) {
                try set(ordinal, round == 2 || generator.chance(5) ? nil : number())
            }
            #expect(index.problems(capacity: count) == [])
            for _ in 0..<40 {
                guard case .number(let low)? = FilterValue(number()), case .number(let high)? = FilterValue(number())
                else { continue }
                let (isLowIncluded, isHighIncluded) = (generator.chance(50), generator.chance(50))
                let filter = FilterExpression.and([
                    .range(path: "n", lower: .init(value: .number(low), isIncluded: isLowIncluded), upper: nil),
                    .range(path: "n", lower: nil, upper: .init(value: .number(high), isIncluded: isHighIncluded)),
                ])
                let found = try index.evaluate(filter, live: live) { path throws(IlkError) in FieldIndex(path: path) }
                let expected = numbers.indices.filter { ordinal in
                    guard let number = numbers[ordinal] else { return false }
                    return (isLowIncluded ? number >= low : number > low)
                        && (isHighIncluded ? number <= high : number < high)
                }
                #expect(found == Bitmap(expected.map { UInt32($0) }), "\(filter)")
            }
        }
    }
}
