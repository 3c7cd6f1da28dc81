import Foundation
import IlkANN
import IlkProtocol

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
            let loading = try CollectionLoading(folder: folder, now: CollectionOptions(linkThreads: 1).now) { _, _ in }
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
