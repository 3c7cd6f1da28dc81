import CSimdjson

/// The members of a JSON object, taken one by one by the names that are known.
///
/// A name that is not known is an error at once, with the nearest one that is, so that a typing slip never passes; so is
/// a name that stands twice, of which readers would disagree which one counts.
struct Parameters {
    /// Where the object stands, in the words of an error message: `search`, `points[3]`, `the request`.
    ///
    /// The index is kept apart, so that a path costs nothing until somebody needs it.
    var path: String { index.map { "\(base)[\($0)]" } ?? base }
    private let base: String
    private let index: Int?
    private let members: [(key: String, value: JSONElement)]

    init(_ element: JSONElement, at base: String, index: Int? = nil, known: [String]) throws(IlkError) {
        self.base = base
        self.index = index
        guard element.isObject else {
            members = []
            throw IlkError(.invalidRequest, "\(path) is \(element.description); send an object")
        }
        var members: [(key: String, value: JSONElement)] = []
        members.reserveCapacity(known.count)
        let path = { index.map { "\(base)[\($0)]" } ?? base }
        try element.forEachMember { (key, value) throws(IlkError) in
            // A long key is none of ours; comparing it as Unicode would take long.
            guard key.utf8.count <= 64, known.contains(key) else {
                let hint = NearestName.of(key, among: known).map { "did you mean '\($0)'?" }
                let alternatives = known.isEmpty ? "it takes none" : "known are \(known.joined(separator: ", "))"
                throw IlkError(.invalidRequest, "unknown field \(key.quoted) in \(path()); \(hint ?? alternatives)")
            }
            guard !members.contains(where: { $0.key == key }) else {
                throw IlkError(.invalidRequest, "field '\(key)' stands twice in \(path()); send it once")
            }
            members.append((key, value))
        }
        self.members = members
    }

    /// An empty set, for requests without parameters.
    init(emptyAt path: String) {
        base = path
        index = nil
        members = []
    }

    /// These parameters, with others in the places of those of the same names, and without one.
    init(_ parameters: Parameters, overlaidWith others: Parameters?, without name: String) {
        base = parameters.base
        index = parameters.index
        let added = others?.members ?? []
        members =
            parameters.members.filter { member in
                member.key != name && !added.contains { $0.key == member.key }
            } + added
    }

    /// The value of a field; nil where it is absent or null.
    subscript(name: String) -> JSONElement? {
        guard let value = members.first(where: { $0.key == name })?.value, value.kind != ilk_json_null else {
            return nil
        }
        return value
    }

    /// Where a field stands, in the words of an error message.
    func place(_ name: String) -> String { base.hasPrefix("the ") ? "\(path)'s \(name)" : "\(path).\(name)" }

    func require(_ name: String) throws(IlkError) -> JSONElement {
        guard let value = self[name] else { throw IlkError(.invalidRequest, "\(path) lacks '\(name)'") }
        return value
    }

    // MARK: Plain values

    func string(_ name: String) throws(IlkError) -> String {
        let value = try require(name)
        guard let text = value.string else { throw Self.mismatch(value, place(name), "a string") }
        return text
    }

    func optionalString(_ name: String) throws(IlkError) -> String? {
        guard self[name] != nil else { return nil }
        return try string(name)
    }

    func bool(_ name: String) throws(IlkError) -> Bool {
        guard let value = self[name] else { return false }
        guard let flag = value.bool else { throw Self.mismatch(value, place(name), "true or false") }
        return flag
    }

    func int(_ name: String, in range: ClosedRange<Int>) throws(IlkError) -> Int? {
        guard let value = self[name] else { return nil }
        if let number = value.int, range.contains(Int(number)) { return Int(number) }
        let choice = "choose \(range.lowerBound) to \(range.upperBound)"
        if let number = value.int { throw IlkError(.invalidRequest, "\(place(name)) is \(number); \(choice)") }
        if let number = value.uint { throw IlkError(.invalidRequest, "\(place(name)) is \(number); \(choice)") }
        throw Self.mismatch(value, place(name), "an integer from \(range.lowerBound) to \(range.upperBound)")
    }

    func float(_ name: String) throws(IlkError) -> Float? {
        guard let value = self[name] else { return nil }
        guard let number = value.double else { throw Self.mismatch(value, place(name), "a number") }
        guard abs(number) <= Double(Float.greatestFiniteMagnitude) else {
            throw IlkError(.invalidRequest, "\(place(name)) is \(number), over the range of a 32-bit float")
        }
        return Float(number)
    }

