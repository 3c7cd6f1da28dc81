import Foundation
import Glibc
import IlkANN
package import IlkProtocol
import IlkVectors
import Synchronization

extension VectorCollection {
    /// Writes checkpoints of every graph now.
    package func checkpoint() throws(IlkError) {
        let writer = try writer()
        let problem = try writer.perform { state in
            writer.checkpoint(&state)
            return state.checkpointProblem
        }
        if let problem { throw IlkError(.unavailable, "could not write the checkpoint: \(problem)") }
    }

    /// Builds every graph anew from the stored vectors; searches are exact meanwhile, and writes go on.
    ///
    /// Where `progress` returns false it stops; the collection stays exact until this is called again, which goes on.
    ///
    /// - Throws: `cancelled`, or `unavailable` where the collection has no writer.
    package func rebuild(progress: @escaping @Sendable (Progress) -> Bool) throws(IlkError) {
        let writer = try writer()
        let content = writer.content
        if state == .ready {
            setState(.degraded(reason: "the graph is being rebuilt; searches are exact until then"))
            try writer.perform { state in
                for index in content.indexes { index.dropGraph() }
                state.isDegraded = true
            }
        }
        writer.setLinkingPaused(false)
        let total = content.indexes.reduce(0) { $0 + $1.count }
        while content.pendingCount > 0 || state != .ready {
            guard progress(Progress(phase: "link", done: max(0, total - content.pendingCount), total: total)) else {
                writer.setLinkingPaused(true)
                setState(
                    .degraded(
                        reason: "the rebuild was cancelled and searches are exact; collection.rebuild goes on with it"))
                throw IlkError(.cancelled, "the rebuild was cancelled; collection.rebuild goes on with it")
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        _ = progress(Progress(phase: "checkpoint", done: total, total: total))
        try checkpoint()
    }

    /// Writes a consistent copy of the collection into a new folder while writes and searches go on.
    ///
    /// - Throws: `already_exists` if the folder is there; `cancelled`, with nothing left behind.
    package func snapshot(to folder: String, progress: (Progress) -> Bool) throws(IlkError) {
        let content = try content()
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw IlkError(.alreadyExists, "\(folder) is there already; choose another path")
        }
        let building = folder + ".new"
        try? FileManager.default.removeItem(atPath: building)
        do {
            try FileManager.default.createDirectory(atPath: building, withIntermediateDirectories: true)
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
            guard progress(Progress(phase: "sync", done: steps, total: steps)) else { throw cancellation }
            try syncFolder(building)
            try FileManager.default.moveItem(atPath: building, toPath: folder)
            try syncFolder((folder as NSString).deletingLastPathComponent)
        } catch {
            try? FileManager.default.removeItem(atPath: building)
            if let error = error as? IlkError { throw error }
            throw IlkError(.internal, "could not write the snapshot \(folder): \(error.localizedDescription)")
        }
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

    /// What `collection.describe` says: schema, counts, state, sequence, and bytes by part.
    package func describe() -> JSONValue {
        var members: [(String, JSONValue)] = [("name", .string(name)), ("state", .string(state.name))]
        members.append(("reason", state.reason.map { .string($0) } ?? .null))
        guard let writer = try? writer() else {
            return .object(JSONObject(members + [("disk", .object(diskUse()))]))
        }
        let content = writer.content
        if case .object(let schema) = content.schema.json {
            members += schema.members.map { ($0.key, $0.value) }
        }
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        let indexes = zip(content.schema.vectors, content.indexes).map { field, index in
            (
                field.name,
                JSONValue.object(
                    JSONObject([
                        ("vectors", number(index.count)), ("pending", number(index.pendingCount)),
                        ("removed", number(index.removedCount)),
                    ]))
            )
        }
        var memory = [
            ("directory", number(content.directory.memoryBytes)), ("filters", number(content.filters.memoryBytes)),
        ]
        for (field, index) in zip(content.schema.vectors, content.indexes) {
            memory += index.memory().map { ("\(field.name).\($0.part)", number($0.bytes)) }
        }
        members += [
            ("count", number(content.directory.count)), ("sequence", .int(Int64(writer.sequence))),
            ("indexes", .object(JSONObject(indexes))), ("memory", .object(JSONObject(memory))),
            ("disk", .object(diskUse())),
        ]
        return .object(JSONObject(members))
    }

    private func diskUse() -> JSONObject {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return JSONObject(
            names.sorted().map { name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
                return (name, .int((attributes?[.size] as? NSNumber)?.int64Value ?? 0))
            })
    }
}

/// One thing that `ilk check` has to say about a collection's folder.
package struct CheckFinding: Sendable, Equatable {
    package enum Severity: String, Sendable {
        /// As it should be.
        case good
        /// Derived data that the next start rebuilds.
        case rebuild
        /// Truth that cannot be read.
        case broken
    }
    package var severity: Severity
    /// The file, or the part of the collection.
    package var subject: String
    package var message: String
}

extension VectorCollection {
    /// Examines a collection's folder while no daemon has it open; changes nothing.
    package static func check(folder: String) -> [CheckFinding] {
        let path = CollectionContent.databasePath(folder: folder)
        do throws(IlkError) {
            guard FileManager.default.fileExists(atPath: path) else {
                return [
                    CheckFinding(
                        severity: .broken, subject: path, message: "missing; restore the collection from a snapshot")
                ]
            }
            let store = try RecordStore(path: path)
            defer { try? store.close() }
            let meta = try store.meta()
            if let problem = try store.integrityProblem() {
                return [CheckFinding(severity: .broken, subject: path, message: "\(problem); restore a snapshot")]
            }
            let loading = try CollectionLoading(folder: folder) { _, _ in }
            defer { try? loading.content.store.close() }
            let count = loading.content.directory.count
            var findings = [
                CheckFinding(severity: .good, subject: path, message: "\(count) points, sequence \(meta.sequence)")
            ]
            if let reason = loading.degradation {
                findings.append(CheckFinding(severity: .rebuild, subject: folder, message: reason))
            }
            for (field, index) in zip(meta.schema.vectors, loading.content.indexes) {
                let subject = CollectionContent.checkpointPath(folder: folder, field: field)
                let problems = loading.degradation == nil ? index.problems() : []
                findings += problems.map { CheckFinding(severity: .rebuild, subject: subject, message: $0) }
                if problems.isEmpty && loading.degradation == nil {
                    let message = "\(index.count) vectors, \(index.pendingCount) to be linked at the next start"
                    findings.append(CheckFinding(severity: .good, subject: subject, message: message))
                }
            }
            return findings
        } catch {
            return [CheckFinding(severity: .broken, subject: path, message: error.message)]
        }
    }
}

/// Makes a folder's entries durable, and the files in it.
private func syncFolder(_ path: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: path) + [""] {
        let descriptor = unsafe open(name.isEmpty ? path : path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { continue }
        fsync(descriptor)
        Glibc.close(descriptor)
    }
}
