import Foundation
import IlkDatasets
import IlkProtocol

/// Where refused records go, one JSON object a line: row, line, id, reason and the record as it stood in its file.
///
/// The file is made when the first record is refused.
final class RefusedFile {
    let path: String
    private var handle: FileHandle?
    private(set) var isWritten = false

    /// A file for the refused records of one run; what an earlier run refused stays if that one is resumed.
    init(path: String, isResumed: Bool) {
        self.path = path
        if !isResumed { try? FileManager.default.removeItem(atPath: path) }
    }

    func add(_ record: RefusedRecord) throws {
        if handle == nil {
            if !FileManager.default.fileExists(atPath: path) {
                _ = FileManager.default.createFile(atPath: path, contents: nil)
            }
            do {
                handle = try FileHandle(forWritingTo: URL(filePath: path))
                try handle?.seekToEnd()
            } catch {
                throw Failure(
                    "cannot write refused records to \(path): \(error.localizedDescription); choose another file with --refused"
                )
            }
        }
        var members: [(String, JSONValue)] = [("row", .int(Int64(record.row)))]
        if let line = record.line { members.append(("line", .int(Int64(line)))) }
        if let id = record.id { members.append(("id", id.json)) }
        members.append(("reason", .string(record.reason)))
        if let text = record.text { members.append(("record", (try? JSONValue.parse(text)) ?? .string(text))) }
        isWritten = true
        try handle?.write(contentsOf: JSONText(.object(JSONObject(members))).bytes + [UInt8(ascii: "\n")])
    }

    func close() { try? handle?.close() }
}
