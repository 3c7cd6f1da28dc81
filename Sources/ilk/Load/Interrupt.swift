import Dispatch
import Glibc
import Synchronization

/// Ctrl-C, which ends a load in order: what is under way is finished, and where it stopped is remembered.
final class Interrupt: Sendable {
    private let flag = Atomic(false)
    // Made once, and never touched again but to be let go.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    init() {
        unsafe sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSource.makeSignalSource(signal: number, queue: .global())
        }
        for source in unsafe sources {
            source.setEventHandler { [weak self] in
                // The second time is meant.
                if self?.flag.exchange(true, ordering: .relaxed) ?? true { exit(Failure.failed) }
            }
            source.resume()
        }
    }

    var isRequested: Bool { flag.load(ordering: .relaxed) }
}
