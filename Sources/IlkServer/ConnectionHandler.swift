import IlkProtocol
import IlkService
import NIOCore
import NIOPosix
import Synchronization

/// One connection: cuts what comes into lines, hands them to the engine, and sends what it answers.
///
/// Lines are taken up in the order in which they came; replies leave as they are ready. Nothing more is taken up, and
/// nothing read, while the client does not read its replies, while too many of its requests are under way, and while
/// a long line is parsed on the pool. What waits then is at most one read and the line in the making.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Sent down the pipeline when the server stops.
    struct StopEvent: Sendable {}

    /// What all connections of a server share.
    final class Shared: Sendable {
        let engine: Engine
        let options: ServerOptions
        let parsers = ParserCache()
        /// Bytes of unfinished lines.
        let unfinished = Atomic(0)

        init(engine: Engine, options: ServerOptions) {
            self.engine = engine
            self.options = options
        }
    }

    private let shared: Shared
    private var engine: Engine { shared.engine }
    private var options: ServerOptions { shared.options }
    /// This connection's part of the unfinished lines that all hold.
    private var unfinished = 0
    private var framer: LineFramer
    private var context: ChannelHandlerContext?
    private var outbox: Outbox?

    /// Read, but not yet cut into lines.
    private var held = ByteBuffer()
    /// Cut, but not yet taken up; `nil` is a line over the limit.
    private var lines: [[UInt8]?] = []
    private var nextLine = 0
    private var replies = ByteBuffer()
    private var repliesCount = 0

    private var underWay = 0
    private var isParsingLongLine = false
    private var isWorking = false
    private var isReadHeld = false
    private var isEnding = false
    private var isReading = false
    /// When other connections of the loop have their turn, in the midst of a burst of this one's lines.
    private var turnEnds: UInt64 = 0
    private var isYielding = false
    private static let turn: UInt64 = 2_000_000

    init(_ shared: Shared) {
        self.shared = shared
        framer = LineFramer(limit: shared.options.lineLimit)
    }

    private var mayWork: Bool {
        !isParsingLongLine && !isYielding && underWay < options.requestLimit && (context?.channel.isWritable ?? false)
    }

    // MARK: What comes

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        outbox = Outbox(self, loop: context.eventLoop)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        outbox = nil
        lines = []
        nextLine = 0
        held = ByteBuffer()
        replies = ByteBuffer()
        account(for: 0)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        isReading = true
        turnEnds = monotonicNanoseconds() + Self.turn
        if held.readableBytes > 0 || nextLine < lines.count || !mayWork {
            held.writeBuffer(&buffer)
        } else {
            cut(buffer)
        }
        work()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if mayWork && !isEnding { context.read() } else { isReadHeld = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        work()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is StopEvent:
            isEnding = true
            work()
        case ChannelEvent.inputClosed:
            // What comes after the last line feed is no line: a client that was cut off may not have meant it.
            isEnding = true
            work()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Lines

    /// Takes up what waits for as long as it may, then asks for more.
    private func work() {
        guard !isWorking, context != nil else { return }
        isWorking = true
        while mayWork {
            if nextLine < lines.count {
                let line = lines[nextLine]
                nextLine += 1
                if nextLine == lines.count {
                    lines.removeAll(keepingCapacity: lines.capacity < 256)
                    nextLine = 0
                }
                if let line { unsafe line.withUnsafeBytes { unsafe take(line: $0) } } else { refuseLongLine() }
            } else if held.readableBytes > 0 {
                let buffer = held
                held = ByteBuffer()
                cut(buffer)
            } else {
                break
            }
        }
        isWorking = false
        if !isReading { flush() }
        if isReadHeld && mayWork && !isEnding {
            isReadHeld = false
            context?.read()
        }
        endIfDone()
    }

    /// Cuts bytes into lines, and takes them up straight from the buffer until something must wait.
    private func cut(_ buffer: ByteBuffer) {
        let wasWorking = isWorking
        isWorking = true
        defer { isWorking = wasWorking }
        unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe framer.feed(bytes) { event in
                switch event {
                case .line(let line):
                    if nextLine == lines.count && mayWork {
                        unsafe take(line: line)
                    } else {
                        unsafe lines.append([UInt8](line))
                    }
                case .oversized:
                    if nextLine == lines.count && mayWork { refuseLongLine() } else { lines.append(nil) }
                }
            }
        }
        // A connection that was closed by what it got has given back its part already.
        account(for: context == nil ? 0 : framer.heldBytes)
    }

    /// Counts what the framer holds of an unfinished line; a connection that holds too much when all hold too much is
    /// closed, for its line cannot be finished.
    private func account(for bytes: Int) {
        let change = bytes - unfinished
        guard change != 0 else { return }
        unfinished = bytes
        let all = shared.unfinished.wrappingAdd(change, ordering: .relaxed).newValue
        guard change > 0, bytes > 1 << 20, all > options.unfinishedLinesLimit, let outbox else { return }
        account(for: 0)
        framer = LineFramer(limit: options.lineLimit)
        isEnding = true
        underWay += 1
        refuse(
            IlkError(
                .overloaded, "\(all >> 20) MiB of unfinished lines are held; send shorter lines",
                retryAfterMilliseconds: 1_000), outbox)
    }

    private func take(line: UnsafeRawBufferPointer) {
        guard let outbox else { return }
        if line.count > options.inlineLineLimit { return unsafe takeOnPool([UInt8](line), outbox) }
        let began = monotonicNanoseconds()
        let parsed = unsafe shared.parsers.parse(line)
        if case .single(let call) = parsed, case .success(.search) = call.command {
            engine.metrics.record(.parse, nanoseconds: monotonicNanoseconds() - began)
        }
        begin(parsed, outbox)
        if monotonicNanoseconds() > turnEnds { yield() }
    }

    /// Lets the loop's other connections have a turn before the next line.
    private func yield() {
        guard let context, !isYielding else { return }
        isYielding = true
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.execute {
            bound.value.isYielding = false
            bound.value.turnEnds = monotonicNanoseconds() + Self.turn
            bound.value.work()
        }
    }

    private func begin(_ parsed: ParsedLine, _ outbox: Outbox) {
        let weight = parsed.weight
        underWay += weight
        engine.handle(parsed, reply: { outbox.put($0, weight: weight) }, notify: { outbox.put($0, weight: 0) })
    }

    /// The line is parsed and begun on the pool, and the lines after it wait, so that their order stays.
    private func takeOnPool(_ line: [UInt8], _ outbox: Outbox) {
        isParsingLongLine = true
        underWay += 1
        let accepted = engine.runOnPool { [shared] in
            let parsed = unsafe line.withUnsafeBytes { unsafe shared.parsers.parse($0) }
            let weight = parsed.weight
            shared.engine.handle(
                parsed, reply: { outbox.put($0, weight: weight) }, notify: { outbox.put($0, weight: 0) })
            outbox.longLineTaken(weight: weight)
        }
        guard !accepted else { return }
        isParsingLongLine = false
        refuse(
            IlkError(
                .unavailable, "the daemon is stopping; send it again after the restart", retryAfterMilliseconds: 1_000),
            outbox)
    }

    /// - Parameter weight: what the line turned out to count; 1 was counted when it went to the pool.
    func longLineTaken(weight: Int) {
        underWay += weight - 1
        isParsingLongLine = false
        work()
    }

    private func refuseLongLine() {
        guard let outbox else { return }
        underWay += 1
        refuse(
            IlkError(
                .tooLarge,
                "the line is longer than \(options.lineLimit) bytes and was skipped; send fewer points a line"),
            outbox)
    }

    private func refuse(_ error: IlkError, _ outbox: Outbox) {
        engine.handle(
            Call(id: .null, command: .failure(error)), reply: { outbox.put($0, weight: 1) }, notify: { _ in })
    }

    // MARK: What goes

    /// Takes replies and notifications; they leave at the end of the read, or at once if there is none.
    func take(_ outgoing: [Outbox.Outgoing]) {
        for piece in outgoing {
            underWay -= piece.weight
            guard context != nil, !piece.line.isEmpty else { continue }
            replies.writeBytes(piece.line)
            replies.writeInteger(UInt8(ascii: "\n"))
            repliesCount += 1
            // Handed over piece by piece, so that the channel knows when the client does not keep up.
            if replies.readableBytes >= options.outboundHighWater / 4 { flush() }
        }
        guard !isWorking else { return }
        work()
    }

    private func flush() {
        guard let context, replies.readableBytes > 0 else { return }
        let began = monotonicNanoseconds()
        let buffer = replies
        let count = UInt64(max(1, repliesCount))
        replies = ByteBuffer()
        repliesCount = 0
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        engine.metrics.record(.send, nanoseconds: (monotonicNanoseconds() - began) / count)
    }

    /// Closes an ending connection once everything was answered and sent.
    private func endIfDone() {
        guard isEnding, underWay == 0, nextLine == lines.count, held.readableBytes == 0, !isParsingLongLine else {
            return
        }
        guard let context else { return }
        flush()
        self.context = nil
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        // The empty write is done when everything before it is.
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in bound.value.close(promise: nil) }
    }
}

extension ParsedLine {
    /// What a line counts towards the limit of requests under way: 256 where its reply may be of many megabytes, so that
    /// a client that does not read has four of those written for it at most, not a thousand.
    fileprivate var weight: Int {
        switch self {
        case .single(let call): call.weight
        case .batch(let calls): max(1, calls.reduce(0) { $0 + $1.weight })
        }
    }
}

extension Call {
    fileprivate var weight: Int {
        guard case .success(let command) = command else { return 1 }
        switch command {
        case .pointsGet(let get): return get.ids.count > 8 ? 256 : 1
        case .pointsScroll: return 256
        case .search(let search) where search.k > 100: return 256
        case .search(let search) where search.withVectors || search.withPayload != .none: return 1 + search.k / 8
        case .searchBatch(let batch): return batch.searches.count > 10 ? 256 : 1
        default: return 1
        }
    }
}
