package import IlkProtocol
package import IlkVectors

/// The values of one payload field, and which ordinals have them.
///
/// A declared field has a kind, and a comparison that cannot fit it is an error. A field that was not declared takes
/// values of any kind, and a comparison matches those that it can be made with.
package struct FieldIndex: Sendable {
    /// The dotted path, which leads through objects, and through arrays element by element.
    package let path: String
    /// Nil where the field was not declared.
    let kind: PayloadField.Kind?
    private var strings: [String: Bitmap] = [:]
    private var numbers = NumberIndex()
    private var booleans = [false: Bitmap(), true: Bitmap()]
    /// Ordinals with a value other than null.
    private var present = Bitmap()
    /// Ordinals with a value that is neither null nor an empty string.
    private var filled = Bitmap()
    /// What every ordinal has, to take it out again.
    private var values: [UInt32: [FilterValue]] = [:]

    /// An index of a path that was not declared.
    package init(path: String) {
        self.path = path
        kind = nil
    }

    init(_ field: PayloadField) {
        path = field.path
        kind = field.kind
    }

    // MARK: Values

    /// Takes in what the path leads to in a payload; values that do not fit a declared kind are left out.
    package mutating func add(_ payload: JSONValue, at ordinal: Ordinal) {
        let found = payload.values(at: path)
        let values = found.compactMap { FilterValue($0) }.compactMap(stored)
        guard !found.allSatisfy({ $0 == .null }) else { return }
        present.insert(ordinal.rawValue)
        guard !values.isEmpty else { return }
        if values.contains(where: { $0 != .string("") }) { filled.insert(ordinal.rawValue) }
        self.values[ordinal.rawValue] = values
        for value in values {
            switch value {
            case .string(let text): strings[text, default: Bitmap()].insert(ordinal.rawValue)
            case .number(let number): numbers.insert(number, ordinal.rawValue)
            case .bool(let bool): booleans[bool]?.insert(ordinal.rawValue)
            }
        }
    }

    mutating func remove(at ordinal: Ordinal) {
        present.remove(ordinal.rawValue)
        filled.remove(ordinal.rawValue)
        for value in values.removeValue(forKey: ordinal.rawValue) ?? [] {
            switch value {
            case .string(let text):
                strings[text]?.remove(ordinal.rawValue)
                if strings[text]?.isEmpty == true { strings[text] = nil }
            case .number(let number): numbers.remove(number, ordinal.rawValue)
            case .bool(let bool): booleans[bool]?.remove(ordinal.rawValue)
            }
        }
    }

    /// A value as it is indexed: a date-time as its microseconds; nil where it does not fit the kind.
    private func stored(_ value: FilterValue) -> FilterValue? {
        switch (kind, value) {
        case (nil, _), (.keyword, .string), (.int, .number(.int)), (.float, .number), (.bool, .bool): value
        case (.datetime, .string(let text)): Timestamp.parse(text).map { .number(.int($0)) }
        default: nil
        }
    }

    /// Checks that what a declared path leads to in a payload fits the kind.
    ///
    /// - Throws: `invalid_request` with the field, the kind and the value.
    static func validate(_ payload: JSONValue, _ field: PayloadField) throws(IlkError) {
        let index = FieldIndex(field)
        for value in payload.values(at: field.path) where value != .null {
            if let scalar = FilterValue(value), index.stored(scalar) != nil { continue }
            let expected =
                switch field.kind {
                case .keyword: "a string"
                case .int: "an integer within 64 bits"
                case .float: "a number"
                case .bool: "true or false"
                case .datetime: "a date-time such as \"2026-11-24T12:00:00Z\""
                }
            throw IlkError(
                .invalidRequest,
                "payload field '\(field.path)' is declared \(field.kind.rawValue) but is \(value.text.prefix(60)); send \(expected), or null")
        }
    }

    // MARK: Questions

    /// The ordinals with a value other than null.
    var existing: Bitmap { present }
    /// The ordinals with a value that is not empty.
    var nonEmpty: Bitmap { filled }

    /// The ordinals with one of these values.
    func members(_ wanted: [FilterValue]) throws(IlkError) -> Bitmap {
        var result = Bitmap()
        for value in wanted {
            switch try comparable(value) {
            case .string(let text): if let bitmap = strings[text] { result.formUnion(bitmap) }
            case .number(let number): result.formUnion(Bitmap(numbers.ordinals(from: (number, true), to: (number, true))))
            case .bool(let bool): if let bitmap = booleans[bool] { result.formUnion(bitmap) }
            }
        }
        return result
    }

    /// The ordinals with a value within the bounds.
    func range(_ lower: FilterExpression.Bound?, _ upper: FilterExpression.Bound?) throws(IlkError) -> Bitmap {
        let low = try number(lower)
        let high = try number(upper)
        if (lower != nil && low == nil) || (upper != nil && high == nil) { return Bitmap() }
        return Bitmap(numbers.ordinals(from: low, to: high))
    }

    private func number(_ bound: FilterExpression.Bound?) throws(IlkError) -> (FilterNumber, isIncluded: Bool)? {
        guard let bound else { return nil }
        switch kind {
        case .keyword, .bool:
            throw IlkError(
                .invalidFilter,
                "field '\(path)' is declared \(kind?.rawValue ?? ""), which has no order; compare it with = != or in")
        default: break
        }
        guard case .number(let number) = try comparable(bound.value) else { return nil }
        return (number, bound.isIncluded)
    }

    /// A filter's literal as this field compares it.
    private func comparable(_ value: FilterValue) throws(IlkError) -> FilterValue {
        switch (kind, value) {
        case (nil, _), (.keyword, .string), (.int, .number), (.float, .number), (.bool, .bool): return value
        case (.datetime, .string(let text)):
            guard let instant = Timestamp.parse(text) else {
                throw IlkError(
                    .invalidFilter, "field '\(path)' is a datetime and '\(text)' is none; write it as '2026-11-24T12:00:00Z'")
            }
            return .number(.int(instant))
        case (let kind?, _):
            let hint =
                switch kind {
                case .keyword: "a string in quotes"
                case .int, .float: "a number without quotes"
                case .bool: "true or false"
                case .datetime: "a date-time in quotes, such as '2026-11-24T12:00:00Z'"
                }
            throw IlkError(
                .invalidFilter, "field '\(path)' is declared \(kind.rawValue) and cannot be compared with \(value.description); use \(hint)")
        }
    }

    /// The most frequent values among `ordinals`, with exact counts; ties in the order of the values.
    package func facets(within ordinals: Bitmap, limit: Int) -> [(value: JSONValue, count: Int)] {
        var counts: [(value: FilterValue, count: Int)] = []
        for (text, bitmap) in strings { counts.append((.string(text), bitmap.intersectionCount(ordinals))) }
        numbers.forEachValue { number, having in
            counts.append((.number(number), having.count { ordinals.contains($0) }))
        }
        for (bool, bitmap) in booleans { counts.append((.bool(bool), bitmap.intersectionCount(ordinals))) }
        return counts.filter { $0.count > 0 }
            .sorted { $0.count != $1.count ? $0.count > $1.count : $0.value < $1.value }
            .prefix(limit).map { (visible($0.value), $0.count) }
    }

    private func visible(_ value: FilterValue) -> JSONValue {
        if kind == .datetime, case .number(.int(let instant)) = value { return .string(Timestamp.text(instant)) }
        return value.json
    }

    /// Heap bytes, of strings by their UTF-8.
    var memoryBytes: Int {
        let texts = strings.reduce(0) { $0 + $1.key.utf8.count + 32 + $1.value.memoryBytes }
        return texts + numbers.memoryBytes + present.memoryBytes + filled.memoryBytes + values.capacity * 48
    }
}

extension JSONValue {
    /// What a dotted path leads to. A key that is the whole path comes first; arrays are walked element by element.
    func values(at path: String) -> [JSONValue] {
        switch self {
        case .array(let elements): return elements.flatMap { $0.values(at: path) }
        case .object(let object):
            if let whole = object[path] { return whole.leaves }
            guard let dot = path.firstIndex(of: ".") else { return [] }
            guard let inner = object[String(path[..<dot])] else { return [] }
            return inner.values(at: String(path[path.index(after: dot)...]))
        default: return []
        }
    }

    private var leaves: [JSONValue] {
        guard case .array(let elements) = self else { return [self] }
        return elements.flatMap(\.leaves)
    }
}
