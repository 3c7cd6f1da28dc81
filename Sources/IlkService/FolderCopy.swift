import Foundation
import IlkCollection
import IlkProtocol

/// Bytes of the files in a folder.
func folderBytes(_ path: String) -> Int64 {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.reduce(0) { $0 + fileBytes(path + "/" + $1) }
}

private func fileBytes(_ path: String) -> Int64 {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.int64Value ?? 0
}

/// Copies a collection's files into a new folder and makes them durable.
///
/// Whatever else lies in the source stays there. False, with a part left behind, if `progress` said so.
func copySnapshot(_ source: String, to target: String, progress: (JobProgress) -> Bool) throws(IlkError) -> Bool {
    let total = Int(folderBytes(source))
    var done = 0
    do {
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in VectorCollection.files(in: source) {
            let reader = try FileHandle(forReadingFrom: URL(filePath: source + "/" + name))
            defer { try? reader.close() }
            guard FileManager.default.createFile(atPath: target + "/" + name, contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
            let writer = try FileHandle(forWritingTo: URL(filePath: target + "/" + name))
            defer { try? writer.close() }
            while let piece = try reader.read(upToCount: 4 << 20), !piece.isEmpty {
                guard progress(JobProgress(phase: "copy", done: done, total: total)) else { return false }
                try writer.write(contentsOf: piece)
                done += piece.count
            }
            try writer.synchronize()
        }
        return true
    } catch {
        throw IlkError(
            .internal,
            "cannot copy \(source) to \(target): \(error.localizedDescription); check both and the space on the disk")
    }
}
