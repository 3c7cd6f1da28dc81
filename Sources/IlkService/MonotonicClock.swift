import Glibc

/// Nanoseconds of CLOCK_MONOTONIC: what every duration here is a difference of.
package func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    // SAFETY: the pointer is to a local that outlives the call.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
