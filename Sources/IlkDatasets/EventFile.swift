import Glibc
import IlkProtocol

/// Who did something with what, when: the lines of a CSV, TSV or NDJSON file.
///
/// The columns of a table, or the members of an object, are `user` (or `userId`, `user_id`), `item` (`itemId`, `item_id`,
/// `movieId`), `timestamp` (`time`, `at`; seconds since 1970) and, if it is there, `weight` (`value`, `rating`). Others
/// are passed over.
package struct EventFile: Sendable {
    /// The names of users and items, in the order in which they come first.
    package private(set) var users: [String] = []
    package private(set) var items: [String] = []
    /// In the order of the file.
    package private(set) var events: [Event] = []
    /// How many lines were no events, and what was wrong with the first of them.
    package private(set) var refused = 0
    package private(set) var complaint: String?

    private var userNumbers: [String: UInt32] = [:]
    private var itemNumbers: [String: UInt32] = [:]

    /// An event; `user` and `item` are places in ``users`` and ``items``.
    package struct Event: Equatable, Sendable {
        package var user: UInt32
        package var item: UInt32
        package var time: Int64
        /// 1 where the file has none.
        package var weight: Float
    }

    /// What an event is made of, and the names under which it is looked for.
    private static let names = [
        ["user", "userId", "user_id"], ["item", "itemId", "item_id", "movieId"], ["timestamp", "time", "at"],
        ["weight", "value", "rating"],
    ]

    /// Reads a whole file, `-` for standard input.
    ///
    /// - Throws: ``DatasetError``, also where no line of the file is an event.
    package init(_ path: String, format: FileFormat? = nil) throws(DatasetError) {
        let format = try FileFormat(path: path, given: format)
        let source = try ByteSource(path: path)
        switch format {
        case .csv: try readTable(source, delimiter: UInt8(ascii: ","))
        case .tsv: try readTable(source, delimiter: UInt8(ascii: "\t"))
        case .ndjson: try readObjects(source)
        default: throw .unsupported(path: path, problem: "events are read from .csv, .tsv and .ndjson")
        }
        guard !events.isEmpty else {
            throw .damaged(path: path, problem: "it has no event" + (complaint.map { "; " + $0 } ?? ""))
        }
    }

    private mutating func readTable(_ source: ByteSource, delimiter: UInt8) throws(DatasetError) {
        let records = DelimitedRecords(source: source, delimiter: delimiter)
        try LineReader(source: source).skipByteOrderMark()
        var places: [Int?]?
        while let found = try records.find() {
            let line = records.line
            switch found {
            case .oversized: refuse(line, "it is too long")
            case .unclosed(_, let withEnd):
                records.finish(withEnd: withEnd, lines: 1)
                refuse(line, "a quote is not closed")
            case .record(let length, let withEnd, let lines):
                defer { records.finish(withEnd: withEnd, lines: lines) }
                let texts = source.withBytes { bytes -> [String] in
                    let record = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<length])
                    let fields = unsafe (try? DelimitedRecords.fields(of: record, delimiter: delimiter).get()) ?? []
                    return fields.map { unsafe DelimitedRecords.text($0, in: record) ?? "" }
                }
                guard let columns = places else {
                    places = try Self.columns(texts, path: source.path)
                    continue
                }
                if texts == [""] { continue }
                add(columns.map { $0.flatMap { texts.indices.contains($0) ? texts[$0] : nil } }, line)
            }
        }
    }

    /// Where a header has each part of an event.
    private static func columns(_ header: [String], path: String) throws(DatasetError) -> [Int?] {
        let places = names.map { names in header.firstIndex { names.contains($0) } }
        for (place, names) in zip(places, names).prefix(3) where place == nil {
            throw .damaged(path: path, problem: "its first line names no column \(names.joined(separator: " or "))")
        }
        return places
    }

    private mutating func readObjects(_ source: ByteSource) throws(DatasetError) {
        let lines = LineReader(source: source)
        try lines.skipByteOrderMark()
        while let line = try lines.next() {
            guard case .line(let length, let withEnd) = line else {
                refuse(lines.line, "it is too long")
                continue
            }
            let text = source.withBytes { unsafe String(decoding: $0[..<length], as: UTF8.self) }
            lines.finish(withEnd)
            guard !text.isEmpty else { continue }
            guard case .object(let object)? = try? JSONValue.parse(text) else {
                refuse(lines.line, "it is no JSON object")
                continue
            }
            let values = Self.names.map { names in names.lazy.compactMap { object[$0] }.first }
            add(values.map { $0.map(Self.text) }, lines.line)
        }
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return String(decoding: JSONText(value).bytes, as: UTF8.self)
    }

    private mutating func add(_ parts: [String?], _ line: Int) {
        guard let user = parts[0], let item = parts[1], !user.isEmpty, !item.isEmpty else {
            return refuse(line, "it lacks a user or an item")
        }
        guard let time = parts[2].flatMap({ Double($0) }), abs(time) < 1e15 else {
            return refuse(line, "its timestamp '\((parts[2] ?? "").prefix(40))' is no number of seconds")
        }
        guard let weight = Float(parts[3] ?? "1"), weight.isFinite else {
            return refuse(line, "its weight '\((parts[3] ?? "").prefix(40))' is no number")
        }
        let event = Event(
            user: Self.number(user, &users, &userNumbers), item: Self.number(item, &items, &itemNumbers),
            time: Int64(time.rounded(.down)), weight: weight)
        events.append(event)
    }

    private static func number(_ name: String, _ names: inout [String], _ numbers: inout [String: UInt32]) -> UInt32 {
        if let number = numbers[name] { return number }
        let number = UInt32(names.count)
        numbers[name] = number
        names.append(name)
        return number
    }

    private mutating func refuse(_ line: Int, _ reason: String) {
        refused += 1
        if complaint == nil { complaint = "line \(line): \(reason)" }
    }
}
