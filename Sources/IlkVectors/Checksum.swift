import CXXHash

/// XXH3 (Collet, xxHash 0.8), 64 bits: what every section of a derived file is checked by.
package enum Checksum {
    /// The checksum of these bytes; of none, that of the empty string.
    package static func xxh3(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        unsafe XXH3_64bits(bytes.baseAddress, bytes.count)
    }

    package static func xxh3(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        // SAFETY: the bytes are only read while the closure runs.
        unsafe bytes.withUnsafeBytes { unsafe xxh3($0) }
    }

    /// The checksum of these bytes and others after them.
    package static func xxh3(_ bytes: UnsafeRawBufferPointer, followedBy others: UnsafeRawBufferPointer) -> UInt64 {
        guard unsafe !others.isEmpty else { return unsafe xxh3(bytes) }
        var checksum = RunningChecksum()
        unsafe checksum.update(bytes)
        unsafe checksum.update(others)
        return checksum.value
    }

    /// The checksum of these bytes and some zeros after them.
    package static func xxh3(_ bytes: UnsafeRawBufferPointer, followedByZeros zeros: Int) -> UInt64 {
        unsafe [UInt8](repeating: 0, count: zeros).withUnsafeBytes { unsafe xxh3(bytes, followedBy: $0) }
    }
}

/// The same checksum of bytes that come piece by piece.
@safe package struct RunningChecksum: ~Copyable {
    private let state: OpaquePointer

    package init() {
        guard let state = unsafe XXH3_createState() else { preconditionFailure("no memory for a checksum") }
        unsafe XXH3_64bits_reset(state)
        unsafe self.state = state
    }

    deinit { unsafe _ = XXH3_freeState(state) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe _ = XXH3_64bits_update(state, bytes.baseAddress, bytes.count)
    }

    /// The checksum of all bytes so far.
    package var value: UInt64 { unsafe XXH3_64bits_digest(state) }
}
