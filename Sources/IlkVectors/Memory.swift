import CIlkKernels
import Glibc

/// Hints to the CPU about memory.
package enum Memory {
    /// Asks for the cache line at `address`; any address is allowed.
    @inlinable @inline(__always)
    package static func prefetch(_ address: UnsafeRawPointer) { unsafe ilk_prefetch(address) }

    /// Says that a part of a mapped file is read here and there, so that nothing beside it need be read ahead.
    package static func expectRandomReads(of bytes: UnsafeRawBufferPointer) { unsafe advise(bytes, MADV_RANDOM) }

    /// Says that a part of a mapped file has been read for now: its pages are given back, and read again if touched.
    package static func giveBack(_ bytes: UnsafeRawBufferPointer) { unsafe advise(bytes, MADV_DONTNEED) }

    /// Gives advice on the pages that lie wholly within `bytes`.
    private static func advise(_ bytes: UnsafeRawBufferPointer, _ advice: Int32) {
        guard let base = bytes.baseAddress else { return }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let start = unsafe base.alignedUp(toMultipleOf: page)
        let count = unsafe (base + bytes.count - start) / page * page
        if count > 0 { unsafe madvise(UnsafeMutableRawPointer(mutating: start), count, advice) }
    }
}
