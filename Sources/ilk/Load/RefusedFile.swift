import Foundation
import IlkDatasets
import IlkProtocol

/// Where refused records go, one JSON object a line: row, line, id, reason and, from files of text, the record as it
/// stood there, whoever refused it.
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
        isWritten = true
        try handle?.write(contentsOf: Self.line(record) + [UInt8(ascii: "\n")])
    }

    private static func line(_ record: RefusedRecord) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("row")
        writer.int(record.row)
        if let line = record.line {
            writer.key("line")
            writer.int(line)
        }
        if let id = record.id {
            writer.key("id")
            writer.id(id)
        }
        writer.key("reason")
        writer.string(record.reason)
        if let text = record.text {
            writer.key("record")
            // As text and not as a value, in which a key that stands twice, perhaps the fault, would stand once.
            if let json = try? JSONText(written: Array(text.utf8)) { writer.json(json) } else { writer.string(text) }
        }
        writer.endObject()
        return writer.bytes
    }

    func close() { try? handle?.close() }
}
