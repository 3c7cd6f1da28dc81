package import IlkProtocol

extension FilterExpression {
    /// Reads a filter in the small language.
    ///
    ///     price < 30 and (brand in ('a', 'b') or not sold_out) and made.year between 2020 and 2024
    ///
    /// `not` binds closest, then `and`, then `or`. Operators: `= != < <= > >= in, not in, between A and B, exists,
    /// is_empty`; a name alone means that it is true. Keywords are written in any case. Strings stand in single or
    /// double quotes, names with odd characters in backquotes; there a doubled quote is one, and `\\ \' \" \n \r \t
    /// \uXXXX` are escapes.
    ///
    /// - Throws: `invalid_filter` with the column, what was found and what was expected; `too_large` over 1 MiB.
    package static func parse(_ text: String) throws(IlkError) -> FilterExpression {
        guard text.utf8.count <= maximumBytes else {
            throw IlkError(
                .tooLarge,
                "the filter has \(text.utf8.count) bytes and at most \(maximumBytes) are read; send it as a JSON tree")
        }
        var parser = try FilterParser(text)
        return try parser.whole().normalized
    }
}

/// A recursive-descent parser with one token of foresight; it recurses once for each parenthesis, 64 deep at most.
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
        guard token != .end else {
            throw FilterLexer.error(column, "the filter is empty; leave it out, or write one such as price < 30")
        }
        let expression = try disjunction()
        guard token == .end else { throw afterComparison() }
        return expression
    }

    // MARK: Tokens and errors

    private func fail(_ expected: String, _ hint: String = "") -> IlkError {
        FilterLexer.error(column, "found \(token.description); expected \(expected)\(hint.isEmpty ? "" : "; \(hint)")")
    }

    private func afterComparison() -> IlkError {
        let hint =
            switch token {
            case .symbol(","): "several values stand in a list: brand in ('a', 'b')"
            case .symbol(")"): "there is no '(' that it would close"
            case .name, .string, .number: "join two comparisons by 'and' or 'or'"
            default: ""
            }
        return fail("'and', 'or' or the end", hint)
    }

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

    // MARK: Expressions

    private mutating func disjunction() throws(IlkError) -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= FilterExpression.maximumDepth else {
            throw FilterLexer.error(
                column, "nested deeper than \(FilterExpression.maximumDepth) parentheses; flatten it")
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
        let opening = column
        if try take(symbol: "(") {
            let inner = try disjunction()
            guard try take(symbol: ")") else {
                throw fail("'and', 'or' or the ')' of the '(' in column \(opening)")
            }
            return inner
        }
        switch token {
        case .name(let path, let isQuoted):
            if !isQuoted && FilterLexer.keywords.contains(path.lowercased()) { throw misplacedKeyword(path) }
            leaves += 1
            guard leaves <= FilterExpression.maximumLeaves else {
                throw FilterLexer.error(column, "more than \(FilterExpression.maximumLeaves) comparisons; use 'in (…)'")
            }
            try advance()
            return try comparison(path)
        case .string: throw fail("a field's name", "names stand without quotes, or in backquotes")
        case .number: throw fail("a field's name", "the field comes first: price > 30")
        case .symbol, .end: throw fail("a field's name, 'not' or '('")
        }
    }

    private func misplacedKeyword(_ name: String) -> IlkError {
        let hint =
            switch name.lowercased() {
            case "exists", "is_empty": "it comes after the field: price \(name)"
            default: "put it in backquotes if it is one: `\(name)`"
            }
        return fail("a field's name, 'not' or '('", hint)
    }

    // MARK: Comparisons

    private static let operators = ["in", "not", "between", "exists", "is_empty", "and", "or"]

    private mutating func comparison(_ path: String) throws(IlkError) -> FilterExpression {
        switch token {
        case .symbol(let symbol) where !["(", ")", ","].contains(symbol): return try comparison(path, symbol)
        case .end, .symbol(")"): return .member(path: path, [.bool(true)])
        case .name(let word, false):
            switch word.lowercased() {
            case "and", "or": return .member(path: path, [.bool(true)])
            case "not":
                try advance()
                guard let leaf = try suffix(path) else { throw fail("'in', 'between', 'exists' or 'is_empty'") }
                return .not(leaf)
            default: if let leaf = try suffix(path) { return leaf }
            }
        default: break
        }
        throw fail("= != < <= > >= in between exists is_empty, 'and' or 'or' after '\(path.shortened)'", hint)
    }

    /// What to do about a word that is no operator.
    private var hint: String {
        switch token.keyword {
        case "is": "for the absence of a value write 'name = null' or 'name is_empty'"
        case "like", "ilike", "contains", "matches", "startswith", "starts_with":
            "there is no pattern matching: compare with = or in"
        case let word?:
            NearestName.of(word, among: Self.operators).map { "did you mean '\($0)'?" }
                ?? "put a field's name with spaces in backquotes"
        default: ""
        }
    }

    /// A comparison by a word; nil where the word begins none.
    private mutating func suffix(_ path: String) throws(IlkError) -> FilterExpression? {
        if try take(keyword: "exists") { return .exists(path: path) }
        if try take(keyword: "is_empty") { return .isEmpty(path: path) }
        if try take(keyword: "in") { return .member(path: path, try list()) }
        if try take(keyword: "between") {
            let lower = try bound("between")
            guard try take(keyword: "and") else { throw fail("'and' and the upper end") }
            return .range(path: path, lower: lower, upper: try bound("between"))
        }
        return nil
    }

    private mutating func comparison(_ path: String, _ symbol: String) throws(IlkError) -> FilterExpression {
        try advance()
        switch symbol {
        case "=", "!=":
            guard let value = try value() else {
                // Equal to null means absent.
                return symbol == "=" ? .not(.exists(path: path)) : .exists(path: path)
            }
            return symbol == "=" ? .member(path: path, [value]) : .not(.member(path: path, [value]))
        case "<", "<=": return .range(path: path, lower: nil, upper: try bound(symbol))
        default: return .range(path: path, lower: try bound(symbol), upper: nil)
        }
    }

    private mutating func bound(_ symbol: String) throws(IlkError) -> FilterExpression.Bound {
        let found = (token, column)
        switch try value() {
        case .some(.bool), nil:
            (token, column) = found
            throw fail("a number or a date-time after '\(symbol)'", "compare true, false and null with = or !=")
        case let value?: return .init(value: value, isIncluded: symbol != "<" && symbol != ">")
        }
    }

    private mutating func list() throws(IlkError) -> [FilterValue] {
        guard try take(symbol: "(") else { throw fail("'(' and a list of values", "as in ('a', 'b')") }
        var values: [FilterValue] = []
        repeat {
            guard values.count < FilterExpression.maximumValues else {
                throw FilterLexer.error(
                    column,
                    "more than \(FilterExpression.maximumValues) values in a list; give the points a field to filter by"
                )
            }
            let found = (token, column)
            guard let value = try value() else {
                (token, column) = found
                throw fail("a string, number, true or false", "for points without a value write 'or name = null'")
            }
            values.append(value)
        } while try take(symbol: ",")
        guard try take(symbol: ")") else { throw fail("',' or ')'") }
        return values
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
            default: throw fail("a value", "quote it if it is a string: \(FilterValue.string(name).shortDescription)")
            }
        case .symbol, .end: throw fail("a value: a string in quotes, a number, true, false or null")
        }
        try advance()
        return value
    }
}
