import Dispatch
import Glibc
import IlkProtocol
import Synchronization

/// Where texts wait for their vectors: two lanes, and threads of their own for each.
///
/// A bulk import saturates its threads, which run at a low priority; the threads of the interactive lane take the CPU
/// from them at once, in the middle of a batch, so that a query waits neither behind the import nor for the end of a
/// slice of it. A text of 512 tokens takes a fifth of a second on one core: slices alone could not do that.
///
/// Work is taken in slices of about as many tokens as a batch needs to run at full speed. A request that is longer goes
/// back to the end of its lane after each slice, so that a short one does not wait for all of a long one before it.
/// A slice holds texts of several requests where their model is the same. Order within a request does not change.
final class EmbeddingQueue: Sendable {
    struct Options: Sendable {
        /// Threads of each lane.
        var threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        /// Tokens of a slice by lane.
        var interactiveSlice = 256
        var bulkSlice = 1_024
        /// Tokens that may wait by lane.
        var interactiveLimit = 1 << 17
        var bulkLimit = 1 << 23
        /// How much lower the priority of the bulk lane's threads is.
        var bulkNice: Int32 = 15
    }

    /// Texts of one model that are embedded together.
    struct Slice {
        var model: EmbeddingModel
        var parts: [(request: EmbeddingRequest, texts: Range<Int>)]
    }

    private struct Waiting {
        var request: EmbeddingRequest
        /// The first text that nobody has taken.
        var next = 0
    }

    private struct Lane {
        var waiting: [Waiting] = []
        var tokens = 0
    }

    private struct State {
        var interactive = Lane()
        var bulk = Lane()
        var isClosed = false

        subscript(lane: EmbeddingLane) -> Lane {
            get { lane == .interactive ? interactive : bulk }
            _modify {
                if lane == .interactive { yield &interactive } else { yield &bulk }
            }
        }
    }

    /// Tokens that are not shared out among threads any further.
    private static let smallestSlice = 128
    /// How many requests of other models are passed over for more of the same.
    private static let looksAhead = 64

    let options: Options
    let statistics = EmbeddingStatistics()
    private let cache: (any VectorCache)?
    private let state = Mutex(State())
    private let wakeInteractive = DispatchSemaphore(value: 0)
    private let wakeBulk = DispatchSemaphore(value: 0)
    private let running = DispatchGroup()

    init(options: Options = Options(), cache: (any VectorCache)?) {
        self.options = options
        self.cache = cache
        for lane in EmbeddingLane.allCases {
            for _ in 0..<options.threads {
                running.enter()
                let started = DetachedThread.start { [self] in
                    run(lane)
                    running.leave()
                }
                if !started { running.leave() }
            }
        }
    }

    /// Queues a request; its completion is called on a thread of the queue.
    ///
    /// - Throws: `overloaded` where the lane is full, `too_large` where it could never hold the request, `unavailable`
    ///   after ``close()``. Then the completion is not called.
    func submit(_ request: EmbeddingRequest) throws(IlkError) {
        let lane = request.lane
        let limit = lane == .interactive ? options.interactiveLimit : options.bulkLimit
        guard request.estimatedTokens <= limit else {
            throw IlkError(
                .tooLarge,
                "\(request.task.texts.count) texts of about \(request.estimatedTokens) tokens are more than the \(limit) that may "
                    + "wait at once; send them in smaller requests")
        }
        let refusal: IlkError? = state.withLock { state in
            guard !state.isClosed else { return IlkError(.unavailable, "ilk is stopping; send the texts again later") }
            let waiting = state[lane].tokens
            guard waiting + request.estimatedTokens <= limit else {
                return IlkError(
                    .overloaded, "about \(waiting) tokens wait to be embedded; send these texts again a little later",
                    retryAfterMilliseconds: statistics.milliseconds(for: waiting / 2, threads: options.threads))
            }
            state[lane].tokens += request.estimatedTokens
            state[lane].waiting.append(Waiting(request: request))
            return nil
        }
        if let refusal {
            statistics.countRefusal()
            throw refusal
        }
        // One thread a slice, and no more than there are.
        let slices = request.estimatedTokens / Self.smallestSlice + 1
        for _ in 0..<min(slices, options.threads) { wake(lane).signal() }
    }

