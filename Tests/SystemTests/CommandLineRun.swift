import Foundation
import Glibc

/// One run of `ilk` as a person types it.
struct CommandLineRun {
    var status: Int32
    /// Standard output.
    var output: String
    /// Standard error.
    var notes: String

    /// Runs a command against a daemon and waits for its end, a minute at most.
    ///
    /// Its state folder and models are of the test alone.
    init(_ arguments: String..., daemon: Daemon, input: String = "") throws {
        let process = Process()
        let output = Pipe(), notes = Pipe(), standardInput = Pipe()
        process.executableURL = URL(filePath: Daemon.binary)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "ILK_SOCKET": daemon.socket, "XDG_STATE_HOME": daemon.root + "/state", "SWIFT_BACKTRACE": "enable=no",
            "ILK_MODELS": daemon.root + "/models",
        ]) { $1 }
        process.standardOutput = output
        process.standardError = notes
        process.standardInput = standardInput
        try process.run()
        let watch = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watch)
        defer { watch.cancel() }
        signal(SIGPIPE, SIG_IGN)
        try? standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? standardInput.fileHandleForWriting.close()
        // Read side by side: a full pipe would else stop the command.
        nonisolated(unsafe) var bytes = Data()
        let reading = DispatchGroup()
        DispatchQueue.global().async(group: reading) {
            unsafe bytes = notes.fileHandleForReading.readDataToEndOfFile()
        }
        self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        reading.wait()
        self.notes = unsafe String(decoding: bytes, as: UTF8.self)
        process.waitUntilExit()
        status = process.terminationStatus
    }
}

extension Daemon {
    /// A daemon with the built-in model alone: an empty folder of models.
    static func withoutModels() throws -> Daemon {
        let root = "/tmp/ilk-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: root + "/models", withIntermediateDirectories: true)
        let daemon = try Daemon(root: root, arguments: ["--models", root + "/models"])
        daemon.ownsFolder = true
        return daemon
    }

    /// Writes a file beside the data folder; its path.
    func file(_ name: String, _ text: String) throws -> String {
        let path = root + "/" + name
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
