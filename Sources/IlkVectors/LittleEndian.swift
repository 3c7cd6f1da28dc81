/// Numbers as bytes, the lowest first: how every file of ilk's keeps them.
extension [UInt8] {
    package mutating func append(littleEndian number: some FixedWidthInteger) {
        for place in 0..<number.bitWidth / 8 { append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }

    /// Appends many at once: a million in a millisecond, where one after the other they take some ten.
    package mutating func append(littleEndian numbers: [UInt32]) {
        #if _endian(little)
        // SAFETY: the bytes of integers are only read while the closure runs.
        unsafe numbers.withUnsafeBytes { unsafe append(contentsOf: $0) }
        #else
        for number in numbers { append(littleEndian: number) }
        #endif
    }

    package mutating func append(littleEndian numbers: [Float]) {
        append(littleEndian: numbers.map { $0.bitPattern })
    }
}

extension ArraySlice<UInt8> {
    /// The 32-bit numbers that these bytes are; a rest of less than four is left out.
    package var littleEndianWords: [UInt32] {
        // SAFETY: as many bytes are read as there are, and any bytes are integers.
        unsafe withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { place in
                unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self))
            }
        }
    }
}

extension BidirectionalCollection<UInt8> {
    /// The number that these bytes are.
    package func littleEndian<Number: FixedWidthInteger>(_: Number.Type) -> Number {
        reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
