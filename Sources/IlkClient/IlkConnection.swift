public import IlkProtocol
public import NIOCore
import NIOPosix
import Synchronization

/// A connection to ilk's daemon over its Unix socket.
///
/// Any number of calls may be under way at once, from any task: they are pipelined, and each gets its own reply, in
/// whatever order the daemon answers.
///
///     let ilk = try await IlkConnection.connect(path: "/run/user/1000/ilk.sock")
///     let found = try await ilk.call("search", .object(JSONObject([
///         ("collection", .string("products")), ("id", .string("sku-1")), ("k", .int(5)),
///     ])))
///     try await ilk.close()
public final class IlkConnection: Sendable {
    /// How a connection behaves.
    public struct Options: Sendable {
        /// How long connecting may take.
        public var connectTimeout: Duration = .seconds(10)
        /// How long a call may take that says nothing else; nil waits for ever.
        public var callTimeout: Duration?
        /// The longest reply, in bytes.
        public var replyLimit = 1 << 30
        /// Where the connection's work is done; NIO's own threads unless another group is given.
        public var group: any EventLoopGroup = NIOSingletons.posixEventLoopGroup

        /// The defaults.
        public init() {}
    }

    /// Gets the `params` of every progress notification that comes while a call is under way.
    public typealias ProgressHandler = @Sendable (JSONObject) -> Void

    /// The path of the socket.
    public let path: String
    private let options: Options
    private let channel: any Channel
    private let handler: NIOLoopBound<ClientHandler>
    private let lastID = Atomic<Int64>(0)

    private init(path: String, options: Options, channel: any Channel, handler: NIOLoopBound<ClientHandler>) {
        self.path = path
        self.options = options
        self.channel = channel
        self.handler = handler
    }

    deinit { channel.close(promise: nil) }

    /// Connects to the daemon that listens on a Unix socket.
    ///
    /// - Throws: ``ClientError/notRunning(socket:)`` or ``ClientError/unreachable(socket:reason:)``.
    public static func connect(path: String, options: Options = Options()) async throws -> IlkConnection {
        let bootstrap = ClientBootstrap(group: options.group)
            .connectTimeout(TimeAmount(options.connectTimeout))
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4_096, initial: 65_536, maximum: 1 << 20)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ClientHandler(replyLimit: options.replyLimit))
                }
            }
        do {
            let channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
            let handler = try await channel.eventLoop.submit {
                NIOLoopBound(
                    try channel.pipeline.syncOperations.handler(type: ClientHandler.self), eventLoop: channel.eventLoop)
            }.get()
            return IlkConnection(path: path, options: options, channel: channel, handler: handler)
        } catch let error as IOError where error.errnoCode == ENOENT || error.errnoCode == ECONNREFUSED {
            throw ClientError.notRunning(socket: path)
        } catch let error as IOError {
            let reason =
                error.errnoCode == EACCES
                ? "it belongs to another user; see `ilk serve --socket-mode`" : error.description
            throw ClientError.unreachable(socket: path, reason: reason)
        } catch SocketAddressError.unixDomainSocketPathTooLong {
            throw ClientError.unreachable(
                socket: path, reason: "a socket's path has at most 107 bytes; choose a shorter one")
        } catch {
            throw ClientError.unreachable(socket: path, reason: "\(error)")
        }
    }

    /// Calls a method and waits for its result.
    ///
    /// - Parameters:
    ///   - method: such as `search`; see docs/PROTOCOL.md.
    ///   - params: an object.
    ///   - timeout: overrides ``Options/callTimeout``.
    ///   - progress: for methods that are jobs. Notifications name their job, not the call: where several jobs of one
    ///     connection run at once, each handler gets the progress of all.
    /// - Returns: the `result` of the reply.
    /// - Throws: `IlkError` where the daemon refuses, ``ClientError`` where it does not answer, `CancellationError`.
    @discardableResult
    public func call(
        _ method: String, _ params: JSONValue = .object(JSONObject()), timeout: Duration? = nil,
        progress: ProgressHandler? = nil
    ) async throws -> JSONValue {
        let line = try await reply(to: method, JSONText(params), timeout: timeout, progress: progress)
        switch try ClientLine.read(line) {
        case .reply(_, let result): return try result.get()
        case .notification: throw ClientError.notIlk(reason: "a notification came as a reply")
        }
    }

    /// Calls a method with parameters that are JSON text already, and gives the reply line as it came, without its
    /// line feed: for callers who measure, or write and read JSON on their own.
    ///
    /// - Throws: ``ClientError``, `CancellationError`; a refusal of the daemon's is a reply like any other.
    public func reply(
        to method: String, _ params: JSONText, timeout: Duration? = nil, progress: ProgressHandler? = nil
    ) async throws -> [UInt8] {
        let id = lastID.add(1, ordering: .relaxed).newValue
        var line = ClientLine.request(id: id, method: method, params: params)
        line.append(UInt8(ascii: "\n"))
        let bytes = ByteBuffer(bytes: line)
        let limit = timeout ?? options.callTimeout
        let handler = handler
        let loop = channel.eventLoop
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let pending = PendingCall(method: method, bytes: bytes.readableBytes, progress: progress) {
                    continuation.resume(with: $0)
                }
                loop.execute {
                    // What was cancelled before this had no call to end.
                    guard !cancellation.isRequested else { return pending.complete(.failure(CancellationError())) }
                    handler.value.begin(id, pending, bytes, timeout: limit)
                }
            }
        } onCancel: {
            cancellation.request()
            loop.execute { handler.value.fail(id, with: CancellationError()) }
        }
    }

    /// Notifications from now on, until the connection closes; of those that nobody takes the newest 256 are kept.
    public var notifications: AsyncStream<Notification> {
        let handler = handler
        let loop = channel.eventLoop
        return AsyncStream(bufferingPolicy: .bufferingNewest(256)) { continuation in
            let key = lastID.add(1, ordering: .relaxed).newValue
            continuation.onTermination = { _ in loop.execute { handler.value.listeners[key] = nil } }
            loop.execute { handler.value.listen(key, continuation) }
        }
    }

    /// Closes the connection; calls under way fail with ``ClientError/closed``.
    public func close() async throws {
        do { try await channel.close() } catch ChannelError.alreadyClosed {}
    }
}

/// Whether a call was cancelled, which may be before it begins.
private final class Cancellation: Sendable {
    private let flag = Atomic(false)

    var isRequested: Bool { flag.load(ordering: .acquiring) }
    func request() { flag.store(true, ordering: .releasing) }
}
