public import ArgumentParser
import IlkClient
public import IlkProtocol

/// What every command that talks to the daemon takes.
struct ClientOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket (default: ILK_SOCKET, or the one `ilk serve` chooses).", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("Seconds to wait for a reply (default: for ever, as 0 does).", valueName: "seconds"))
    var timeout: Double?

    @Flag(help: "Print JSON, one object a line, for other programs.")
    var json = false

    var path: String { socket ?? Places.socket }

    func validate() throws {
        if let timeout, !(0...1e6).contains(timeout) {
            throw ValidationError("--timeout is \(timeout); choose 0 to 1000000 seconds.")
        }
    }

    /// A connection to the daemon.
    func connect() async throws -> IlkConnection {
        var options = IlkConnection.Options()
        if let timeout, timeout > 0 { options.callTimeout = .milliseconds(Int64(timeout * 1_000)) }
        return try await IlkConnection.connect(path: path, options: options)
    }

    /// Connects, calls a method once, and shows the progress of what is a job.
    func call(_ method: String, _ params: [(String, JSONValue)] = []) async throws -> JSONValue {
        try await call(method, JSONText(.object(JSONObject(params))))
    }

    /// Calls a method with parameters that are JSON text already.
    ///
    /// A collection that is only for the moment unavailable, because it is loading or still being dropped, is asked for
    /// again for two seconds.
    func call(_ method: String, _ params: JSONText) async throws -> JSONValue {
        let bar = ProgressBar()
        defer { bar.clear() }
        let connection = try await connect()
        let began = ContinuousClock.now
        while true {
            do {
                let line = try await connection.reply(to: method, params) { bar.show(job: $0) }
                guard case .reply(_, let result) = try ClientLine.read(line) else {
                    throw ClientError.notIlk(reason: "a notification came as a reply")
                }
                return try result.get()
            } catch let error as IlkError where ContinuousClock.now - began < .seconds(2) {
                guard !Self.jobs.contains(method), let wait = error.momentaryWait else { throw error }
                try await Task.sleep(for: wait)
            }
        }
    }

    /// Calls that are long work, which nobody wants done twice: their errors may come at the end of it.
    private static let jobs = [
        "collection.rebuild", "collection.reembed", "snapshot.create", "snapshot.restore", "events.compact",
        "theme.batch", "match.train",
    ]
}

extension IlkError {
    /// How long to wait for a collection that is loading or being dropped; nil where waiting would not help soon.
    ///
    /// The daemon says how long where something is under way that will end: up to a fifth of a second for a collection,
    /// more where it is stopping itself, nothing where the disk is full.
    var momentaryWait: Duration? {
        guard code == .unavailable, retryable, let wait = retryAfterMilliseconds, wait <= 200 else { return nil }
        return .milliseconds(wait)
    }
}

/// Which part of a payload is shown.
struct PayloadOptions: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Show payloads.")
    var payload = true

    @Option(
        name: .customLong("fields"), help: ArgumentHelp("Show only these fields of the payload.", valueName: "a,b.c"))
    var fields: String?

    /// The value of `with_payload`.
    var value: JSONValue {
        guard payload else { return .bool(false) }
        guard let fields else { return .bool(true) }
        return .array(fields.split(separator: ",").map { .string(String($0)) })
    }
}

/// A point's id on the command line: what is written as a number is one, everything else a string, and so are `007` and
/// `+7`, as in CSV; `'"7"'` is the string 7.
struct PointArgument: ExpressibleByArgument {
    let id: PointID
    static let explanation = #"7 is a number, 007 and a7 are strings; write '"7"' for the string 7."#

    init?(argument: String) {
        if let number = UInt64(argument), number.description == argument {
            id = .number(number)
        } else if argument.hasPrefix("\""), case .string(let text)? = try? JSONValue.parse(argument) {
            id = .string(text)
        } else {
            guard !argument.isEmpty else { return nil }
            id = .string(argument)
        }
    }

    var json: JSONValue { id.json }
}

extension PointID {
    /// The id as it goes over the wire.
    var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .number(let number): Int64(exactly: number).map { .int($0) } ?? .uint(number)
        }
    }
}

/// A payload field with its type, as `price=float`.
struct FieldArgument: ExpressibleByArgument {
    let field: PayloadField

    init?(argument: String) {
        let parts = argument.split(separator: "=").map(String.init)
        guard parts.count == 2, let kind = PayloadField.Kind(rawValue: parts[1]) else { return nil }
        field = PayloadField(path: parts[0], kind: kind)
    }
}

extension MetricName: ExpressibleByArgument {}
extension StorageName: ExpressibleByArgument {}
extension EmbeddingKind: ExpressibleByArgument {}
extension SearchMode: ExpressibleByArgument {}
extension SelectionWay: ExpressibleByArgument {}
extension WriteWait: ExpressibleByArgument {}
