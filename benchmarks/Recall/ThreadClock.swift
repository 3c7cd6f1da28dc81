import Glibc

/// Seconds by two clocks: the wall's, and the CPU time of the calling thread, which others on the machine disturb least.
enum Clock: String {
    case wall
    case threadCPU = "thread_cpu"

    var now: Double {
        var time = timespec()
        unsafe clock_gettime(self == .wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What `body` takes on this clock, in seconds.
    func time(_ body: () throws -> Void) rethrows -> Double {
        let start = now
        try body()
        return now - start
    }

    /// The clock for work on so many threads: what several threads gain shows on the wall's only.
    static func of(threads: Int) -> Clock { threads == 1 ? .threadCPU : .wall }
}

extension Sequence<Double> {
    /// The middle one, or the upper middle one of an even number; 0 of none.
    var median: Double {
        let sorted = sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}
