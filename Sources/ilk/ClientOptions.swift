public import ArgumentParser
import IlkClient
public import IlkProtocol

/// What every command that talks to the daemon takes.
struct ClientOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket (default: ILK_SOCKET, or the one `ilk serve` chooses).", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("Seconds to wait for a reply; 0 waits for ever.", valueName: "seconds"))
    var timeout: Double = 0

    @Flag(help: "Print JSON, one object a line, for other programs.")
    var json = false

    var path: String { socket ?? Places.socket }

    func validate() throws {
        guard timeout >= 0, timeout <= 1e6 else {
            throw ValidationError("--timeout is \(timeout); choose 0 to 1000000 seconds.")
        }
    }

    /// A connection to the daemon.
    func connect() async throws -> IlkConnection {
        var options = IlkConnection.Options()
        if timeout > 0 { options.callTimeout = .milliseconds(Int64(timeout * 1_000)) }
        return try await IlkConnection.connect(path: path, options: options)
    }

    /// Connects, calls a method once, and shows the progress of what is a job.
    ///
    /// What is only for the moment unavailable, such as a name that is still being dropped, is asked for again for two
    /// seconds.
    func call(_ method: String, _ params: [(String, JSONValue)] = []) async throws -> JSONValue {
        let bar = ProgressBar()
        defer { bar.clear() }
        let connection = try await connect()
        let began = ContinuousClock.now
        while true {
            do {
                return try await connection.call(method, .object(JSONObject(params))) { bar.show(job: $0) }
            } catch let error as IlkError
                where error.code == .unavailable && error.retryable && ContinuousClock.now - began < .seconds(2)
            {
                try await Task.sleep(for: .milliseconds(error.retryAfterMilliseconds ?? 200))
            }
        }
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

/// A point's id on the command line: digits are a number, everything else a string; `'"7"'` is the string 7.
struct PointArgument: ExpressibleByArgument {
    let id: PointID
    static let explanation = #"Digits are a number; write '"7"' for the string."#

    init?(argument: String) {
        if let number = UInt64(argument) {
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
