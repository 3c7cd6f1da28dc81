import ArgumentParser
import Foundation
import IlkProtocol
import IlkServer
import IlkService
import Logging
import ServiceLifecycle
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the daemon.",
        discussion: """
            Opens the data folder, listens on the socket, and answers at once; each collection as soon as it is ready. \
            SIGTERM, SIGHUP or Ctrl-C finishes what runs, writes checkpoints and ends with status 0; nohup keeps SIGHUP \
            away. The log goes to standard error. Texts are embedded by the models of --models; where there are none, by \
            the built-in model 'hash', which knows spelling and not meaning.

              ilk serve --data ~/vectors --socket /tmp/ilk.sock
              ilk serve --socket-mode 0660      # for everyone in the group
            """)

    @Option(help: ArgumentHelp("The data folder (default: \(Places.dataChoice)).", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp("Where to listen (default: \(Places.socketChoice)).", valueName: "path"))
    var socket: String?

    @Option(
        help: ArgumentHelp(
            "The folder of embedding models, as `ilk model` has them (default: \(Places.modelsChoice)).",
            valueName: "folder"))
    var models: String?

    @Option(help: ArgumentHelp("Who may connect: the socket file's mode, octal.", valueName: "mode"))
    var socketMode = SocketMode(bits: 0o600)

    @Option(help: ArgumentHelp("The longest line; a longer one is refused and skipped.", valueName: "size"))
    var lineLimit = ByteSize(bytes: 16 << 20)

    @Option(help: ArgumentHelp("Connections at once.", valueName: "count"))
    var maxConnections = 1_000

    @Option(help: ArgumentHelp("Threads for long requests (default: one a core, two at least).", valueName: "count"))
    var workers: Int?

    @OptionGroup var memory: MemoryOption

    @Option(
        help: ArgumentHelp("The least that is logged.", valueName: "level"))
    var logLevel = LogLevel.info

    func validate() throws {
        guard (1...65_000).contains(maxConnections) else {
            throw ValidationError("--max-connections is \(maxConnections); choose 1 to 65000.")
        }
        guard (1_024...1 << 30).contains(lineLimit.bytes) else {
            throw ValidationError("--line-limit is \(lineLimit.bytes) bytes; choose 1KiB to 1GiB.")
        }
        if let workers, !(1...1_024).contains(workers) {
            throw ValidationError("--workers is \(workers); choose 1 to 1024.")
        }
    }

    func run() async throws {
        let socketPath = socket ?? Places.socket
        // Before the data folder is made, which a slip of the pen should not leave behind.
        let folder = Places.absolute(data ?? Places.data)
        try Self.checkSocket(socketPath, dataFolder: folder)
        KernelChoice.warn()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "ilk")
        logger.logLevel = logLevel.level
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var serviceOptions = ServiceOptions(cores: cores)
        if let workers { serviceOptions.workers = workers }
        serviceOptions.memoryLimit = memory.limit?.bytes
        serviceOptions.modelStore = models.map(Places.absolute)
        var serverOptions = ServerOptions(socketPath: socketPath, cores: cores)
        serverOptions.socketMode = socketMode.bits
        serverOptions.lineLimit = lineLimit.bytes
        serverOptions.connectionLimit = maxConnections

        let engine = try Engine(dataFolder: folder, options: serviceOptions, logger: logger)
        let server = SocketServer(engine: engine, options: serverOptions, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: Self.endingSignals, logger: logger))
        try await group.run()
    }

    /// The signals that end the daemon in order.
    ///
    /// SIGHUP, which a terminal sends when it is closed, is one unless the daemon was started to outlive that, by nohup.
    private static var endingSignals: [UnixSignal] {
        var action = sigaction()
        // SAFETY: the pointer is to a local that outlives the call.
        guard unsafe sigaction(SIGHUP, nil, &action) == 0 else { return [.sigterm, .sigint, .sighup] }
        // SAFETY: functions have no ==; their addresses are compared and never called.
        let handler = unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        let isIgnored = unsafe handler == unsafeBitCast(SIG_IGN, to: Int.self)
        return isIgnored ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup]
    }

    /// Refuses a path at which no socket can be made, as far as can be told before it is tried.
    ///
    /// A socket may lie in the data folder, which is made before it.
    private static func checkSocket(_ path: String, dataFolder: String) throws {
        let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        guard path.utf8.count <= longest else { throw ListenError.pathTooLong(path, limit: longest) }
        let parent = (path as NSString).deletingLastPathComponent
        let folder = parent.isEmpty ? "." : parent
        func plain(_ path: String) -> Substring { Places.absolute(path + "/x").dropLast(2) }
        guard plain(folder) != plain(dataFolder) else { return }
        var isFolder: ObjCBool = false
        // SAFETY: the pointer is to a local that outlives the call.
        guard unsafe FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(
                "cannot listen on \(path): there is no folder \(folder); make it first, or choose another path with "
                    + "--socket")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw Failure(
                "cannot listen on \(path): the folder \(folder) cannot be written; choose another path with --socket")
        }
        let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
        if let type, type != .typeSocket { throw ListenError.notASocket(path) }
    }
}

/// Permission bits, written in octal.
struct SocketMode: ExpressibleByArgument, CustomStringConvertible {
    let bits: UInt32

    init(bits: UInt32) { self.bits = bits }

    init?(argument: String) {
        guard let bits = UInt32(argument, radix: 8), bits <= 0o777 else { return nil }
        self.bits = bits
    }

    var description: String { "0" + String(bits, radix: 8) }
    var defaultValueDescription: String { description }
}

/// A number of bytes, with or without KiB, MiB or GiB.
struct ByteSize: ExpressibleByArgument, CustomStringConvertible {
    let bytes: Int

    init(bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let units = ["": 0, "b": 0, "k": 10, "kib": 10, "m": 20, "mib": 20, "g": 30, "gib": 30]
        guard let number = Int(digits), let shift = units[argument.dropFirst(digits.count).lowercased()] else {
            return nil
        }
        let (bytes, isOver) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !isOver else { return nil }
        self.bytes = bytes
    }

    var description: String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes > 0 && bytes.isMultiple(of: 1 << shift)
        {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }
    var defaultValueDescription: String { description }
}

/// How much is logged, in swift-log's words.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}
