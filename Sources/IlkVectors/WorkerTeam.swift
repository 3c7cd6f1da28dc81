import CIlkKernels
import Glibc
import Synchronization

/// Threads that stand by, for work of a few milliseconds: starting a thread costs tens of microseconds.
///
/// A helper that has nothing to do looks for work for some microseconds, because waking a sleeping one can cost 100 µs
/// on a virtual machine, and then sleeps. There is a team for each nice value, as threads inherit their maker's.
package final class WorkerTeam: Sendable {
    private let idle = Mutex<[Helper]>([])

    private static let teams = Mutex<[Int32: WorkerTeam]>([:])
    /// Helpers that a team keeps; a call that asks for more gets those that are idle.
    private static let largest = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)) - 1)
    private let made = Mutex<Int>(0)

    /// The team whose threads have the caller's nice value.
    package static var ofCaller: WorkerTeam {
        let nice = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        return teams.withLock { teams in
            if let team = teams[nice] { return team }
            let team = WorkerTeam()
            teams[nice] = team
            return team
        }
    }

    /// Calls `body` on the caller's thread with 0, and on up to `threads - 1` helpers with other numbers.
    ///
    /// Returns when the caller's call and those that helpers have begun have returned; a helper that comes too late does
    /// not begin. So the work has to be claimed, not dealt out.
    package func run(threads: Int, _ body: @Sendable (Int) -> Void) {
        let helpers = threads > 1 ? take(threads - 1) : []
        guard !helpers.isEmpty else { return body(0) }
        withoutActuallyEscaping(body) { body in
            for (place, helper) in helpers.enumerated() { helper.post { body(place + 1) } }
            body(0)
            for helper in helpers { helper.recall() }
        }
        // One by one: an empty array would adopt the storage of `helpers`, where ThreadSanitizer does not see the hand-over.
        idle.withLock { idle in for helper in helpers { idle.append(helper) } }
    }

    private func take(_ count: Int) -> [Helper] {
        var taken = idle.withLock { idle in
            let taken = Array(idle.suffix(count))
            idle.removeLast(taken.count)
            return taken
        }
        while taken.count < count {
            let allowed = made.withLock { made in
                guard made < Self.largest else { return false }
                made += 1
                return true
            }
            guard allowed else { break }
            guard let helper = Helper.start() else {
                made.withLock { $0 -= 1 }
                break
            }
            taken.append(helper)
        }
        return taken
    }
}

/// One thread that stands by.
@safe private final class Helper: Sendable {
    /// What a helper's state says.
    private static let idle = 0, posted = 1, running = 2

    private let state = Atomic<Int>(Helper.idle)
    // SAFETY: written by the poster before `posted` is released, read by the helper after it is acquired.
    private nonisolated(unsafe) var work: (@Sendable () -> Void)?
    // SAFETY: made in init and never freed: a helper lives as long as the process.
    private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private nonisolated(unsafe) let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Looks at the state before sleeping: some 30 µs of pauses.
    private static let looks = 800

    private init() {
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(wake, nil)
    }

    static func start() -> Helper? {
        let helper = Helper()
        var thread = pthread_t()
        let retained = unsafe Unmanaged.passRetained(helper)
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                // SAFETY: the argument is the retained helper that pthread_create was given; it is never released.
                unsafe Unmanaged<Helper>.fromOpaque(argument!).takeUnretainedValue().loop()
            }, retained.toOpaque())
        guard result == 0 else {
            unsafe retained.release()
            return nil
        }
        pthread_detach(thread)
        return helper
    }

    /// Gives the helper something to do; it is idle.
    func post(_ body: @escaping @Sendable () -> Void) {
        unsafe work = body
        state.store(Self.posted, ordering: .releasing)
        unsafe pthread_mutex_lock(mutex)
        unsafe pthread_cond_signal(wake)
        unsafe pthread_mutex_unlock(mutex)
    }

    /// Takes the work back if it has not begun, else waits for its end.
    func recall() {
        let (taken, _) = state.compareExchange(
            expected: Self.posted, desired: Self.idle, ordering: .acquiringAndReleasing)
        var looks = 0
        while !taken, state.load(ordering: .acquiring) != Self.idle { Wait.moment(&looks) }
        unsafe work = nil
    }

    private func loop() -> Never {
        while true {
            var looks = 0
            while state.load(ordering: .relaxed) != Self.posted, looks < Self.looks {
                ilk_pause()
                looks += 1
            }
            if state.load(ordering: .relaxed) != Self.posted {
                unsafe pthread_mutex_lock(mutex)
                while state.load(ordering: .relaxed) != Self.posted { unsafe pthread_cond_wait(wake, mutex) }
                unsafe pthread_mutex_unlock(mutex)
            }
            let (begun, _) = state.compareExchange(
                expected: Self.posted, desired: Self.running, ordering: .acquiringAndReleasing)
            guard begun else { continue }
            unsafe work?()
            state.store(Self.idle, ordering: .releasing)
        }
    }
}

/// Waiting for another thread that is about to finish.
enum Wait {
    /// One look's pause; after many the thread lets others run.
    static func moment(_ looks: inout Int) {
        looks += 1
        if looks < 1_000 { ilk_pause() } else { sched_yield() }
    }
}
