/// Numbers of a fixed width in bits, one after the other, little-endian, padded to whole bytes.
enum PackedIntegers {
    /// Bits that the largest of these numbers needs.
    static func width(_ values: UnsafeBufferPointer<UInt32>) -> Int {
        var union: UInt32 = 0
        for place in 0..<values.count { unsafe union |= values[place] }
        return 32 - union.leadingZeroBitCount
    }

    static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

    static func pack(_ values: UnsafeBufferPointer<UInt32>, width: Int, into bytes: inout GrowingBuffer<UInt8>) {
        guard width > 0 else { return }
        var word: UInt64 = 0
        var bits = 0
        for place in 0..<values.count {
            unsafe word |= UInt64(values[place]) << UInt64(bits)
            bits += width
            while bits >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
                bits -= 8
            }
        }
        if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: word)) }
    }

    /// The number at a place, from which on 8 bytes must be readable.
    @inline(__always)
    static func value(_ bytes: UnsafeRawPointer, width: Int, at place: Int) -> UInt32 {
        let bit = place &* width
        let word = unsafe bytes.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self)
        return UInt32(truncatingIfNeeded: (word &>> UInt64(bit & 7)) & ((1 &<< UInt64(width)) &- 1))
    }
}
