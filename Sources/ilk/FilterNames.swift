/// The names of fields in a filter that the daemon has accepted: enough of its language for a note about them.
enum FilterNames {
    private static let keywords: Set<String> = [
        "and", "or", "not", "in", "between", "exists", "is_empty", "true", "false", "null",
    ]

    /// Each name once, in the order in which they stand.
    static func read(_ filter: String) -> [String] {
        var names: [String] = []
        var rest = filter[...]
        while let first = rest.first {
            if first == "'" || first == "\"" || first == "`" {
                let text = quoted(&rest, first)
                if first == "`", !names.contains(text) { names.append(text) }
            } else if first.isLetter || first == "_" || first == "$" {
                let name = String(rest.prefix { $0.isLetter || $0.isNumber || "_$.-".contains($0) })
                rest = rest.dropFirst(name.count)
                if !keywords.contains(name.lowercased()), !names.contains(name) { names.append(name) }
            } else if first.isNumber {
                // As a whole: the e of 1e3 is no name.
                rest = rest.drop { $0.isLetter || $0.isNumber || $0 == "." }
            } else {
                rest.removeFirst()
            }
        }
        return names
    }

    /// Takes what stands between quotes; a doubled one is part of it, and so is what follows a backslash.
    private static func quoted(_ rest: inout Substring, _ quote: Character) -> String {
        var text = ""
        rest.removeFirst()
        while let character = rest.popFirst() {
            if character == "\\", let escaped = rest.popFirst() {
                text.append(escaped)
            } else if character != quote {
                text.append(character)
            } else if rest.first == quote {
                text.append(quote)
                rest.removeFirst()
            } else {
                break
            }
        }
        return text
    }
}
