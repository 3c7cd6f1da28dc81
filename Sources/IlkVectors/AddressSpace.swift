import Glibc

/// Memory for a growing array whose elements never move: address space reserved once, pages taken when touched.
///
/// Huge pages are asked for from the second 2 MiB on: with 4 KiB pages a search was measured 13 to 22 % slower, but an
/// array of a few kilobytes, of which a small collection has many, should not take 2 MiB.
@safe package final class AddressSpace: Sendable {
    // SAFETY: mapped in init, unmapped in deinit; who writes where is the owner's contract.
    package nonisolated(unsafe) let base: UnsafeMutableRawPointer
    /// Bytes from `base` that may be used.
    package let byteCount: Int
    // SAFETY: only deinit uses it.
    private nonisolated(unsafe) let mapping: UnsafeMutableRawBufferPointer

    private static let hugePage = 2 << 20

    /// Reserves at least `byteCount` bytes, all zero; nil where the system refuses so much address space.
    package init?(byteCount: Int) {
        let huge = Self.hugePage
        self.byteCount = (max(byteCount, 1) + huge - 1) / huge * huge
        // One huge page more, so that the first element can start on a huge page's boundary.
        let reserved = self.byteCount + huge
        let mapped = unsafe mmap(
            nil, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return nil }
        unsafe mapping = UnsafeMutableRawBufferPointer(start: mapped, count: reserved)
        unsafe base = mapped.alignedUp(toMultipleOf: huge)
        if self.byteCount > huge { unsafe madvise(base + huge, self.byteCount - huge, MADV_HUGEPAGE) }
    }

    deinit { unsafe munmap(mapping.baseAddress, mapping.count) }

    /// Gives back the pages of the first `byteCount` bytes, which read as zero from then on.
    package func discard() { unsafe madvise(base, byteCount, MADV_DONTNEED) }
}
