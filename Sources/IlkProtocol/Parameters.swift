import CSimdjson

/// The members of a JSON object, taken one by one by the names that are known.
///
/// A name that is not known is an error at once, with the nearest one that is, so that a typing slip never passes.
struct Parameters {
    /// Where the object stands: `params`, `points[3]`.
    let path: String
    private let members: [(key: String, value: JSONElement)]

    init(_ element: JSONElement, at path: String, known: [String]) throws(IlkError) {
        guard element.isObject else {
            throw IlkError(.invalidRequest, "\(path) is \(element.description); send an object")
        }
        self.path = path
        var members: [(key: String, value: JSONElement)] = []
        members.reserveCapacity(8)
        try element.forEachMember { (key, value) throws(IlkError) in
            guard known.contains(key) else {
                let hint = NearestName.of(key, among: known).map { "did you mean '\($0)'?" }
                throw IlkError(
                    .invalidRequest,
                    "unknown field '\(key.prefix(64))' in \(path); \(hint ?? "known are \(known.joined(separator: ", "))")")
            }
            guard !members.contains(where: { $0.key == key }) else {
                throw IlkError(.invalidRequest, "field '\(key)' stands twice in \(path); send it once")
            }
            members.append((key, value))
        }
        self.members = members
    }

    /// An empty set, for requests without parameters.
    init(emptyAt path: String) {
        self.path = path
        members = []
    }

    /// The value of a field; nil where it is absent or null.
    subscript(name: String) -> JSONElement? {
        guard let value = members.first(where: { $0.key == name })?.value, value.kind != ilk_json_null else { return nil }
        return value
    }

    func place(_ name: String) -> String { "\(path).\(name)" }

    func require(_ name: String) throws(IlkError) -> JSONElement {
        guard let value = self[name] else { throw IlkError(.invalidRequest, "\(path) lacks '\(name)'") }
        return value
    }

    func string(_ name: String) throws(IlkError) -> String { try string(try require(name), place(name)) }

    func optionalString(_ name: String) throws(IlkError) -> String? {
        guard let value = self[name] else { return nil }
        return try string(value, place(name))
    }

    private func string(_ value: JSONElement, _ place: String) throws(IlkError) -> String {
        guard let text = value.string else { throw mismatch(value, place, "a string") }
        return text
    }

    func bool(_ name: String) throws(IlkError) -> Bool {
        guard let value = self[name] else { return false }
        guard let flag = value.bool else { throw mismatch(value, place(name), "true or false") }
        return flag
    }

