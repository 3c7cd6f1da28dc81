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
        case .name(let name, _): "'\(name)'"
        case .string(let text): "the string '\(text.prefix(40))'"
        case .number: "a number"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end"
        }
    }

    /// A keyword, in lower case; nil for quoted names and everything else.
    var keyword: String? {
        guard case .name(let name, false) = self else { return nil }
        return name.lowercased()
    }
}

/// Cuts a filter into tokens, each with the column, from 1, where it begins.
struct FilterLexer {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { bytes = Array(text.utf8) }

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

    mutating func next() throws(IlkError) -> (token: FilterToken, column: Int) {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
        let column = self.column
        guard place < bytes.count else { return (.end, column) }
        switch bytes[place] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return (.string(try quoted(column)), column)
        case UInt8(ascii: "`"): return (.name(try quoted(column), isQuoted: true), column)
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "<"),
            UInt8(ascii: ">"), UInt8(ascii: "!"), UInt8(ascii: "&"), UInt8(ascii: "|"):
            return (try symbol(column), column)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"):
            return (try number(column), column)
        case let byte where Self.beginsName(byte): return (.name(name(), isQuoted: false), column)
        default: throw Self.error(column, "'\(character)' has no meaning here; quote it if it is part of a value")
        }
    }

    /// Characters, not bytes, before the place.
    private var column: Int { bytes[..<place].count { $0 & 0xC0 != 0x80 } + 1 }

    private var character: String {
        let end = bytes[(place + 1)...].firstIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
        return String(decoding: bytes[place..<end], as: UTF8.self)
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private mutating func name() -> String {
        let start = place
        while place < bytes.count {
            let byte = bytes[place]
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard Self.beginsName(byte) || isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") else { break }
            place += 1
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func quoted(_ column: Int) throws(IlkError) -> String {
        let quote = bytes[place]
        place += 1
        var text: [UInt8] = []
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == quote {
                guard place < bytes.count, bytes[place] == quote else { return String(decoding: text, as: UTF8.self) }
                place += 1  // a doubled quote stands for itself
            } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "`"), place < bytes.count {
                text.append(bytes[place])
                place += 1
                continue
            }
            text.append(byte)
        }
        throw Self.error(column, "the quote is never closed; add \(Character(UnicodeScalar(quote))) where the text ends")
    }

    private mutating func symbol(_ column: Int) throws(IlkError) -> FilterToken {
        let two = String(decoding: bytes[place..<min(place + 2, bytes.count)], as: UTF8.self)
        switch two {
        case "<=", ">=", "!=":
            place += 2
            return .symbol(two)
        case "<>":
            place += 2
            return .symbol("!=")
        case "==": throw Self.error(column, "use '=' instead of '=='")
        case "&&": throw Self.error(column, "use 'and' instead of '&&'")
        case "||": throw Self.error(column, "use 'or' instead of '||'")
        default: break
        }
        let one = character
        guard !["!", "&", "|"].contains(one) else {
            throw Self.error(column, one == "!" ? "use 'not' or '!=' instead of '!'" : "use 'and' or 'or' instead of '\(one)'")
        }
        place += 1
        return .symbol(one)
    }

    private mutating func number(_ column: Int) throws(IlkError) -> FilterToken {
        let start = place
        while place < bytes.count, "+-.eE0123456789".utf8.contains(bytes[place]) { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if let int = Int64(text) { return .number(.int(int)) }
        guard let double = Double(text), double.isFinite else {
            throw Self.error(column, "'\(text.prefix(40))' is no number; quote it if it is a string")
        }
        return .number(FilterNumber(double))
    }
}
