import IlkFilter
import IlkProtocol
import Testing

@Suite struct `Filter normal form` {
    static let equals: [(String, String)] = [
        ("not (a and b)", "not a or not b"), ("not (a or not b)", "not a and b"),
        ("not (a < 1 or (b > 2 and not c exists))", "not a < 1 and (not b > 2 or c exists)"),
        ("a and (b and (c and d))", "a and b and c and d"), ("(a or b) or (c or a)", "a or b or c"),
        ("a exists and a exists", "a exists"), ("a in (3, 1, 3.0, 2)", "a in (1, 2, 3)"),
        ("a = 1 or a = 2 or b = 3 or a in (2, 4)", "a in (1, 2, 4) or b = 3"),
        ("a != 1 and not a = 2 and a not in (3)", "a not in (1, 2, 3)"),
        ("not (a = 1 or a = 2)", "a not in (1, 2)"), ("not (a != 1 and a != 2)", "a in (1, 2)"),
        ("a or not not a", "a"), ("a = '\u{e9}' or a = 'e\u{301}'", "a = '\u{e9}'"),
    ]

    @Test(arguments: equals)
    func `logically equal filters become one expression`(a: String, b: String) throws {
        #expect(try FilterExpression.parse(a) == FilterExpression.parse(b))
    }

    static let different: [(String, String)] = [
        // On an array, two comparisons may be met by two elements.
        ("a >= 1 and a <= 2", "a between 1 and 2"), ("a = 1 and a = 2", "a in (1, 2)"),
        ("a != 1 or a != 2", "a not in (1, 2)"), ("not a < 1", "a >= 1"), ("a = '1'", "a = 1"),
        ("a = true", "a = 'true'"), ("a = 9007199254740993", "a = 9007199254740992"),
    ]

    @Test(arguments: different)
    func `what differs on some payload stays different`(a: String, b: String) throws {
        #expect(try FilterExpression.parse(a) != FilterExpression.parse(b))
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a description parses back to the same expression`(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        for _ in 0..<20 {
            let filter = try FilterExpression.parse(tree: generator.tree(depth: 6))
            let again = try FilterExpression.parse(filter.description)
            #expect(again == filter, "\(filter)")
            #expect(again.description == filter.description)
        }
    }

    @Test func `a filter nested to the limit with alternating kinds has a description that parses`() throws {
        for isNegated in [false, true] {
            var text = "x < 1"
            for level in 0..<63 {
                let inner = isNegated && level.isMultiple(of: 2) ? "not (\(text))" : "(\(text))"
                text = "a\(level) > 1 or b\(level) < 2 and \(inner)"
            }
            let filter = try FilterExpression.parse(text)
            #expect(try FilterExpression.parse(filter.description) == filter)
        }
    }

    @Test func `negations nested to the limit take no longer than others`() throws {
        var text = "a < 1"
        for level in 0..<63 { text = "not (b\(level) exists and \(text))" }
        let filter = try FilterExpression.parse(text)
        #expect(filter.paths.count == 64)
    }

    @Test func `lists that would grow over the limit stay apart, and the description still parses`() throws {
        func list(_ range: Range<Int>) -> String { "a in (\(range.map(String.init).joined(separator: ",")))" }
        let filter = try FilterExpression.parse("\(list(0..<9_000)) or \(list(8_000..<16_000)) or a = 3 or a = 15000")
        guard case .or(let parts) = filter else {
            Issue.record("\(filter.description.prefix(100))")
            return
        }
        #expect(parts.count == 2)
        #expect(try FilterExpression.parse(filter.description) == filter)
    }
}
