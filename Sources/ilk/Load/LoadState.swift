import Foundation
import IlkProtocol
import IlkVectors

/// How far a load came: a small file in the user's state folder, so that the same command goes on where it was stopped.
///
/// Its name is a hash of the target, the collection, the file with its size and time, and what decides how its rows
/// become points: a changed file begins anew.
struct LoadState {
    /// The row at which a resumed load begins: every row before it is stored or refused.
    var row = 0
    /// Points stored and records refused before that row.
    var loaded = 0
    var refused = 0
    /// The collection's sequence when that row was acknowledged: a lower one now is another collection.
    var sequence = 0
    /// The id of the last point before that row.
    var lastID: PointID?
    /// Whether the whole file is done; kept until the other files of the command are.
    var isComplete = false

    /// Nil for standard input, which cannot be resumed.
    static func path(target: String, collection: String, file: String, meaning: String) -> String? {
        guard file != "-", let attributes = try? FileManager.default.attributesOfItem(atPath: file) else { return nil }
        let size = (attributes[.size] as? NSNumber)?.int64Value ?? 0
        let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        let key = [target, collection, Places.absolute(file), "\(size)", "\(modified)", meaning]
            .joined(separator: "\u{0}")
        let hash = unsafe Array(key.utf8).withUnsafeBytes { unsafe Checksum.xxh3($0) }
        return Places.state + "/loads/" + String(hash, radix: 16) + ".json"
    }

    /// The state that was saved; nil where there is none that can be read.
    init?(path: String) {
        guard let data = FileManager.default.contents(atPath: path), let value = try? JSONValue.parse(Array(data)),
            let row = value["row"]?.integer
        else { return nil }
        self.row = row
        loaded = value["loaded"]?.integer ?? 0
        refused = value["refused"]?.integer ?? 0
        sequence = value["sequence"]?.integer ?? 0
        isComplete = value["complete"] == .bool(true)
        switch value["last_id"] {
        case .string(let text)?: lastID = .string(text)
        case .int(let number)?: lastID = .number(UInt64(number))
        case .uint(let number)?: lastID = .number(number)
        default: break
        }
    }

    init() {}

    /// Saves the state; a load is not stopped because that fails.
    func save(to path: String) {
        let value = JSONObject([
            ("row", .int(Int64(row))), ("loaded", .int(Int64(loaded))), ("refused", .int(Int64(refused))),
            ("sequence", .int(Int64(sequence))), ("last_id", lastID?.json ?? .null), ("complete", .bool(isComplete)),
        ])
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try? Data(JSONText(.object(value)).bytes).write(to: URL(filePath: path), options: .atomic)
    }
}
