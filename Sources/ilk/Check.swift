import ArgumentParser
import Foundation
import IlkCollection
import IlkProtocol

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify a data folder, and tell what the next start would rebuild. Changes no record.",
        discussion: """
            No daemon may have the folder meanwhile. The files are opened as a start would open them: what a killed \
            daemon left in SQLite's log is folded into its database. Status 1 says that something would be rebuilt \
            (derived data: costs time) or is broken (records that cannot be read: the finding says what to do).

              ilk check ~/.local/share/ilk
            """)

    @Argument(help: "The data folder (default: \(Places.dataChoice)).") var data: String?
    @Flag(help: "Print JSON, one finding a line, for other programs.") var json = false

    func run() throws {
        let folder = Places.absolute(data ?? Places.data)
        let lock = try FolderLock(folder)
        let root = folder + "/collections"
        let folders = try folders(root)
        var table = Table([.text("collection"), .text("finding"), .text("what"), .text("")])
        var worst = CheckFinding.Severity.good
        for (name, folder) in folders {
            for finding in VectorCollection.check(folder: root + "/" + folder) {
                if finding.severity == .broken || worst == .good { worst = finding.severity }
                let subject =
                    finding.subject.hasPrefix(root + "/")
                    ? String(finding.subject.dropFirst(root.count + 1)) : finding.subject
                if json {
                    Output.json(
                        .object(
                            JSONObject([
                                ("collection", .string(name)), ("severity", .string(finding.severity.rawValue)),
                                ("subject", .string(finding.subject)), ("message", .string(finding.message)),
                            ])))
                } else {
                    table.add([name, finding.severity.rawValue, subject, finding.message])
                }
            }
        }
        lock.release()
        if !json { folders.isEmpty ? Output.line("no collections in \(folder)") : table.show() }
        switch worst {
        case .good: break
        case .rebuild: throw Failure("derived data would be rebuilt at the next start; no record is lost")
        case .broken: throw Failure("there are records that cannot be read; each finding says what to do")
        }
    }

    /// Collections as the next start will find them, with their folders: it tidies up first what a crash left.
    private func folders(_ root: String) throws -> [(name: String, folder: String)] {
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: root).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw Failure("\(root) cannot be read; is its parent a data folder of ilk's?")
        }
        var folders: [String: String] = [:]
        for entry in entries where !entry.hasSuffix(Self.new) && !entry.hasSuffix(Self.restored) {
            folders[entry] = entry
        }
        for entry in entries where entry.hasSuffix(Self.new) {
            Output.note("\(entry): left by a crash while a collection was made; the next start deletes it")
        }
        for entry in entries where entry.hasSuffix(Self.restored) {
            let name = String(entry.dropLast(Self.restored.count))
            folders[name] = entry
            Output.note("\(entry): a restore that a crash cut short; the next start puts it in the place of \(name)")
        }
        return folders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What is never whole, and what is whole and waits for its name.
    private static let new = ".new", restored = ".restored"
}

/// The lock of a data folder, taken only if no daemon has it; the folder is left as it is.
private struct FolderLock {
    private let descriptor: Int32

    init(_ folder: String) throws {
        let path = folder + "/lock"
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(
                in: .whitespacesAndNewlines)
            close(descriptor)
            throw Failure(
                "process \(holder ?? "unknown") has \(folder) in use; stop it first, or ask it: ilk collection list")
        }
    }

    func release() {
        if descriptor >= 0 { close(descriptor) }
    }
}
