/// The pieces of a vocabulary as a trie over their UTF-8, in one array of 8-byte units.
///
/// A double array (Aoe, 1989) addressed as in Yata's darts-clone: the child of a unit by `byte` lies at
/// `base ^ byte`, and carries the byte to prove it. No two units share a base, so the byte alone is proof enough.
struct PieceTrie: Sendable {
    /// base (32 bits), id + 1 or 0 (23 bits), byte (8 bits), in use (1 bit).
    let units: [UInt64]

    static let largestID = (1 << 23) - 2

    /// Where walks begin.
    static let root = 0

    /// One piece, by where its bytes lie in a text of many, and the id that a walk finds at its end.
    struct Entry {
        var bytes: Range<Int>
        var id: Int32
    }

    static func unit(base: Int, id: Int32?, byte: UInt8) -> UInt64 {
        UInt64(base) | UInt64(id.map { Int($0) + 1 } ?? 0) << 32 | UInt64(byte) << 55 | 1 << 63
    }

    /// The unit of a child, or nil.
    @inline(__always)
    static func step(_ units: borrowing Span<UInt64>, from unit: UInt64, by byte: UInt8) -> UInt64? {
        let place = Int(truncatingIfNeeded: unit & 0xFFFF_FFFF) ^ Int(byte)
        // SAFETY: every base is below the count, which is a multiple of 256: changing the low byte stays within.
        let child = unsafe units[unchecked: place]
        return child >> 55 == UInt64(byte) | 1 << 8 ? child : nil
    }

    /// The id of the piece that ends at a unit, or a negative number.
    @inline(__always)
    static func id(of unit: UInt64) -> Int { Int(truncatingIfNeeded: (unit >> 32) & 0x7F_FFFF) - 1 }

    /// The longest piece that `text` has at `start`: where it ends and its id.
    func longest(in text: borrowing Span<UInt8>, at start: Int) -> (end: Int, id: Int)? {
        let units = units.span
        var unit = units[Self.root]
        var found: (end: Int, id: Int)?
        var place = start
        while place < text.count, let next = Self.step(units, from: unit, by: text[place]) {
            unit = next
            place += 1
            if Self.id(of: unit) >= 0 { found = (place, Self.id(of: unit)) }
        }
        return found
    }
}
