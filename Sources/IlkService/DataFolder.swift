import Foundation
import IlkCollection
import IlkProtocol
import IlkVectors
import Synchronization

/// The daemon's folder on disk, held by an exclusive lock for as long as this object lives.
///
///     <data>/lock                  flock(2), with the holder's process id inside
///     <data>/collections/<name>/   one folder a collection
///     <data>/cache/                vectors of texts, to be used again; may be deleted
///     <data>/snapshots/            where snapshots go that were given no path
///     <data>/aside/                what is being restored
///     <data>/trash/                what was dropped and is being deleted
///
/// `collections/<name>.restored` is a whole collection that takes the place of `<name>`: a start after a crash
/// finishes that step. `collections/<name>.new` was never whole, and is deleted.
final class DataFolder: Sendable {
    let path: String
    private let lock: CInt

    /// - Throws: `unavailable` with the holder's process id if another daemon has the folder, `internal` if it
    ///   cannot be written.
    init(path: String) throws(IlkError) {
        self.path = path
        do {
            for folder in ["collections", "snapshots", "aside", "trash", "cache"] {
                try FileManager.default.createDirectory(
                    atPath: path + "/" + folder, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw IlkError(
                .internal,
                "cannot use the data folder \(path): \(error.localizedDescription); choose one that can be written")
        }
        let lockPath = path + "/lock"
        lock = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw IlkError(
                .internal, "cannot open \(lockPath): \(systemMessage()); choose a data folder that can be written")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: lockPath, encoding: .utf8))?.trimmingCharacters(
                in: .whitespacesAndNewlines)
            close(lock)
            throw IlkError(
                .unavailable,
                "the data folder \(path) is in use by process \(holder.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"); stop it, or choose another folder",
                retryable: false)
        }
        let text = Array("\(getpid())\n".utf8)
        ftruncate(lock, 0)
        // SAFETY: the buffer holds `text.count` bytes for the length of the call.
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(lock, $0.baseAddress, $0.count, 0) }
    }

    deinit { close(lock) }

    /// Gives the folder to whoever wants it next.
    func unlock() { _ = flock(lock, LOCK_UN) }

    func collection(_ name: String) -> String { path + "/collections/" + name }
    /// Where vectors of texts are kept to be used again; it may be deleted at any time.
    var embeddingCache: String { path + "/cache/embeddings.sqlite" }

    func restored(_ name: String) -> String { collection(name) + ".restored" }
    func aside(_ name: String) -> String { path + "/aside/" + name }

    /// A path in `snapshots/` that is free, and that no other job takes.
    func freeSnapshot(of collection: String, job: String) -> String {
        free { "snapshots/\(collection)-\(job)" + ($0 == 1 ? "" : "-\($0)") }
    }

    /// Refuses a path for a snapshot in a folder whose entries ilk takes for its own: it would become a collection, or go.
    ///
    /// - Throws: `invalid_request`.
    func refuseOwnFolders(_ path: String) throws(IlkError) {
        func parent(of path: String) -> String {
            URL(filePath: path).deletingLastPathComponent().resolvingSymlinksInPath().path
        }
        for folder in ["collections", "aside", "trash"] {
            let own = parent(of: "\(self.path)/\(folder)/x")
            guard parent(of: path) == own || parent(of: path).hasPrefix(own + "/") else { continue }
            throw IlkError(
                .invalidRequest,
                "\(path) lies in the daemon's own '\(folder)'; leave 'path' out, or choose another place")
        }
    }

    private func free(_ name: (Int) -> String) -> String {
        var number = 1
        while FileManager.default.fileExists(atPath: path + "/" + name(number)) { number += 1 }
        return path + "/" + name(number)
    }

    /// Names of the collections' folders, after finishing what a crash interrupted.
    func recover() -> [String] {
        // Out of the way first: a restore may soon use the same names again.
        for leftover in leftovers(in: "aside") { _ = unsafe rename(leftover, free { "trash/aside-\($0)" }) }
        remove(leftovers(in: "trash"))
        remove(leftovers(in: "snapshots").filter { $0.contains("/\(VectorCollection.temporaryPrefix)") })
        let root = path + "/collections"
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        for entry in entries where entry.hasSuffix(".new") { remove(root + "/" + entry) }
        for entry in entries where entry.hasSuffix(".restored") {
            let name = String(entry.dropLast(".restored".count))
            if FileManager.default.fileExists(atPath: collection(name)) { _ = trash(name) }
            _ = unsafe rename(root + "/" + entry, collection(name))
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            // SAFETY: the pointer is to a local that outlives the call.
            return unsafe FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder)
                && isFolder.boolValue
        }.sorted()
    }

    /// Moves a collection's folder to the trash in one step; its new path, or nil if it cannot be moved.
    func trash(_ name: String) -> String? {
        let target = free { "trash/\(name)-\($0)" }
        guard unsafe rename(collection(name), target) == 0 else { return nil }
        syncCollections()
        return target
    }

    /// Puts a whole collection that lies aside in the place of `name`, which may be there or not.
    ///
    /// The first rename decides: a crash after it is finished by ``recover()``.
    func putInPlace(_ aside: String, of name: String) throws(IlkError) {
        guard unsafe rename(aside, restored(name)) == 0 else {
            throw IlkError(
                .internal, "cannot move the restored collection into place: \(systemMessage()); nothing was changed")
        }
        syncCollections()
        if FileManager.default.fileExists(atPath: collection(name)) {
            guard let old = trash(name) else {
                let reason = systemMessage()
                _ = unsafe rename(restored(name), aside)
                throw IlkError(
                    .internal, "cannot move the present collection away: \(reason); nothing was changed")
            }
            remove(old)
        }
        guard unsafe rename(restored(name), collection(name)) == 0 else {
            throw IlkError(
                .internal, "cannot finish the restore: \(systemMessage()); restart the daemon, which tries again")
        }
        syncCollections()
    }

    /// Makes it durable which collections there are; where that fails, the next start sees what the disk kept.
    func syncCollections() { try? DurableFile.sync(path + "/collections") }

    func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    private func leftovers(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
        return names.map { "\(path)/\(folder)/\($0)" }
    }

    /// Deletes in the background: it may be gigabytes.
    private func remove(_ leftovers: [String]) {
        guard !leftovers.isEmpty else { return }
        Thread.detachNewThread { [self] in
            for leftover in leftovers { remove(leftover) }
        }
    }
}

/// What the last failed call of the system says.
func systemMessage() -> String { unsafe String(cString: strerror(errno)) }
