import Foundation

/// Where things are unless the caller says otherwise.
enum Places {
    private static let environment = ProcessInfo.processInfo.environment

    private static func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static var home: String { variable("HOME") ?? NSHomeDirectory() }

    /// Without `--socket`.
    static var socket: String { variable("ILK_SOCKET") ?? defaultSocket }

    static var defaultSocket: String {
        if let folder = variable("XDG_RUNTIME_DIR") { return folder + "/ilk.sock" }
        return (variable("TMPDIR") ?? "/tmp") + "/ilk-\(getuid()).sock"
    }

    /// Without `--data`.
    static var data: String {
        variable("ILK_DATA") ?? (variable("XDG_DATA_HOME") ?? home + "/.local/share") + "/ilk"
    }

    /// Where a command keeps what it must remember until it is run again.
    static var state: String { (variable("XDG_STATE_HOME") ?? home + "/.local/state") + "/ilk" }

    /// A path as the daemon must have it, which runs in a folder of its own.
    static func absolute(_ path: String) -> String {
        URL(
            filePath: path,
            relativeTo: URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        )
        .standardizedFileURL.path(percentEncoded: false)
    }
}
