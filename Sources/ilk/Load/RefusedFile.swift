import Foundation
import Glibc
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

    /// A file for the refused records of one input; what is in it stays if that input is resumed, or if others of the
    /// same run have theirs there.
    init(path: String, isContinued: Bool) {
        self.path = path
        // A folder or a device is never taken away.
        let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
        if !isContinued, type == .typeRegular { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Writes the records of one batch, all at once.
    func add(_ records: [RefusedRecord]) throws {
        guard !records.isEmpty else { return }
        let handle = try handle ?? open()
        self.handle = handle
        isWritten = true
        do {
            try handle.write(contentsOf: records.flatMap { Self.line($0) + [UInt8(ascii: "\n")] })
        } catch {
            throw cannotWrite(error.localizedDescription)
        }
    }

    private func open() throws -> FileHandle {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw cannotWrite(unsafe String(cString: strerror(errno))) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private func cannotWrite(_ reason: String) -> Failure {
        Failure("cannot write refused records to \(path): \(reason); choose another file with --refused")
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
