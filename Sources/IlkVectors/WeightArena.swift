import Synchronization

/// Memory for a model's packed matrices: side by side in huge pages, freed together.
///
/// A forward pass goes through all of it, so small pages would cost it a walk of the page table every 4 KiB.
@safe package final class WeightArena: Sendable {
    private let memory: AddressSpace
    private let used: Mutex<Int>

    /// Address space takes huge pages from its second 2 MiB on.
    private static let start = 2 << 20

    /// Address space for so many bytes; nil where the system refuses.
    ///
    /// Pages are taken only as they are written.
    package init?(capacity: Int) {
        guard let memory = AddressSpace(byteCount: Self.start + capacity) else { return nil }
        self.memory = memory
        used = Mutex(Self.start)
    }

    /// Room on a cache line's boundary, all zero; nil where there is not so much left.
    func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        let offset: Int? = used.withLock { used in
            let rounded = (byteCount + 63) / 64 * 64
            guard rounded <= memory.byteCount - used else { return nil }
            defer { used += rounded }
            return used
        }
        return unsafe offset.map { unsafe memory.base + $0 }
    }
}
