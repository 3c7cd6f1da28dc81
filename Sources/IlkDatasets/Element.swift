/// The type of a number in a file of vectors.
enum Element: Sendable {
    case f2, f4, f8, u1, i1, i2, i4, i8, u4, u8

    /// Bytes of one.
    var size: Int {
        switch self {
        case .u1, .i1: 1
        case .f2, .i2: 2
        case .f4, .i4, .u4: 4
        case .f8, .i8, .u8: 8
        }
    }

    /// Appends the numbers in `bytes` as f32; what lies beyond f32 becomes an infinity.
    func appendFloats(from bytes: UnsafeRawBufferPointer, isBigEndian: Bool, to output: inout [Float]) {
        switch self {
        case .f2:
            unsafe Self.each(bytes, isBigEndian) { (bits: UInt16) in output.append(Float(Float16(bitPattern: bits))) }
        case .f4:
            unsafe Self.each(bytes, isBigEndian) { (bits: UInt32) in output.append(Float(bitPattern: bits)) }
        case .f8:
            unsafe Self.each(bytes, isBigEndian) { (bits: UInt64) in output.append(Float(Double(bitPattern: bits))) }
        case .u1: for place in bytes.indices { output.append(Float(unsafe bytes[place])) }
        case .i1: for place in bytes.indices { output.append(Float(Int8(bitPattern: unsafe bytes[place]))) }
        case .i2, .i4, .i8, .u4, .u8:
            unsafe forEachInteger(in: bytes, isBigEndian: isBigEndian) { output.append(Float($0)) }
        }
    }

    /// Calls `body` with the integers in `bytes`; a u8 over `Int64.max` comes as -1, which is no row.
    ///
    /// - Precondition: the type is an integer's.
    func forEachInteger(in bytes: UnsafeRawBufferPointer, isBigEndian: Bool, _ body: (Int64) -> Void) {
        switch self {
        case .u1: for place in bytes.indices { body(Int64(unsafe bytes[place])) }
        case .i1: for place in bytes.indices { body(Int64(Int8(bitPattern: unsafe bytes[place]))) }
        case .i2: unsafe Self.each(bytes, isBigEndian) { (bits: UInt16) in body(Int64(Int16(bitPattern: bits))) }
        case .i4: unsafe Self.each(bytes, isBigEndian) { (bits: UInt32) in body(Int64(Int32(bitPattern: bits))) }
        case .u4: unsafe Self.each(bytes, isBigEndian) { (bits: UInt32) in body(Int64(bits)) }
        case .i8: unsafe Self.each(bytes, isBigEndian) { (bits: UInt64) in body(Int64(bitPattern: bits)) }
        case .u8: unsafe Self.each(bytes, isBigEndian) { (bits: UInt64) in body(Int64(exactly: bits) ?? -1) }
        case .f2, .f4, .f8: preconditionFailure("\(self) is no integer")
        }
    }

    var isInteger: Bool {
        switch self {
        case .f2, .f4, .f8: false
        case .u1, .i1, .i2, .i4, .i8, .u4, .u8: true
        }
    }

    @inline(__always)
    private static func each<Bits: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ isBigEndian: Bool, _ body: (Bits) -> Void
    ) {
        let size = MemoryLayout<Bits>.size
        for place in 0..<bytes.count / size {
            let bits = unsafe bytes.loadUnaligned(fromByteOffset: place * size, as: Bits.self)
            body(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
        }
    }
}
