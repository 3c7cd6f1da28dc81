import Foundation
import Glibc
package import IlkProtocol
import IlkVectors

extension VectorCollection {
    /// Writes a consistent copy of the collection into a new folder while writes and searches go on.
    ///
    /// - Throws: `already_exists` if the folder is there; `cancelled`, with nothing left behind.
    package func snapshot(to folder: String, progress: (Progress) -> Bool) throws(IlkError) {
        let content = try content()
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw IlkError(.alreadyExists, "\(folder) is there already; choose another path")
        }
        let building = try temporaryFolder(beside: folder)
        do {
            let steps = content.schema.vectors.count + 1
            // Checkpoints first: one that is older than the records is replayed, a newer one would be refused.
            for (place, field) in content.schema.vectors.enumerated() {
                let source = content.checkpointPath(field: place)
                guard progress(Progress(phase: "checkpoints", done: place, total: steps)) else { throw cancellation }
                guard FileManager.default.fileExists(atPath: source) else { continue }
                let target = CollectionContent.checkpointPath(folder: building, field: field)
                if unsafe link(source, target) != 0 { try FileManager.default.copyItem(atPath: source, toPath: target) }
            }
            guard progress(Progress(phase: "records", done: steps - 1, total: steps)) else { throw cancellation }
            try content.store.copy(to: CollectionContent.databasePath(folder: building))
            let companion = Self.companionPath(in: self.folder)
            if FileManager.default.fileExists(atPath: companion) {
                try SQLiteFile.copy(companion, to: Self.companionPath(in: building), of: "the event log")
            }
            guard progress(Progress(phase: "sync", done: steps, total: steps)) else { throw cancellation }
            for name in try FileManager.default.contentsOfDirectory(atPath: building) {
                try DurableFile.sync(building + "/" + name)
            }
            try DurableFile.sync(building)
            try FileManager.default.moveItem(atPath: building, toPath: folder)
            try DurableFile.sync((folder as NSString).deletingLastPathComponent)
        } catch {
            try? FileManager.default.removeItem(atPath: building)
            if let error = error as? IlkError { throw error }
            throw IlkError(.internal, "could not write the snapshot \(folder): \(error.localizedDescription)")
        }
    }

    /// The beginning of the names of folders in which snapshots are made.
    package static let temporaryPrefix = ".ilk-snapshot-"

    /// A new folder that only this user can enter, with a name that nobody has.
    private func temporaryFolder(beside folder: String) throws(IlkError) -> String {
        let parent = (folder as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        var template = Array("\(parent)/\(Self.temporaryPrefix)XXXXXX\0".utf8CString)
        let isMade = unsafe template.withUnsafeMutableBufferPointer { unsafe mkdtemp($0.baseAddress!) != nil }
        guard isMade else {
            throw IlkError(
                .internal,
                "could not make a folder in \(parent): \(unsafe String(cString: strerror(errno))); choose a path that the daemon can write"
            )
        }
        return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private var cancellation: IlkError { IlkError(.cancelled, "the snapshot was cancelled; nothing was kept") }

    /// Checks that a folder is a whole snapshot.
    ///
    /// - Throws: `not_found`, or `internal` with what is wrong with it.
    package static func verifySnapshot(at folder: String) throws(IlkError) {
        let path = CollectionContent.databasePath(folder: folder)
        guard FileManager.default.fileExists(atPath: path) else {
            throw IlkError(.notFound, "no snapshot at \(folder); see the path that snapshot.create answered")
        }
        let store = try RecordStore(path: path)
        defer { try? store.close() }
        _ = try store.meta()
        if let problem = try store.integrityProblem() {
            throw IlkError(.internal, "the snapshot at \(folder) is damaged: \(problem); use another one")
        }
    }

    /// The names of the files of a collection or snapshot in a folder: its records, and checkpoints; empty where there
    /// are no records.
    package static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        func isFile(_ name: String) -> Bool {
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return attributes?[.type] as? FileAttributeType == .typeRegular
        }
        let records = names.filter { name in
            (name.hasPrefix("collection.sqlite") || name.hasPrefix(companionFile)) && !name.hasSuffix("-shm")
                && isFile(name)
        }
        guard records.contains("collection.sqlite") else { return [] }
        return (records + names.filter { $0.hasSuffix(".hnsw") && isFile($0) }).sorted()
    }
}
