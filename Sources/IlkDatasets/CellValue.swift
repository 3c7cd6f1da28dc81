import IlkProtocol

/// The JSON value of a cell of delimited text: of the declared type, or of the one that its text looks like.
enum CellValue {
    struct Problem: Error, Equatable {
        var text: String
        init(_ text: String) { self.text = text }
    }

    /// - Returns: nil for an empty cell, which gives the payload no member.
    static func read(_ text: String, kind: PayloadField.Kind?, isQuoted: Bool) -> Result<JSONValue?, Problem> {
        guard !text.isEmpty else { return .success(nil) }
        // A field may have several values, and an undeclared one may be of any shape.
        if text.hasPrefix("[") || (kind == nil && text.hasPrefix("{")), let value = try? JSONValue.parse(text) {
            return .success(value)
        }
        switch kind {
        case nil: return .success(isQuoted && !looksLikeNumber(text) ? .string(text) : inferred(text))
        case .keyword, .datetime: return .success(.string(text))
        case .int:
            guard let value = Int64(text) else { return .failure(Problem("'\(text.prefix(40))' is no integer")) }
            return .success(.int(value))
        case .float:
            guard let value = Double(text), value.isFinite else {
                return .failure(Problem("'\(text.prefix(40))' is no finite number"))
            }
            return .success(.double(value))
        case .bool:
            switch text.lowercased() {
            case "true", "1": return .success(.bool(true))
            case "false", "0": return .success(.bool(false))
            default: return .failure(Problem("'\(text.prefix(40))' is neither true nor false"))
            }
        }
    }

    /// Integers, decimals, true and false as such; everything else is text, and so are numbers with leading zeros.
    static func inferred(_ text: String) -> JSONValue {
        if text == "true" || text == "True" { return .bool(true) }
        if text == "false" || text == "False" { return .bool(false) }
        guard looksLikeNumber(text) else { return .string(text) }
        if let value = Int64(text) { return .int(value) }
        if let value = Double(text), value.isFinite, text.utf8.contains(where: { [0x2E, 0x65, 0x45].contains($0) }) {
            return .double(value)
        }
        return .string(text)
    }

    /// Whether JSON would take the text for a number.
    private static func looksLikeNumber(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        func digits() -> Int { rest.prefix { (48...57).contains($0) }.count }
        let whole = digits()
        guard whole > 0, whole == 1 || rest.first != UInt8(ascii: "0") else { return false }
        rest = rest.dropFirst(whole)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            let fraction = digits()
            guard fraction > 0 else { return false }
            rest = rest.dropFirst(fraction)
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest.removeFirst() }
            let exponent = digits()
            guard exponent > 0 else { return false }
            rest = rest.dropFirst(exponent)
        }
        return rest.isEmpty
    }
}

extension JSONObject {
    /// Puts a value at a dotted path, in objects within objects.
    mutating func set(_ value: JSONValue, at path: String) {
        let parts = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            self[path] = value
            return
        }
        var inner = JSONObject()
        if case .object(let there)? = self[parts[0]] { inner = there }
        inner.set(value, at: parts[1])
        self[parts[0]] = .object(inner)
    }
}
