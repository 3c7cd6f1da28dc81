import ArgumentParser
import Foundation
import IlkCollection
import IlkProtocol

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify a data folder, and tell what the next start would rebuild. Changes nothing.",
        discussion: """
            No daemon may have the folder meanwhile. Status 1 says that something would be rebuilt (derived data: costs \
            time) or is broken (records: restore a snapshot).

              ilk check ~/.local/share/ilk
            """)

    @Argument(help: "The data folder (default: ILK_DATA, or ~/.local/share/ilk).") var data: String?
    @Flag(help: "Print JSON, one finding a line, for other programs.") var json = false

    func run() throws {
        let folder = Places.absolute(data ?? Places.data)
        let lock = try FolderLock(folder)
        let root = folder + "/collections"
        let names = try collections(root)
        var table = Table([.text("collection"), .text("finding"), .text("what"), .text("")])
        var worst = CheckFinding.Severity.good
        for name in names {
            for finding in VectorCollection.check(folder: root + "/" + name) {
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
        if !json { names.isEmpty ? Output.line("no collections in \(folder)") : table.show() }
        switch worst {
        case .good: break
        case .rebuild: throw Failure("derived data would be rebuilt at the next start; no record is lost")
        case .broken: throw Failure("records cannot be read; restore the collection from a snapshot, or drop it")
        }
    }

    private func collections(_ root: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: root).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw Failure("\(root) cannot be read; is its parent a data folder of ilk's?")
        }
    }
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
