import IlkVectors

/// A model as bytes:
///
///     8 bytes   "ilkrank1"
///     u32       features n
///     n times   u32 and so many bytes of UTF-8: a feature's name
///     3n + 1    f32: means, deviations, coefficients, intercept
///     u64       XXH3 of everything before
///
/// All numbers are little-endian.
extension LogisticRanker {
    static let magic = Array("ilkrank1".utf8)
    private static let mostFeatures = 100_000

    /// The model for keeping.
    package var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: UInt32(names.count))
        for name in names {
            bytes.append(littleEndian: UInt32(name.utf8.count))
            bytes += name.utf8
        }
        for number in means + deviations + coefficients + [intercept] { bytes.append(littleEndian: number.bitPattern) }
        bytes.append(littleEndian: Checksum.xxh3(bytes[...]))
        return bytes
    }

    /// Reads a model.
    ///
    /// - Parameter bytes: as ``bytes`` makes them.
    /// - Throws: where they are anything else, or a number in them cannot be.
    package init(bytes: [UInt8]) throws(CollaborativeError) {
        guard bytes.count > Self.magic.count + 12, Array(bytes.prefix(Self.magic.count)) == Self.magic else {
            throw .malformed("\(bytes.count) bytes that do not begin like a ranking model")
        }
        var rest = bytes.dropLast(8)
        let stored = bytes.suffix(8).littleEndian(UInt64.self)
        guard Checksum.xxh3(rest) == stored else { throw .malformed("bytes that have changed since they were written") }
        rest = rest.dropFirst(Self.magic.count)
        func number() throws(CollaborativeError) -> UInt32 {
            guard rest.count >= 4 else { throw .malformed("fewer bytes than it says") }
            defer { rest = rest.dropFirst(4) }
            return rest.prefix(4).littleEndian(UInt32.self)
        }
        let count = Int(try number())
        guard count <= Self.mostFeatures else { throw .malformed("\(count) features") }
        var names: [String] = []
        for _ in 0..<count {
            let length = Int(try number())
            guard rest.count >= length else { throw .malformed("a name longer than all of it") }
            names.append(String(decoding: rest.prefix(length), as: UTF8.self))
            rest = rest.dropFirst(length)
        }
        guard rest.count == 4 * (3 * count + 1) else {
            throw .malformed("\(rest.count) bytes of numbers for \(count) features")
        }
        var numbers: [Float] = []
        while !rest.isEmpty { numbers.append(Float(bitPattern: try number())) }
        try self.init(
            names: names, means: Array(numbers[..<count]), deviations: Array(numbers[count..<2 * count]),
            coefficients: Array(numbers[2 * count..<3 * count]), intercept: numbers[3 * count])
    }
}
