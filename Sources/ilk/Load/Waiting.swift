import Synchronization

/// How a load waits for the daemon: not longer than until Ctrl-C, and not without a word.
final class Waiting: Sendable {
    private let interrupt: Interrupt
    private let bar: ProgressBar
    private let noted = Mutex<ContinuousClock.Instant?>(nil)
    /// After so long it is said what is waited for, and again so often.
    private static let silence = Duration.seconds(1), interval = Duration.seconds(30)
    /// How often it is asked whether the load is interrupted.
    private static let step = Duration.milliseconds(100)

    init(interrupt: Interrupt, bar: ProgressBar) {
        self.interrupt = interrupt
        self.bar = bar
    }

    /// Waits a while for what has lasted since `began`; several requests that wait say so once.
    ///
    /// - Throws: `CancellationError` upon Ctrl-C.
    func sleep(for duration: Duration, because reason: String, since began: ContinuousClock.Instant) async throws {
        let end = ContinuousClock.now + duration
        while true {
            if interrupt.isRequested { throw CancellationError() }
            let now = ContinuousClock.now
            if now - began > Self.silence { note(reason, now) }
            guard now < end else { return }
            try await Task.sleep(for: min(Self.step, end - now))
        }
    }

    private func note(_ reason: String, _ now: ContinuousClock.Instant) {
        let isDue = noted.withLock { noted in
            if let last = noted, now - last < Self.interval { return false }
            noted = now
            return true
        }
        guard isDue else { return }
        bar.clear()
        Output.note("ilk: waiting: \(reason)")
    }
}
