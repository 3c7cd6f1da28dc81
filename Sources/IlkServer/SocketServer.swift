import Dispatch
import Glibc
import IlkProtocol
package import IlkService
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves an engine on a Unix socket until it is told to stop.
package final class SocketServer: Service {
    private let engine: Engine
    private let options: ServerOptions
    private let logger: Logger
    private let connections = ConnectionTable()

    package init(engine: Engine, options: ServerOptions, logger: Logger) {
        self.engine = engine
        self.options = options
        self.logger = logger
    }

    /// Listens, serves, and upon a graceful shutdown answers what was asked, writes checkpoints and returns.
    ///
    /// - Throws: ``ListenError`` where the socket cannot be had.
    package func run() async throws {
        // A client that goes away while it is written to must not end the daemon.
        signal(SIGPIPE, SIG_IGN)
        raiseDescriptorLimit()
        let socket = try ListeningSocket(path: options.socketPath, mode: options.socketMode)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: options.loops)
        let listener = try await bootstrap(group).withBoundSocket(socket.descriptor).get()
        socket.widenBacklog()
        engine.show(serverLimits: [
            ("line_bytes", options.lineLimit), ("connections", options.connectionLimit),
            ("requests_per_connection", options.requestLimit),
        ])
        logger.info("listening", metadata: ["socket": "\(options.socketPath)", "loops": "\(options.loops)"])

        try? await gracefulShutdown()  // a cancelled task stops in the same way

        logger.info("stopping")
        let began = monotonicNanoseconds()
        engine.beginStopping()
        try? await listener.close()
        socket.unlink()
        await drain()
        let left = options.stopSeconds - Double(monotonicNanoseconds() - began) / 1e9
        await onThread { [engine] in engine.stop(within: left) }
        try await group.shutdownGracefully()
    }

    private func bootstrap(_ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
        let shared = ConnectionHandler.Shared(engine: engine, options: options)
        return ServerBootstrap(group: group)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: options.outboundHighWater / 4, high: options.outboundHighWater)
            )
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelInitializer { [engine, options, connections, shared] channel in
                guard connections.add(channel, limit: options.connectionLimit) else {
                    engine.metrics.connectionRefused()
                    return channel.pipeline.addHandler(RefusalHandler(limit: options.connectionLimit))
                }
                engine.metrics.connectionOpened()
                channel.closeFuture.whenComplete { _ in
                    connections.remove(channel)
                    engine.metrics.connectionClosed()
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(shared))
                }
            }
    }

    /// Lets every connection finish what it has under way, and closes those that do not in time.
    private func drain() async {
        for channel in connections.all { channel.pipeline.fireUserInboundEventTriggered(ConnectionHandler.StopEvent()) }
        let deadline = monotonicNanoseconds() + UInt64(options.drainSeconds * 1e9)
        // Not Task.sleep: a cancelled task would not sleep at all.
        await onThread { [connections] in
            while !connections.all.isEmpty, monotonicNanoseconds() < deadline { usleep(2_000) }
        }
        let late = connections.all
        if !late.isEmpty {
            logger.warning("connections closed before they had read everything", metadata: ["count": "\(late.count)"])
        }
        for channel in late { channel.close(promise: nil) }
    }

    /// Runs what blocks on a thread of its own.
    private func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                body()
                continuation.resume()
            }
        }
    }

    /// Asks for as many descriptors as the system lets us have: a connection takes one, a collection a dozen.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        // SAFETY: the pointers are to a local that outlives the calls.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// The open connections.
private final class ConnectionTable: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    var all: [any Channel] { channels.withLock { Array($0.values) } }

    /// False where the limit is reached.
    func add(_ channel: any Channel, limit: Int) -> Bool {
        channels.withLock { channels in
            guard channels.count < limit else { return false }
            channels[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) {
        channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }
}

/// Tells a connection over the limit so, and closes it.
private final class RefusalHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func channelActive(context: ChannelHandlerContext) {
        let error = IlkError(
            .overloaded, "\(limit) connections are open; close one, or share them between requests",
            retryAfterMilliseconds: 1_000)
        var line = ByteBuffer(bytes: Reply.error(id: .null, error))
        line.writeInteger(UInt8(ascii: "\n"))
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(line)).whenComplete { _ in bound.value.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
