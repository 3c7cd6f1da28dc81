import IlkProtocol

/// The words of a filter.
enum FilterToken: Equatable {
    case name(String, isQuoted: Bool)
    case string(String)
    case number(FilterNumber)
    /// `= != < <= > >= ( ) ,`
    case symbol(String)
    case end

    /// What it is, in the words of an error message.
    var description: String {
        switch self {
        case .name(let name, let isQuoted): FilterValue.quoted(name.shortened, isQuoted ? "`" : "'")
        case .string(let text): "the string \(FilterValue.string(text).shortDescription)"
        case .number(let number): "the number \(number)"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }

    /// A name in lower case, as keywords are compared; nil for quoted names and everything else.
    var keyword: String? {
        guard case .name(let name, false) = self else { return nil }
        return name.lowercased()
    }
}

/// Cuts a filter into tokens, each with the column where it begins: Unicode scalars from 1, line ends among them.
struct FilterLexer {
    private let scalars: [Unicode.Scalar]
    private var place = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    static let keywords: Set<String> = [
        "and", "or", "not", "in", "between", "exists", "is_empty", "true", "false", "null",
    ]

    /// Whether a path can stand without backquotes.
    static func isPlainName(_ name: String) -> Bool {
        var lexer = FilterLexer(name)
        guard let token = try? lexer.next().token, case .name(name, false) = token else { return false }
        return !keywords.contains(name.lowercased()) && (try? lexer.next().token) == .end
    }

    static func error(_ column: Int, _ message: String) -> IlkError {
        IlkError(.invalidFilter, "filter, column \(column): \(message)")
    }

    private var current: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }
    private var following: Unicode.Scalar? { place + 1 < scalars.count ? scalars[place + 1] : nil }

    mutating func next() throws(IlkError) -> (token: FilterToken, column: Int) {
        while let scalar = current, scalar.properties.isWhitespace || scalar == "\u{FEFF}" { place += 1 }
        let column = place + 1
        guard let scalar = current else { return (.end, column) }
        switch scalar {
        case "'", "\"": return (.string(try quoted(column)), column)
        case "`":
            let name = try quoted(column)
            guard !name.isEmpty else { throw Self.error(column, "found an empty name; expected a field's name") }
            return (.name(name, isQuoted: true), column)
        case "(", ")", ",", "=", "<", ">", "!", "&", "|": return (try symbol(column), column)
        case "0"..."9", "-", "+", ".": return (try number(column), column)
        default:
            guard Self.isInName(scalar) else { throw Self.error(column, Self.complaint(about: scalar)) }
            return (.name(name(), isQuoted: false), column)
        }
    }

    // MARK: Names

