package import IlkProtocol

extension FilterExpression {
    /// Reads a filter in the small language.
    ///
    ///     price < 30 and (brand in ('a', 'b') or not sold_out) and made.year between 2020 and 2024
    ///
    /// `not` binds closest, then `and`, then `or`. A name alone means that it is true. Keywords are written in any
    /// case; strings stand in single or double quotes, odd names in backquotes.
    ///
    /// - Throws: `invalid_filter` with the column, what was found and what was expected.
    package static func parse(_ text: String) throws(IlkError) -> FilterExpression {
        guard text.utf8.count <= 1 << 20 else {
            throw IlkError(.tooLarge, "the filter has \(text.utf8.count) bytes; \(1 << 20) at most")
        }
        var parser = try FilterParser(text)
        return try parser.whole().normalized
    }
}

/// A recursive-descent parser with one token of foresight.
private struct FilterParser {
    private var lexer: FilterLexer
    private var token: FilterToken
    private var column: Int
    private var depth = 0
    private var leaves = 0

    init(_ text: String) throws(IlkError) {
        lexer = FilterLexer(text)
        (token, column) = try lexer.next()
    }

    mutating func whole() throws(IlkError) -> FilterExpression {
        guard token != .end else { throw fail("the filter is empty; leave it out, or write one such as price < 30") }
        let expression = try disjunction()
        guard token == .end else { throw fail("found \(token.description); expected 'and', 'or' or the end") }
        return expression
    }

    private func fail(_ message: String) -> IlkError { FilterLexer.error(column, message) }

    private mutating func advance() throws(IlkError) { (token, column) = try lexer.next() }

    private mutating func take(keyword: String) throws(IlkError) -> Bool {
        guard token.keyword == keyword else { return false }
        try advance()
        return true
    }

    private mutating func take(symbol: String) throws(IlkError) -> Bool {
        guard token == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    private mutating func disjunction() throws(IlkError) -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= FilterExpression.maximumDepth else {
            throw fail("nested deeper than \(FilterExpression.maximumDepth); flatten it")
        }
        var parts = [try conjunction()]
        while try take(keyword: "or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(IlkError) -> FilterExpression {
        var parts = [try negation()]
        while try take(keyword: "and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws(IlkError) -> FilterExpression {
        var isNegated = false
        while try take(keyword: "not") { isNegated.toggle() }
        let part = try primary()
        return isNegated ? .not(part) : part
    }

    private mutating func primary() throws(IlkError) -> FilterExpression {
        if try take(symbol: "(") {
            let inner = try disjunction()
            guard try take(symbol: ")") else { throw fail("found \(token.description); expected ')'") }
            return inner
        }
        guard case .name(let path, let isQuoted) = token else {
            throw fail("found \(token.description); expected a field's name, 'not' or '('")
        }
        guard isQuoted || !FilterLexer.keywords.contains(path.lowercased()) else {
            throw fail("found the keyword '\(path)'; expected a field's name (put it in backquotes if it is one)")
        }
        leaves += 1
        guard leaves <= FilterExpression.maximumLeaves else {
            throw fail("more than \(FilterExpression.maximumLeaves) comparisons; use 'in (…)'")
        }
        try advance()
        return try comparison(path)
    }

    private mutating func comparison(_ path: String) throws(IlkError) -> FilterExpression {
        if case .symbol(let symbol) = token, symbol != ")", symbol != ",", symbol != "(" {
            try advance()
            return try comparison(path, symbol)
        }
        if try take(keyword: "exists") { return .exists(path: path) }
        if try take(keyword: "is_empty") { return .isEmpty(path: path) }
        if try take(keyword: "in") { return .member(path: path, try list()) }
        if try take(keyword: "between") { return try between(path) }
        if token.keyword == "not" {
            try advance()
            if try take(keyword: "in") { return .not(.member(path: path, try list())) }
            if try take(keyword: "between") { return .not(try between(path)) }
            if try take(keyword: "exists") { return .not(.exists(path: path)) }
            if try take(keyword: "is_empty") { return .not(.isEmpty(path: path)) }
            throw fail("found \(token.description); expected 'in', 'between', 'exists' or 'is_empty'")
        }
        switch token {
        case .end, .symbol(")"): return .member(path: path, [.bool(true)])
        case .name where token.keyword == "and" || token.keyword == "or": return .member(path: path, [.bool(true)])
        default:
            throw fail(
                "found \(token.description) after '\(path)'; expected = != < <= > >= in between exists is_empty, 'and' or 'or'")
        }
    }

    private mutating func comparison(_ path: String, _ symbol: String) throws(IlkError) -> FilterExpression {
        guard let value = try value() else {
            // Equal to null means absent.
            switch symbol {
            case "=": return .not(.exists(path: path))
            case "!=": return .exists(path: path)
            default: throw fail("null can only be compared with = and !=; use 'exists'")
            }
        }
        switch symbol {
        case "=": return .member(path: path, [value])
        case "!=": return .not(.member(path: path, [value]))
        case "<": return .range(path: path, lower: nil, upper: .init(value: value, isIncluded: false))
        case "<=": return .range(path: path, lower: nil, upper: .init(value: value, isIncluded: true))
        case ">": return .range(path: path, lower: .init(value: value, isIncluded: false), upper: nil)
        default: return .range(path: path, lower: .init(value: value, isIncluded: true), upper: nil)
        }
    }

    private mutating func between(_ path: String) throws(IlkError) -> FilterExpression {
        let lower = try scalar()
        guard try take(keyword: "and") else { throw fail("found \(token.description); expected 'and' and the upper end") }
        let upper = try scalar()
        return .range(
            path: path, lower: .init(value: lower, isIncluded: true), upper: .init(value: upper, isIncluded: true))
    }

    private mutating func list() throws(IlkError) -> [FilterValue] {
        guard try take(symbol: "(") else { throw fail("found \(token.description); expected '(' and a list of values") }
        var values = [try scalar()]
        while try take(symbol: ",") {
            values.append(try scalar())
            guard values.count <= FilterExpression.maximumLeaves else {
                throw fail("more than \(FilterExpression.maximumLeaves) values in a list; filter by a field instead")
            }
        }
        guard try take(symbol: ")") else { throw fail("found \(token.description); expected ',' or ')'") }
        return values
    }

    private mutating func scalar() throws(IlkError) -> FilterValue {
        guard let value = try value() else { throw fail("null cannot stand here; use 'exists'") }
        return value
    }

    /// A literal; nil for null.
    private mutating func value() throws(IlkError) -> FilterValue? {
        let value: FilterValue?
        switch token {
        case .number(let number): value = .number(number)
        case .string(let text): value = .string(text)
        case .name(let name, _):
            switch token.keyword {
            case "true": value = .bool(true)
            case "false": value = .bool(false)
            case "null": value = nil
            default: throw fail("found '\(name)'; quote it if it is a string: '\(name)'")
            }
        case .symbol, .end: throw fail("found \(token.description); expected a value")
        }
        try advance()
        return value
    }
}
