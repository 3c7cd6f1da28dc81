/// Ranges of some array by code point, in pages of 256.
struct CodePointTable: Sendable {
    private var pages = [UInt16](repeating: 0, count: 0x1100)
    /// A range is its start + 1, and its count in the low 8 bits; the first page has none.
    private var ranges = [UInt32](repeating: 0, count: 256)

    static let largestStart = 1 << 24 - 2
    static let largestCount = 255

    /// Sets the range of a code point below 0x110000.
    mutating func set(_ codePoint: UInt32, start: Int, count: Int) {
        let page = Int(codePoint >> 8)
        if pages[page] == 0 {
            pages[page] = UInt16(ranges.count / 256)
            ranges.append(contentsOf: repeatElement(0, count: 256))
        }
        ranges[Int(pages[page]) * 256 + Int(codePoint & 255)] = UInt32(start + 1) << 8 | UInt32(count)
    }

    @inline(__always)
    subscript(_ codePoint: UInt32) -> Range<Int>? {
        let range = ranges[Int(pages[Int(codePoint >> 8)]) * 256 + Int(codePoint & 255)]
        guard range != 0 else { return nil }
        let start = Int(range >> 8) - 1
        return start..<start + Int(range & 255)
    }
}
