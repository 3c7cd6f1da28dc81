import CIlkKernels

/// Hints to the CPU about memory.
package enum Memory {
    /// Asks for the cache line at `address`; any address is allowed.
    @inlinable @inline(__always)
    package static func prefetch(_ address: UnsafeRawPointer) { unsafe ilk_prefetch(address) }
}
