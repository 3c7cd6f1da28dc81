import Glibc
import IlkProtocol

/// CSV and TSV with a header row, each record one point.
final class DelimitedTable {
    private let source: ByteSource
    private let records: DelimitedRecords
    private let delimiter: UInt8
    private let json = PointLineReader()
    private var number: [CChar] = []
    let columns: TableColumns
    private(set) var row = 0

    /// Reads the header row.
    ///
    /// - Throws: `damaged` where there is none, or it names no vector.
    init(source: ByteSource, delimiter: UInt8, options: RecordOptions) throws(DatasetError) {
        self.source = source
        self.delimiter = delimiter
        records = DelimitedRecords(source: source, delimiter: delimiter)
        try LineReader(source: source).skipByteOrderMark()
        var names: [String] = []
        switch try records.find() {
        case nil: throw .damaged(path: source.path, problem: "the file is empty; its first line names the columns")
        case .unclosed: throw .damaged(path: source.path, problem: "a quote in the header row is not closed")
        case .oversized: throw .damaged(path: source.path, problem: "its first line has no end; is it text?")
        case .record(let length, let withEnd, let lines):
            names = source.withBytes { bytes in
                let record = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<length])
                let fields = unsafe (try? DelimitedRecords.fields(of: record, delimiter: delimiter).get()) ?? []
                return fields.map { unsafe (DelimitedRecords.text($0, in: record) ?? "").trimmed }
            }
            records.finish(withEnd: withEnd, lines: lines)
        }
        switch TableColumns.read(names, options: options) {
        case .success(let columns): self.columns = columns
        case .failure(let problem): throw .damaged(path: source.path, problem: problem.text)
        }
    }

    func next() throws(DatasetError) -> DatasetEntry? {
        while let found = try records.find() {
            let line = records.line
            switch found {
            case .oversized:
                row += 1
                let reason = "the record has over \(DelimitedRecords.limit) bytes"
                return .refused(RefusedRecord(row: row - 1, line: line - 1, reason: reason))
            case .unclosed(let length, let withEnd):
                let refused = source.withBytes { bytes in
                    RefusedRecord(
                        row: row, line: line,
                        reason: "a quote is not closed; write a quote within a quoted field twice",
                        text: unsafe DatasetRecord.kept(UnsafeRawBufferPointer(rebasing: bytes[..<length])))
                }
                records.finish(withEnd: withEnd, lines: 1)
                row += 1
                return .refused(refused)
            case .record(let length, let withEnd, let lines):
                defer { records.finish(withEnd: withEnd, lines: lines) }
                guard !isBlank(length) else { continue }
                let entry = source.withBytes { bytes in
                    unsafe read(UnsafeRawBufferPointer(rebasing: bytes[..<length]), line)
                }
                row += 1
                return entry
            }
        }
        return nil
    }

    func skip(_ count: Int) throws(DatasetError) {
        var left = count
        while left > 0, let found = try records.find() {
            switch found {
            case .oversized: break
            case .unclosed(_, let withEnd): records.finish(withEnd: withEnd, lines: 1)
            case .record(let length, let withEnd, let lines):
                let isBlank = isBlank(length)
                records.finish(withEnd: withEnd, lines: lines)
                guard !isBlank else { continue }
            }
            row += 1
            left -= 1
        }
    }

    private func isBlank(_ length: Int) -> Bool {
        source.withBytes { unsafe length == 0 || (length == 1 && $0[0] == 0x0D) }
    }

    private func read(_ record: UnsafeRawBufferPointer, _ line: Int) -> DatasetEntry {
        do throws(Refusal) {
            return .record(try unsafe point(record, line))
        } catch {
            let text = unsafe DatasetRecord.kept(record)
            return .refused(RefusedRecord(row: row, line: line, reason: error.reason, text: text))
        }
    }

    private struct Refusal: Error {
        var reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private func point(_ record: UnsafeRawBufferPointer, _ line: Int) throws(Refusal) -> DatasetRecord {
        let fields: [DelimitedRecords.Field]
        switch unsafe DelimitedRecords.fields(of: record, delimiter: delimiter) {
        case .success(let found): fields = found
        case .failure(let bad): throw Refusal("text follows the closing quote of field \(bad.number)")
        }
        guard fields.count == columns.meanings.count else {
            throw Refusal("it has \(fields.count) fields, the header \(columns.meanings.count)")
        }
        var point = DatasetRecord(row: row, line: line, text: unsafe DatasetRecord.kept(record))
        var components = [Float](repeating: 0, count: columns.componentCount ?? 0)
        var payload = JSONObject()
        for (place, field) in fields.enumerated() {
            switch columns.meanings[place] {
            case .ignored: break
            case .component(let number): components[number] = try unsafe component(field, record, place)
            case .id: point.id = try id(try unsafe text(field, record, place))
            case .expiry: point.expiry = try expiry(try unsafe text(field, record, place))
            case .vector(let name):
                // A point may lack the vectors of some fields.
                if field.range.isEmpty { continue }
                point.vectors.append((name, try vector(try unsafe text(field, record, place), place)))
            case .payload(let path, let kind):
                let text = try unsafe text(field, record, place)
                switch CellValue.read(text, kind: kind, isQuoted: field.isQuoted) {
                case .success(nil): break
                case .success(let value?): payload.set(value, at: path)
                case .failure(let problem): throw Refusal("column '\(path)': \(problem.text)")
                }
            }
        }
        if columns.componentCount != nil { point.vectors.append((nil, components)) }
        guard !point.vectors.isEmpty else { throw Refusal("it has no vector") }
        if !payload.members.isEmpty { point.payload = JSONText(.object(payload)) }
        return point
    }

    private func text(
        _ field: DelimitedRecords.Field, _ record: UnsafeRawBufferPointer, _ place: Int
    ) throws(Refusal) -> String {
        guard let text = unsafe DelimitedRecords.text(field, in: record) else {
            throw Refusal("field \(place + 1) is not UTF-8")
        }
        return text
    }

    private func id(_ text: String) throws(Refusal) -> PointID {
        guard !text.isEmpty else { throw Refusal("its id is empty") }
        // As JSON would have it: 7 is a number, 007 and 1.0 are strings.
        if let number = UInt64(text), number.description == text { return .number(number) }
        guard text.utf8.count <= PointID.maximumLength else {
            throw Refusal("its id has \(text.utf8.count) bytes; \(PointID.maximumLength) at most")
        }
        return .string(text)
    }

    private func expiry(_ text: String) throws(Refusal) -> PointExpiry {
        guard !text.isEmpty, text != "never" else { return .never }
        guard let seconds = Int64(text) else {
            throw Refusal("it expires at '\(text.prefix(40))', which is no whole number of seconds since 1970")
        }
        do throws(IlkError) { return try PointExpiry(seconds: seconds, "its expiry") } catch {
            throw Refusal(error.message)
        }
    }

    private func vector(_ text: String, _ place: Int) throws(Refusal) -> [Float] {
        var text = text.trimmed
        if !text.hasPrefix("[") { text = "\"\(text)\"" }
        do throws(IlkError) {
            return try json.vector(Array(text.utf8))
        } catch {
            throw Refusal("field \(place + 1): \(error.message)")
        }
    }

    private func component(
        _ field: DelimitedRecords.Field, _ record: UnsafeRawBufferPointer, _ place: Int
    ) throws(Refusal) -> Float {
        // strtof from a copy that ends in NUL: ten times as fast as through a Swift string.
        number.removeAll(keepingCapacity: true)
        for byte in unsafe Array(record[field.range].prefix(64)) { number.append(CChar(bitPattern: byte)) }
        number.append(0)
        let value: Float? = unsafe number.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress, (2...64).contains(text.count) else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            let value = unsafe strtof(start, &end)
            return unsafe UnsafePointer(end) == start + text.count - 1 ? value : nil
        }
        guard let value, value.isFinite else {
            let shown = unsafe String(decoding: record[field.range].prefix(40), as: UTF8.self)
            throw Refusal("field \(place + 1) is '\(shown)', no finite number of a vector")
        }
        return value
    }
}

extension String {
    /// Without the spaces around it.
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
