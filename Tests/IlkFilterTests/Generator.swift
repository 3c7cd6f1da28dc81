import IlkProtocol
import IlkVectors

/// Random payloads and filters over a few fields, so that they meet; the same for the same seed.
struct Generator {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func int(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
    mutating func chance(_ percent: Int) -> Bool { int(0..<100) < percent }
    mutating func pick<T>(_ choices: [T]) -> T { choices[int(0..<choices.count)] }

    static let fields: [PayloadField] = [
        .init(path: "brand", kind: .keyword), .init(path: "stock", kind: .int), .init(path: "price", kind: .float),
        .init(path: "sold_out", kind: .bool), .init(path: "made.at", kind: .datetime),
        .init(path: "made.by", kind: .keyword),
    ]
    static let undeclared = ["note", "made.odd name", "品牌"]

    static let texts = [
        "", "a", "b", "nike", "熊猫", "it's", "a\\b", "`", "\"x\"", "line\nend", "e\u{301}", "'\u{301}", "and", "7",
    ]
    static let integers: [Int64] = [
        0, 1, -1, 2, 3, 7, 100, .max, .min, 9_007_199_254_740_992, 9_007_199_254_740_993, 9_007_199_254_740_994,
    ]
    /// Multiples of a quarter, so that ``NaiveNumber`` has them exactly.
    static let doubles: [Double] = [
        0.25, -0.5, 1.75, 3, 0, 9_007_199_254_740_992, 9_007_199_254_740_994, 0x1p62, -0x1p63, 0x1p63, 1e30,
    ]
    /// Date-times and their instants, in microseconds; several ways to write one.
    static let instants: [(text: String, microseconds: Int64)] = [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01T08:00:00+08:00", 0), ("1970-01-01t00:00:01z", 1_000_000), ("1970-01-01 00:00:00.5Z", 500_000),
        ("2026-11-24T12:00:00Z", 1_795_521_600_000_000), ("2026-11-24T20:00:00.000+08:00", 1_795_521_600_000_000),
    ]

    // MARK: Payloads

    mutating func payload() -> JSONValue {
        var object = JSONObject()
        if chance(80) { object["brand"] = manyOrOne { .string($0.pick(Self.texts)) } }
        if chance(80) { object["stock"] = manyOrOne { .int($0.integer()) } }
        if chance(80) {
            object["price"] = manyOrOne { $0.chance(50) ? .int($0.integer()) : .double($0.pick(Self.doubles)) }
        }
        if chance(80) { object["sold_out"] = manyOrOne { .bool($0.chance(50)) } }
        if chance(80) {
            var made = JSONObject()
            if chance(80) { made["at"] = manyOrOne { .string($0.pick(Self.instants).text) } }
            if chance(50) { made["by"] = manyOrOne { .string($0.pick(Self.texts)) } }
            if chance(30) { made["odd name"] = manyOrOne { $0.scalar() } }
            object["made"] =
                chance(20)
                ? .array([.object(made), .null, .object(JSONObject([("by", .string("b"))]))]) : .object(made)
        }
        if chance(10) { object["made.by"] = .string("whole key") }
        if chance(60) { object["note"] = manyOrOne { $0.chance(10) ? .object(JSONObject()) : $0.scalar() } }
        if chance(60) { object["品牌"] = manyOrOne { $0.scalar() } }
        return .object(object)
    }

    /// An integer, mostly a small one.
    mutating func integer() -> Int64 { chance(60) ? Int64(int(-3..<8)) : pick(Self.integers) }

    mutating func scalar() -> JSONValue {
        switch int(0..<6) {
        case 0: .string(pick(Self.texts))
        case 1: .string(pick(Self.instants).text)
        case 2: .double(pick(Self.doubles))
        case 3: .bool(chance(50))
        case 4: .uint(UInt64(Int64.max) + UInt64(int(1..<4)))
        default: .int(integer())
        }
    }

    private mutating func manyOrOne(_ make: (inout Generator) -> JSONValue) -> JSONValue {
        switch int(0..<10) {
        case 0: return .null
        case 1: return .array([])
        case 2: return .array((0..<int(1..<4)).map { _ in make(&self) })
        case 3: return .array([.null, make(&self), .array([make(&self)])])
        default: return make(&self)
        }
    }

    // MARK: Filters

    /// A filter whose literals fit the fields, as a tree.
    mutating func tree(depth: Int) -> JSONValue {
        let kind = depth == 0 ? 9 : int(0..<10)
        switch kind {
        case 0...2: return .object(JSONObject([("and", .array((0..<int(1..<4)).map { _ in tree(depth: depth - 1) }))]))
        case 3...5: return .object(JSONObject([("or", .array((0..<int(1..<4)).map { _ in tree(depth: depth - 1) }))]))
        case 6: return .object(JSONObject([("not", tree(depth: depth - 1))]))
        default: return leaf()
        }
    }

    private mutating func leaf() -> JSONValue {
        let path = chance(70) ? pick(Self.fields).path : pick(Self.undeclared)
        let kind = Self.fields.first { $0.path == path }?.kind
        let isOrdered = kind != .keyword && kind != .bool
        let op = pick(
            ["=", "!=", "in", "not in", "exists", "is_empty"]
                + (isOrdered ? ["<", "<=", ">", ">=", "between", "<", ">"] : []))
        var object = JSONObject([("field", .string(path)), ("op", .string(op))])
        switch op {
        case "exists", "is_empty": break
        case "in", "not in": object["values"] = .array((0..<int(1..<5)).map { _ in literal(kind) })
        case "=", "!=": object["value"] = chance(10) ? .null : literal(kind)
        case "between":
            let areInstants = kind == .datetime || (kind == nil && chance(30))
            object["low"] = areInstants ? .string(pick(Self.instants).text) : number()
            object["high"] = areInstants ? .string(pick(Self.instants).text) : number()
        default:
            let isInstant = kind == .datetime || (kind == nil && chance(30))
            object["value"] = isInstant ? .string(pick(Self.instants).text) : number()
        }
        return .object(object)
    }

    private mutating func literal(_ kind: PayloadField.Kind?) -> JSONValue {
        switch kind {
        case .keyword: .string(pick(Self.texts))
        case .int, .float: number()
        case .bool: .bool(chance(50))
        case .datetime: .string(pick(Self.instants).text)
        case nil: scalar()
        }
    }

    private mutating func number() -> JSONValue {
        chance(60)
            ? .int(integer()) : chance(80) ? .double(pick(Self.doubles)) : .uint(UInt64(Int64.max) + UInt64(int(1..<4)))
    }

    /// Words of the language in any order.
    mutating func wordSalad() -> String {
        let words = [
            "a", "price", "熊猫", "`x y`", "and", "or", "not", "in", "between", "exists", "is_empty", "true", "null", "(",
            ")",
            ",", "=", "!=", "<", "<=", ">", ">=", "'s'", "\"t\"", "'\\n'", "1", "-2.5", "1e9", "==", "'", "`", "\\",
            "\u{0}", "é",
        ]
        return (0..<int(1..<20)).map { _ in pick(words) }.joined(separator: chance(80) ? " " : "")
    }
}
