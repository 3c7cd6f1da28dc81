import Foundation
import Glibc
import Testing

/// The real `ilk serve`, in a process of its own, on a data folder and a socket of its own.
///
/// Whatever a test does, the process is killed when this object goes away.
final class Daemon {
    /// The folder that is deleted at the end: data, socket and log lie in it.
    let root: String
    /// Whether the folder is deleted with this object.
    var ownsFolder: Bool
    private(set) var process = Process()
    let arguments: [String]

    var data: String { root + "/data" }
    /// In the data folder, which the daemon makes.
    var socket: String { data + "/s" }
    var log: String { (try? String(contentsOfFile: root + "/log", encoding: .utf8)) ?? "" }

    struct NotStarted: Error { var log: String }

    /// The `ilk` beside the test bundle, or what `ILK_BINARY` names.
    static let binary: String = {
        if let named = ProcessInfo.processInfo.environment["ILK_BINARY"] { return named }
        let bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (bundle as NSString).deletingLastPathComponent + "/ilk"
    }()

    /// Starts a daemon and waits until it answers.
    ///
    /// It runs on an earlier daemon's folder, or on a new one, which is deleted with
    /// this object. `arguments` are added to `ilk serve`.
    init(root: String? = nil, arguments: [String] = []) throws {
        ownsFolder = root == nil
        self.root = root ?? "/tmp/ilk-" + UUID().uuidString.prefix(8)
        self.arguments = arguments
        try FileManager.default.createDirectory(atPath: self.root, withIntermediateDirectories: true)
        try start()
    }

    deinit {
        kill()
        if ownsFolder { try? FileManager.default.removeItem(atPath: root) }
    }

    /// Starts `ilk serve` without waiting for it.
    static func launch(data: String, socket: String, log: String, arguments: [String] = []) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: binary)
        process.arguments = ["serve", "--data", data, "--socket", socket] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(filePath: log))
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        return process
    }

    /// Starts the daemon (again) and waits until it answers `ping`, ten seconds at most.
    func start() throws {
        process = try Self.launch(data: data, socket: socket, log: root + "/log", arguments: arguments)
        for _ in 0..<1_000 {
            if let wire = try? Wire(socket, timeout: 10) {
                wire.send(#"{"id":0,"method":"ping"}"#)
                if wire.line() != nil { return }
            }
            guard process.isRunning else { break }
            usleep(10_000)
        }
        throw NotStarted(log: log)
    }

    /// `kill -9`, and waits until the process is gone.
    func kill() {
        guard process.isRunning else { return }
        _ = Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// SIGTERM; the exit status, or nil if the process was still there after `seconds`.
    func terminate(within seconds: Double = 15) -> Int32? {
        _ = Glibc.kill(process.processIdentifier, SIGTERM)
        return Self.exitStatus(of: process, within: seconds)
    }

    /// The exit status of a process; nil, and the process is killed, if it takes longer than `seconds`.
    static func exitStatus(of process: Process, within seconds: Double) -> Int32? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while process.isRunning, Date() < deadline { usleep(5_000) }
        guard process.isRunning else {
            process.waitUntilExit()
            return process.terminationReason == .exit ? process.terminationStatus : -1
        }
        _ = Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return nil
    }

    func connect(timeout: Int = 30) throws -> Wire { try Wire(socket, timeout: timeout) }

    /// Resident memory of the process, in bytes.
    var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4_096
    }
}