    func int(_ name: String, in range: ClosedRange<Int>) throws(IlkError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.int else { throw mismatch(value, place(name), "an integer in \(range)") }
        guard let number = Int(exactly: number), range.contains(number) else {
            throw IlkError(.invalidRequest, "\(place(name)) is \(number); choose \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func float(_ name: String) throws(IlkError) -> Float? {
        guard let value = self[name] else { return nil }
        guard let number = value.double else { throw mismatch(value, place(name), "a number") }
        guard abs(number) <= Double(Float.greatestFiniteMagnitude) else {
            throw IlkError(.invalidRequest, "\(place(name)) is \(number), over the range of a 32-bit float")
        }
        return Float(number)
    }

    /// The name of a collection, a vector field or a job: also a file name, so its characters are few.
    func name(_ field: String) throws(IlkError) -> String {
        try Self.checkedName(try string(field), place(field))
    }

    static func checkedName(_ name: String, _ place: String) throws(IlkError) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        let bytes = name.utf8
        guard let first = bytes.first, isPlain(first), bytes.count <= 64,
            bytes.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else {
            throw IlkError(
                .invalidRequest,
                "\(place) is '\(name.prefix(80))'; a name has 1 to 64 of A-Z a-z 0-9 _ - and begins with a letter or digit")
        }
        return name
    }

    func filter() throws(IlkError) -> WireFilter? {
        guard let value = self["filter"] else { return nil }
        if let text = value.string { return .text(text) }
        guard value.isObject else { throw mismatch(value, place("filter"), "a string, or a tree of objects") }
        return .tree(value.value)
    }

    func payloadSelection(default standard: PayloadSelection) throws(IlkError) -> PayloadSelection {
        guard let value = self["with_payload"] else { return standard }
        if let flag = value.bool { return flag ? .all : .none }
        let place = place("with_payload")
        guard value.isArray else { throw mismatch(value, place, "true, false, or an array of paths") }
        var paths: [String] = []
        try value.forEachElement { (index, element) throws(IlkError) in
            guard let path = element.string else { throw mismatch(element, "\(place)[\(index)]", "a path") }
            paths.append(path)
        }
        return .paths(paths)
    }

    func ids(_ name: String) throws(IlkError) -> [PointID] {
        let value = try require(name)
        let place = place(name)
        guard value.isArray else { throw mismatch(value, place, "an array of ids") }
        try Self.checkCount(value.count, place)
        var ids: [PointID] = []
        ids.reserveCapacity(value.count)
        try value.forEachElement { (index, element) throws(IlkError) in
            ids.append(try Self.id(element, "\(place)[\(index)]"))
        }
        return ids
    }

    /// Ids or points that one request may name.
    static let maximumBatch = 100_000

    static func checkCount(_ count: Int, _ place: String) throws(IlkError) {
        guard count > 0 else { throw IlkError(.invalidRequest, "\(place) is empty; send at least one") }
        guard count <= maximumBatch else {
            throw IlkError(.tooLarge, "\(place) has \(count) entries; send at most \(maximumBatch) at once")
        }
    }

    static func id(_ element: JSONElement, _ place: @autoclosure () -> String) throws(IlkError) -> PointID {
        if let number = element.int {
            guard number >= 0 else {
                throw IlkError(.invalidRequest, "\(place()) is \(number); an id is a string or an unsigned integer")
            }
            return .number(UInt64(number))
        }
        if let number = element.uint { return .number(number) }
        guard let text = element.string else {
            throw mismatch(element, place(), "a string or an unsigned integer")
        }
        guard !text.isEmpty else { throw IlkError(.invalidRequest, "\(place()) is empty; give the point an id") }
        guard text.utf8.count <= PointID.maximumLength else {
            throw IlkError(
                .tooLarge, "\(place()) has \(text.utf8.count) bytes; an id has \(PointID.maximumLength) at most")
        }
        return .string(text)
    }

    /// Components that a vector may have.
    static let maximumDimension = 65_536

    /// A vector as an array of numbers, or as base64 of little-endian f32.
    static func vector(_ element: JSONElement, _ place: @autoclosure () -> String) throws(IlkError) -> WireVector {
        let values: [Float]
        let isBase64 = !element.isArray
        if element.isArray {
            guard element.count <= maximumDimension else {
                throw IlkError(.tooLarge, "\(place()) has \(element.count) components; \(maximumDimension) at most")
            }
            switch element.floats() {
            case .success(let floats): values = floats
            case .failure(let bad): throw noFloat(element, bad.index, place())
            }
        } else {
            guard let decoded = unsafe element.withString({ unsafe Base64Vector.decode($0) }) else {
                throw mismatch(element, place(), "an array of numbers, or base64 of little-endian f32")
            }
            switch decoded {
            case .success(let floats): values = floats
            case .failure(let problem): throw IlkError(.invalidRequest, "\(place()) is not base64 of floats: \(problem.text)")
            }
        }
        guard !values.isEmpty else { throw IlkError(.invalidRequest, "\(place()) is empty; send a vector") }
        if isBase64, let bad = values.firstIndex(where: { !$0.isFinite }) {
            throw IlkError(.invalidRequest, "\(place())[\(bad)] is \(values[bad]); send finite numbers")
        }
        return WireVector(values, isBase64: isBase64)
    }

    private static func noFloat(_ array: JSONElement, _ index: Int, _ place: String) -> IlkError {
        var error = IlkError(.invalidRequest, "\(place)[\(index)] is no number")
        array.forEachElement { number, element in
            guard number == index else { return }
            if let double = element.double {
                error.message = "\(place)[\(index)] is \(double), over the range of a 32-bit float; scale the vector down"
            } else {
                error.message = "\(place)[\(index)] is \(element.description); expected a number"
            }
        }
        return error
    }

    private func mismatch(_ value: JSONElement, _ place: String, _ expected: String) -> IlkError {
        Self.mismatch(value, place, expected)
    }

    static func mismatch(_ value: JSONElement, _ place: String, _ expected: String) -> IlkError {
        IlkError(.invalidRequest, "\(place) is \(value.description); expected \(expected)")
    }
}
