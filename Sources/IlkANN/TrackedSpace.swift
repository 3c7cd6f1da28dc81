import IlkVectors
import Synchronization

/// Address space that knows which of its blocks were written to since each was last copied.
///
/// Whoever writes notes it afterwards; several threads may. Whoever copies takes the note first, so that a write beside it
/// leaves one.
@safe final class TrackedSpace: Sendable {
    /// Small enough that the links of a few thousand new points, which are all over a graph, touch a small part of it.
    static let blockSize = 4_096

    private let space: AddressSpace
    /// A byte a block, 1 where it was written to.
    private let notes: AddressSpace

    init(byteCount: Int) throws(IndexError) {
        guard let space = AddressSpace(byteCount: byteCount),
            let notes = AddressSpace(byteCount: space.byteCount / Self.blockSize)
        else { throw .noAddressSpace(bytes: byteCount) }
        self.space = space
        self.notes = notes
    }

    var base: UnsafeMutableRawPointer { unsafe space.base }
    var byteCount: Int { space.byteCount }

    /// Notes that these bytes were written.
    @inline(__always)
    func noteWrite(at offset: Int, count: Int) {
        // Most are noted already, and a line that is only read stays in every core's cache.
        for block in offset / Self.blockSize...(offset + count - 1) / Self.blockSize
        where unsafe flags[block].load(ordering: .relaxed) == 0 {
            unsafe flags[block].store(1, ordering: .releasing)
        }
    }

    /// Notes every one of these blocks.
    func noteAll(_ blocks: Range<Int>) {
        for block in blocks { unsafe flags[block].store(1, ordering: .relaxed) }
    }

    func notedCount(in blocks: Range<Int>) -> Int {
        blocks.reduce(0) { unsafe $0 + Int(flags[$1].load(ordering: .relaxed)) }
    }

    /// Takes the notes of the first blocks in a row that were written to, at most `limit`; nil where there are none.
    func takeNoted(in blocks: Range<Int>, limit: Int) -> Range<Int>? {
        var first = blocks.lowerBound
        while first < blocks.upperBound, unsafe flags[first].load(ordering: .relaxed) == 0 { first += 1 }
        var end = first
        while end < blocks.upperBound, end - first < limit, unsafe flags[end].load(ordering: .relaxed) != 0 {
            unsafe _ = flags[end].exchange(0, ordering: .acquiring)
            end += 1
        }
        return first < end ? first..<end : nil
    }

    private var flags: UnsafeMutablePointer<Atomic<UInt8>> {
        // SAFETY: zeroed memory; a zero byte is an Atomic of 0.
        unsafe notes.base.assumingMemoryBound(to: Atomic<UInt8>.self)
    }
}