    /// Tokens that wait, by lane.
    func waitingTokens(_ lane: EmbeddingLane) -> Int { state.withLock { $0[lane].tokens } }

    /// Refuses what waits, lets the slices that run come to their end, and ends the threads.
    func close() {
        let left = state.withLock { state in
            state.isClosed = true
            let left = (state.interactive.waiting + state.bulk.waiting).map(\.request)
            state.interactive = Lane()
            state.bulk = Lane()
            return left
        }
        for request in left { request.fail(IlkError(.unavailable, "ilk is stopping; send the texts again later")) }
        for _ in 0..<options.threads {
            wakeInteractive.signal()
            wakeBulk.signal()
        }
        running.wait()
    }

    private func wake(_ lane: EmbeddingLane) -> DispatchSemaphore { lane == .interactive ? wakeInteractive : wakeBulk }

    private func sliceTokens(_ lane: EmbeddingLane) -> Int {
        lane == .interactive ? options.interactiveSlice : options.bulkSlice
    }

    private func run(_ lane: EmbeddingLane) {
        if lane == .bulk {
            // On Linux a nice value belongs to a thread.
            let thread = __priority_which_t(PRIO_PROCESS.rawValue)
            _ = setpriority(thread, 0, min(getpriority(thread, 0) + options.bulkNice, 19))
        }
        while true {
            wake(lane).wait()
            while let slice = take(lane) {
                SliceRun(slice: slice, lane: lane, statistics: statistics, cache: cache).run(
                    threads: lane == .interactive ? options.threads : 1, tokenLimit: sliceTokens(lane))
            }
            if state.withLock({ $0.isClosed }) { return }
        }
    }

    /// The next slice of a lane; nil if nothing waits.
    private func take(_ lane: EmbeddingLane) -> Slice? {
        var over: [EmbeddingRequest] = []
        let slice = state.withLock { state in
            // A short import is shared out among the threads, a long one goes in slices that run at full speed.
            let share = state[lane].tokens / options.threads + 1
            let most = sliceTokens(lane)
            let tokens = lane == .bulk ? min(most, max(share, Self.smallestSlice)) : most
            return take(&state[lane], tokens: tokens, over: &over)
        }
        for request in over { request.fail(EmbeddingRequest.cancelled) }
        return slice
    }

    private func take(_ lane: inout Lane, tokens: Int, over: inout [EmbeddingRequest]) -> Slice? {
        var slice: Slice?
        var left = tokens
        var place = 0
        var unfinished: [Waiting] = []
        while place < min(lane.waiting.count, Self.looksAhead), left > 0 {
            var waiting = lane.waiting[place]
            let request = waiting.request
            if request.isOver {
                lane.tokens -= weight(request, waiting.next..<request.task.texts.count)
                lane.waiting.remove(at: place)
                over.append(request)
                continue
            }
            guard slice == nil || slice?.model === request.model else {
                place += 1
                continue
            }
            let first = waiting.next
            while waiting.next < request.task.texts.count, left > 0 {
                left -= EmbeddingRequest.estimate(request.task.texts[waiting.next], request.model)
                waiting.next += 1
            }
            lane.tokens -= weight(request, first..<waiting.next)
            if slice == nil { slice = Slice(model: request.model, parts: []) }
            slice?.parts.append((request, first..<waiting.next))
            lane.waiting.remove(at: place)
            if waiting.next < request.task.texts.count { unfinished.append(waiting) }
        }
        lane.waiting += unfinished
        return slice
    }

    private func weight(_ request: EmbeddingRequest, _ texts: Range<Int>) -> Int {
        request.task.texts[texts].reduce(0) { $0 + EmbeddingRequest.estimate($1, request.model) }
    }
}
