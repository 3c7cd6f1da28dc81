import Foundation
import IlkEmbedding

/// Where things are unless the caller says otherwise.
enum Places {
    private static let environment = ProcessInfo.processInfo.environment

    private static func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static var home: String { variable("HOME") ?? NSHomeDirectory() }

    /// How ``socket`` is chosen, as every help says it.
    static let socketChoice =
        "ILK_SOCKET, else $XDG_RUNTIME_DIR/ilk.sock, else $TMPDIR/ilk-<uid>.sock, else /tmp/ilk-<uid>.sock"

    /// Without `--socket`.
    static var socket: String {
        if let path = variable("ILK_SOCKET") { return path }
        if let folder = variable("XDG_RUNTIME_DIR") { return folder + "/ilk.sock" }
        return (variable("TMPDIR") ?? "/tmp") + "/ilk-\(getuid()).sock"
    }

    /// How ``data`` is chosen, as every help says it.
    static let dataChoice = "ILK_DATA, else $XDG_DATA_HOME/ilk, else ~/.local/share/ilk"

    /// Without `--data`.
    static var data: String {
        variable("ILK_DATA") ?? (variable("XDG_DATA_HOME") ?? home + "/.local/share") + "/ilk"
    }

    /// How ``models`` is chosen, as every help says it.
    static let modelsChoice = "ILK_MODELS, else $XDG_DATA_HOME/ilk/models, else ~/.local/share/ilk/models"

    /// Without `--models`.
    static var models: String { ModelStore.standardPath }

    /// Where a command keeps what it must remember until it is run again.
    static var state: String { (variable("XDG_STATE_HOME") ?? home + "/.local/state") + "/ilk" }

    /// Whether two paths lead to one file, by whatever links; where there is none yet, whether they are one path.
    static func isSame(_ one: String, _ other: String) -> Bool {
        func file(_ path: String) -> (device: UInt, number: UInt)? {
            var status = stat()
            // SAFETY: the pointer is to a local that outlives the call.
            guard path != "-", unsafe stat(path, &status) == 0 else { return nil }
            return (UInt(status.st_dev), UInt(status.st_ino))
        }
        guard let one = file(one), let other = file(other) else { return absolute(one) == absolute(other) }
        return one == other
    }

    /// A path as the daemon must have it, which runs in a folder of its own.
    static func absolute(_ path: String) -> String {
        URL(
            filePath: path,
            relativeTo: URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        )
        .standardizedFileURL.path(percentEncoded: false)
    }
}
