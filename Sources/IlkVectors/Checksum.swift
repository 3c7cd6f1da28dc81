import CXXHash

/// XXH3 (Collet, xxHash 0.8), 64 bits: what every section of a derived file is checked by.
package enum Checksum {
    /// The checksum of these bytes; of none, that of the empty string.
    package static func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        unsafe XXH3_64bits(bytes.baseAddress, bytes.count)
    }

    /// The checksum of these bytes and some zeros after them.
    package static func xxh3(_ bytes: UnsafeRawBufferPointer, followedByZeros zeros: Int) -> UInt64 {
        guard let state = unsafe XXH3_createState() else { preconditionFailure("no memory for a checksum") }
        defer { unsafe _ = XXH3_freeState(state) }
        unsafe XXH3_64bits_reset(state)
        unsafe XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
        let padding = [UInt8](repeating: 0, count: zeros)
        unsafe XXH3_64bits_update(state, padding, zeros)
        return unsafe XXH3_64bits_digest(state)
    }
}
