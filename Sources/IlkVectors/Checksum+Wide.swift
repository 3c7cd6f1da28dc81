import CXXHash

extension Checksum {
    /// XXH3 in 128 bits: for keys that must not collide among billions.
    package static func wide(_ bytes: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64) {
        let value = unsafe XXH3_128bits(bytes.baseAddress, bytes.count)
        return (value.high64, value.low64)
    }
}
