import IlkProtocol

/// What the columns of delimited text mean, as its header row tells.
struct TableColumns: Equatable {
    enum Meaning: Equatable {
        case id
        /// Seconds since 1970 from which on the point is not found any more.
        case expiry
        /// One number of the vector without a name.
        case component(Int)
        /// A whole vector as JSON or base64.
        case vector(field: String?)
        /// A member of the payload, at a dotted path.
        case payload(path: String, kind: PayloadField.Kind?)
        /// A column without a name: what data frames write as their index.
        case ignored
    }

    let meanings: [Meaning]
    /// Numbers of the vector that is spread over columns; nil where there is none.
    let componentCount: Int?

    /// Prefixes of numbered columns that are taken for a vector if none is named.
    private static let knownPrefixes = ["vector", "embedding", "emb", "dim", "v", "x", "f", "pixel", ""]

    /// - Returns: what is wrong with the header, as a sentence, where it cannot be used.
    static func read(_ names: [String], options: RecordOptions) -> Result<TableColumns, HeaderProblem> {
        var seen: Set<String> = []
        for name in names where !name.isEmpty && !seen.insert(name).inserted {
            return .failure(HeaderProblem("column '\(name)' stands twice in the header; rename one"))
        }
        var components: [Int: Int] = [:]
        let whole = options.vectorColumns == nil ? names.indices.filter { vectorField(of: names[$0]) != nil } : []
        if whole.isEmpty {
            let prefixes = options.vectorColumns.map { [$0] } ?? knownPrefixes
            components = prefixes.lazy.map { numbered(names, prefix: $0) }.first { !$0.isEmpty } ?? [:]
            guard !components.isEmpty else {
                let wanted = options.vectorColumns.map { "no columns \($0)0, \($0)1, … in the header" }
                return .failure(
                    HeaderProblem(
                        (wanted
                            ?? "no vector in the header: name a column 'vector' (JSON or base64) or number columns v0, v1, …")
                            + "; the columns are \(list(names))"))
            }
        }
        let kinds = Dictionary(options.fields.map { ($0.path, $0.kind) }) { first, _ in first }
        let meanings = names.enumerated().map { place, name -> Meaning in
            if let component = components[place] { return .component(component) }
            if name == options.idColumn { return .id }
            if name == options.expiryColumn { return .expiry }
            if whole.contains(place), let field = vectorField(of: name) {
                return .vector(field: field.isEmpty ? options.vectorField : field)
            }
            return name.isEmpty ? .ignored : .payload(path: name, kind: kinds[name])
        }
        return .success(TableColumns(meanings: meanings, componentCount: components.isEmpty ? nil : components.count))
    }

    struct HeaderProblem: Error, Equatable {
        var text: String
        init(_ text: String) { self.text = text }
    }

    /// The vector field that a column holds: empty for `vector`, `image` for `vector.image`; nil if it holds none.
    private static func vectorField(of name: String) -> String? {
        if name == "vector" || name == "embedding" { return "" }
        for prefix in ["vector.", "vectors."] where name.hasPrefix(prefix) && name.count > prefix.count {
            return String(name.dropFirst(prefix.count))
        }
        return nil
    }

    /// Places of the columns `<prefix>0`, `<prefix>1`, … (or from 1, with `_` or `.` before the number), by component.
    private static func numbered(_ names: [String], prefix: String) -> [Int: Int] {
        var numbers: [Int: Int] = [:]
        for (place, name) in names.enumerated() where name.hasPrefix(prefix) {
            var rest = name.dropFirst(prefix.count)
            if let first = rest.first, first == "_" || first == ".", !prefix.isEmpty { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(rest) else {
                continue
            }
            numbers[place] = number
        }
        let sorted = numbers.values.sorted()
        guard let first = sorted.first, first <= 1, sorted == Array(first..<first + sorted.count) else { return [:] }
        // A single numbered column is more likely a payload's.
        guard sorted.count > 1 || !prefix.isEmpty else { return [:] }
        return numbers.mapValues { $0 - first }
    }

    private static func list(_ names: [String]) -> String {
        names.count <= 12 ? names.joined(separator: ", ") : names.prefix(12).joined(separator: ", ") + ", …"
    }
}