    /// One of a closed list of words.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(IlkError) -> Word {
        try Self.word(try require(name), place(name))
    }

    static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ value: JSONElement, _ place: @autoclosure () -> String
    ) throws(IlkError) -> Word {
        let words = Word.allCases.map(\.rawValue)
        let choice = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        guard let text = value.string else { throw mismatch(value, place(), choice) }
        if text.utf8.count <= 64, let word = Word(rawValue: text) { return word }
        throw IlkError(
            .invalidRequest,
            "\(place()) is \(text.quoted); choose \(choice)\(NearestName.hint(for: text, among: words))")
    }

    func optionalWord<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws(IlkError) -> Word? {
        guard let value = self[name] else { return nil }
        return try Self.word(value, place(name))
    }

    // MARK: Names, filters, ids

    /// The name of a collection, a vector field or a job: also a file name, so its characters are few.
    func name(_ field: String) throws(IlkError) -> String {
        try Self.checkedName(try string(field), place(field))
    }

    func optionalName(_ field: String) throws(IlkError) -> String? {
        guard self[field] != nil else { return nil }
        return try name(field)
    }

    static func checkedName(_ name: String, _ place: @autoclosure () -> String) throws(IlkError) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        let bytes = name.utf8
        guard let first = bytes.first, isPlain(first), bytes.count <= 64,
            bytes.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") })
        else {
            throw IlkError(
                .invalidRequest,
                "\(place()) is \(name.quoted); a name has 1 to 64 of A-Z a-z 0-9 _ - and begins with a letter or digit")
        }
        return name
    }

    /// A dotted path into payloads.
    static func checkedPath(_ path: String, _ place: @autoclosure () -> String) throws(IlkError) -> String {
        let count = path.utf8.count
        guard (1...PayloadField.maximumPathLength).contains(count) else {
            throw IlkError(
                .invalidRequest,
                "\(place()) is a path of \(count) bytes; a path has 1 to \(PayloadField.maximumPathLength)")
        }
        return path
    }

    func filter() throws(IlkError) -> WireFilter? {
        guard let value = self["filter"] else { return nil }
        if let text = value.string { return .text(text) }
        guard value.isObject else { throw Self.mismatch(value, place("filter"), "a string, or a tree of objects") }
        try Self.refuseRepeatedKeys(value, place("filter"))
        return .tree(value.value)
    }

    /// Where a scroll goes on; what it means is the collection's business.
    func cursor() throws(IlkError) -> String? {
        guard let cursor = try optionalString("cursor") else { return nil }
        let count = cursor.utf8.count
        guard count <= 256 else {
            throw IlkError(
                .invalidRequest, "\(place("cursor")) has \(count) bytes; send 'next_cursor' of the page before")
        }
        return cursor
    }

    /// Paths that `with_payload` may name.
    static let maximumPaths = 256

    func payloadSelection(default standard: PayloadSelection) throws(IlkError) -> PayloadSelection {
        guard let value = self["with_payload"] else { return standard }
        if let flag = value.bool { return flag ? .all : .none }
        let place = place("with_payload")
        guard value.isArray else { throw Self.mismatch(value, place, "true, false, or an array of paths") }
        guard value.count <= Self.maximumPaths else {
            throw IlkError(
                .tooLarge, "\(place) has \(value.count) paths; send at most \(Self.maximumPaths), or true for all")
        }
        var paths: [String] = []
        try value.forEachElement { (index, element) throws(IlkError) in
            guard let path = element.string else { throw Self.mismatch(element, "\(place)[\(index)]", "a path") }
            paths.append(try Self.checkedPath(path, "\(place)[\(index)]"))
        }
        return .paths(paths)
    }

    func ids(_ name: String) throws(IlkError) -> [PointID] {
        let value = try require(name)
        let place = place(name)
        guard value.isArray else { throw Self.mismatch(value, place, "an array of ids") }
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
        let count = text.utf8.count
        guard count > 0 else { throw IlkError(.invalidRequest, "\(place()) is empty; give the point an id") }
        guard count <= PointID.maximumLength else {
            throw IlkError(.tooLarge, "\(place()) has \(count) bytes; an id has \(PointID.maximumLength) at most")
        }
        // SQLite would end the id there, for `"a"` and `"a\u0000b"` to become one point.
        guard !text.utf8.contains(0) else {
            throw IlkError(.invalidRequest, "\(place()) holds a NUL character; leave it out of ids")
        }
        return .string(text)
    }

    // MARK: What went wrong

    static func mismatch(_ value: JSONElement, _ place: String, _ expected: String) -> IlkError {
        IlkError(.invalidRequest, "\(place) is \(value.description); expected \(expected)")
    }

    static func refuseRepeatedKeys(_ value: JSONElement, _ place: @autoclosure () -> String) throws(IlkError) {
        guard let key = value.repeatedKey else { return }
        throw IlkError(.invalidRequest, "\(place()) has an object where \(key.quoted) stands twice; send it once")
    }
}
