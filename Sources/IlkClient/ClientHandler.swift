import IlkProtocol
import NIOCore

/// A call that waits for its reply.
struct PendingCall: Sendable {
    let method: String
    /// Bytes of the request.
    let bytes: Int
    let progress: IlkConnection.ProgressHandler?
    let complete: @Sendable (Result<[UInt8], any Error>) -> Void
}

/// The client's end of a connection: writes requests, cuts what comes into lines, and gives each to who waits for it.
final class ClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var framer: LineFramer
    private var context: ChannelHandlerContext?
    private var pending: [Int64: (call: PendingCall, timeout: Scheduled<Void>?)] = [:]
    var listeners: [Int64: AsyncStream<Notification>.Continuation] = [:]
    private var failure: (any Error)?

    init(replyLimit: Int) {
        framer = LineFramer(limit: replyLimit)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func begin(_ id: Int64, _ call: PendingCall, _ bytes: ByteBuffer, timeout: Duration?) {
        guard let context, failure == nil else { return call.complete(.failure(failure ?? ClientError.closed)) }
        var scheduled: Scheduled<Void>?
        if let timeout {
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            scheduled = context.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
                bound.value.fail(id, with: ClientError.timedOut(method: call.method, seconds: timeout / .seconds(1)))
            }
        }
        pending[id] = (call, scheduled)
        context.writeAndFlush(NIOAny(bytes), promise: nil)
    }

    /// Ends one call without its reply, which is dropped when it comes.
    func fail(_ id: Int64, with error: any Error) { finish(id, .failure(error)) }

    func listen(_ key: Int64, _ continuation: AsyncStream<Notification>.Continuation) {
        guard context != nil, failure == nil else { return continuation.finish() }
        listeners[key] = continuation
    }

    private func finish(_ id: Int64, _ result: Result<[UInt8], any Error>) {
        guard let (call, timeout) = pending.removeValue(forKey: id) else { return }
        timeout?.cancel()
        call.complete(result)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        var lines: [[UInt8]] = []
        var isOversized = false
        unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe framer.feed(bytes) { event in
                switch event {
                case .line(let line): unsafe lines.append([UInt8](line))
                case .oversized: isOversized = true
                }
            }
        }
        for line in lines { take(line) }
        if isOversized {
            end(with: ClientError.notIlk(reason: "a reply has over \(framer.limit) bytes"))
            context.close(promise: nil)
        }
    }

    private func take(_ line: [UInt8]) {
        // Replies begin in one way, so the id is found without parsing the whole line; the caller's task parses it.
        if let id = Self.replyID(line) { return finish(id, .success(line)) }
        do {
            switch try ClientLine.read(line) {
            case .notification(let method, let params):
                let notification = Notification(method: method, params: params)
                for listener in listeners.values { listener.yield(notification) }
                if method == "progress" { for entry in pending.values { entry.call.progress?(params) } }
            case .reply(let id?, _): finish(id, .success(line))
            case .reply(nil, .failure(let error)): refuseNameless(error)
            case .reply(nil, .success): break
            }
        } catch {
            end(with: ClientError.notIlk(reason: "\(error)"))
            context?.close(promise: nil)
        }
    }

    /// An error for a request whose id the daemon could not read: a line over its limit, which is the longest of ours,
    /// or a connection that it does not take, which concerns every call.
    private func refuseNameless(_ error: IlkError) {
        guard error.code == .tooLarge, let longest = pending.max(by: { $0.value.call.bytes < $1.value.call.bytes })
        else {
            return end(with: error)
        }
        finish(longest.key, .failure(error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        end(with: ClientError.closed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func end(with error: any Error) {
        if failure == nil { failure = error }
        let calls = pending
        pending = [:]
        for (call, timeout) in calls.values {
            timeout?.cancel()
            call.complete(.failure(error))
        }
        let ended = listeners
        listeners = [:]
        for listener in ended.values { listener.finish() }
    }

    private static let opening = Array(#"{"jsonrpc":"2.0","id":"#.utf8)

    /// The id of a reply that begins as the daemon's do.
    static func replyID(_ line: [UInt8]) -> Int64? {
        guard line.starts(with: opening) else { return nil }
        var id: Int64 = 0
        var place = opening.count
        let first = place
        while place < line.count, place - first < 18, (48...57).contains(line[place]) {
            id = id * 10 + Int64(line[place] - 48)
            place += 1
        }
        guard place > first, place < line.count, line[place] == UInt8(ascii: ",") else { return nil }
        return id
    }
}