    /// Whether a name may begin with it: letters of any script, `_` and `$`.
    ///
    /// Further on digits, `.` and `-` may stand too. Punctuation of other scripts may not, so that `，` or `（`, typed
    /// for a comma or a parenthesis, is pointed out and not taken for a letter.
    private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_", "$": true
        case ..."\u{7F}": false
        default:
            !scalar.properties.isWhitespace && !isPunctuation(scalar) && scalar.properties.generalCategory != .control
        }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation:
            true
        case .mathSymbol: true
        default: false
        }
    }

    private mutating func name() -> String {
        var name = String.UnicodeScalarView()
        while let scalar = current,
            Self.isInName(scalar) || ("0"..."9").contains(scalar) || scalar == "." || scalar == "-"
        {
            name.append(scalar)
            place += 1
        }
        return String(name)
    }

    private static func complaint(about scalar: Unicode.Scalar) -> String {
        let found = "found '\(scalar)'"
        switch scalar {
        case "[", "]", "{", "}": return "\(found); lists stand in parentheses: brand in ('a', 'b')"
        case ";": return "\(found); a filter is one expression without an end mark"
        case "“", "”", "‘", "’", "「", "」", "«", "»": return "\(found); use plain quotes: '…'"
        case "≤": return "\(found); use '<='"
        case "≥": return "\(found); use '>='"
        case "≠": return "\(found); use '!='"
        case "，", "、": return "\(found); use ','"
        case "\u{FF01}"..."\u{FF5E}":
            let plain = Unicode.Scalar(scalar.value - 0xFEE0).map { String($0) } ?? ""
            return "\(found), which is full width; use '\(plain)'"
        case "*", "%", "/": return "\(found); a filter does not calculate: compare a field with a value"
        case "~": return "\(found); there is no pattern matching: compare with = or in"
        case _ where scalar.properties.generalCategory == .control:
            return "found the control character U+\(String(scalar.value, radix: 16, uppercase: true)); remove it"
        default: return "\(found); quote it: '…' if it belongs to a string, `…` if to a field's name"
        }
    }

    // MARK: Quotes

    /// What stands between quotes: a doubled quote is one, and a backslash begins an escape.
    private mutating func quoted(_ column: Int) throws(IlkError) -> String {
        let quote = scalars[place]
        place += 1
        var text = String.UnicodeScalarView()
        while let scalar = current {
            place += 1
            if scalar == quote {
                guard current == quote else { return String(text) }
                place += 1
                text.append(quote)
            } else if scalar == "\\" {
                text.append(try escape())
            } else {
                text.append(scalar)
            }
        }
        throw Self.error(column, "the quote is never closed; add \(quote) where the text ends")
    }

    /// The scalar that an escape means; the backslash is behind.
    private mutating func escape() throws(IlkError) -> Unicode.Scalar {
        let column = place
        guard let scalar = current else { throw Self.error(column, "found a lone backslash; write '\\\\' for one") }
        place += 1
        switch scalar {
        case "\\", "'", "\"", "`", "/": return scalar
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            let high = try hexadecimal(column)
            if let scalar = Unicode.Scalar(high) { return scalar }
            // A pair of surrogates, as JSON writes what is beyond U+FFFF.
            if (0xD800..<0xDC00).contains(high), current == "\\", following == "u" {
                place += 2
                let low = try hexadecimal(column)
                if (0xDC00..<0xE000).contains(low),
                    let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
                {
                    return scalar
                }
            }
            throw Self.error(
                column, "'\\u' begins half a surrogate pair; write the other half after it, or the character itself")
        default:
            throw Self.error(
                column,
                "unknown escape '\\\(scalar)'; write '\\\\' for a backslash (known: \\\\ \\' \\\" \\n \\r \\t \\uXXXX)")
        }
    }

    private mutating func hexadecimal(_ column: Int) throws(IlkError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let scalar = current, let digit = Character(scalar).hexDigitValue, scalar.isASCII else {
                throw Self.error(column, "'\\u' takes four hexadecimal digits, as in \\u00e9")
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }

    // MARK: Symbols and numbers

    private mutating func symbol(_ column: Int) throws(IlkError) -> FilterToken {
        let first = scalars[place]
        let pair = following.map { "\(first)\($0)" } ?? ""
        let slips = [
            "==": "'='", "&&": "'and'", "||": "'or'", "=<": "'<='", "=>": "'>='", "=!": "'!='", "=~": "'='",
            "><": "'!='",
            "!(": "'not ('", "!<": "'>='", "!>": "'<='",
        ]
        if let instead = slips[pair] { throw Self.error(column, "found '\(pair)'; use \(instead)") }
        switch pair {
        case "<=", ">=", "!=":
            place += 2
            return .symbol(pair)
        case "<>":
            place += 2
            return .symbol("!=")
        default: break
        }
        switch first {
        case "!": throw Self.error(column, "found '!'; use 'not' or '!='")
        case "&": throw Self.error(column, "found '&'; use 'and'")
        case "|": throw Self.error(column, "found '|'; use 'or'")
        default: break
        }
        place += 1
        return .symbol(String(first))
    }

    /// An integer of 64 bits, or else the nearest double, as JSON reads numbers.
    private mutating func number(_ column: Int) throws(IlkError) -> FilterToken {
        var text = ""
        while let scalar = current, "+-.eE0123456789".unicodeScalars.contains(scalar) {
            text.unicodeScalars.append(scalar)
            place += 1
        }
        if let int = Int64(text) { return .number(.int(int)) }
        if let uint = UInt64(text) { return .number(FilterNumber(uint)) }
        let short = text.shortened
        guard let double = Double(text) else {
            throw Self.error(column, "'\(short)' is no number; quote it if it is a string: '\(short)'")
        }
        guard let number = FilterNumber(double) else {
            throw Self.error(column, "'\(short)' is beyond the range of numbers; use at most 1.7e308")
        }
        return .number(number)
    }
}
