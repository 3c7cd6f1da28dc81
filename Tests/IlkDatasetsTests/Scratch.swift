import Foundation
import IlkDatasets

/// A folder of files that a test makes, deleted with it.
final class Scratch {
    let folder = NSTemporaryDirectory() + "ilk-datasets-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = folder + "/" + name
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

    /// Writes the bytes gzipped, under a name that says so.
    func writeGzipped(_ name: String, _ bytes: [UInt8]) throws -> String { try write(name + ".gz", gzipped(bytes)) }
}

/// Bytes in gzip's wrapping (RFC 1952), in blocks that are stored as they are (RFC 1951).
func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    repeat {
        let end = min(bytes.count, start + 65_535)
        let length = UInt16(end - start)
        output += [end == bytes.count ? 1 : 0] + [UInt8].of([length, ~length]) + bytes[start..<end]
        start = end
    } while start < bytes.count
    let table = (0..<256 as Range<UInt32>).map { first in
        (0..<8).reduce(first) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    let checksum = bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
    return output + [UInt8].of([~checksum, UInt32(bytes.count)])
}

/// Everything that a reader tells, until its end or the error that ends it.
func entries(
    _ path: String, _ options: RecordOptions = RecordOptions(), skipping: Int = 0
) throws -> (records: [DatasetRecord], refused: [RefusedRecord]) {
    let reader = try RecordReader(path: path, options: options)
    try reader.skip(skipping)
    var records: [DatasetRecord] = []
    var refused: [RefusedRecord] = []
    while let entry = try reader.next() {
        switch entry {
        case .record(let record): records.append(record)
        case .refused(let record): refused.append(record)
        }
    }
    return (records, refused)
}

/// What is said when a file cannot be read.
func complaint(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing"
    } catch {
        return "\(error)"
    }
}

extension Array where Element == UInt8 {
    /// The bytes of numbers, little- or big-endian.
    static func of<Number: FixedWidthInteger>(_ numbers: [Number], isBigEndian: Bool = false) -> [UInt8] {
        numbers.flatMap { number in
            let ordered = isBigEndian ? number.bigEndian : number.littleEndian
            return unsafe Swift.withUnsafeBytes(of: ordered) { unsafe Array($0) }
        }
    }

    static func of(_ floats: [Float], isBigEndian: Bool = false) -> [UInt8] {
        of(floats.map(\.bitPattern), isBigEndian: isBigEndian)
    }

    static func of(_ doubles: [Double]) -> [UInt8] { of(doubles.map(\.bitPattern)) }
}

/// A `.npy` file as NumPy writes it.
func npy(_ type: String, _ shape: String, _ elements: [UInt8], isFortran: Bool = false, version: UInt8 = 1) -> [UInt8] {
    var header = "{'descr': '\(type)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': \(shape), }"
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    let length = version == 1 ? [UInt8].of([UInt16(header.utf8.count)]) : [UInt8].of([UInt32(header.utf8.count)])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + elements
}

/// Rows as `.fvecs` has them.
func fvecs(_ rows: [[Float]]) -> [UInt8] { rows.flatMap { [UInt8].of([Int32($0.count)]) + [UInt8].of($0) } }

/// A file as MNIST has it.
func idx(_ code: UInt8, _ shape: [UInt32], _ elements: [UInt8]) -> [UInt8] {
    [0, 0, code, UInt8(shape.count)] + [UInt8].of(shape, isBigEndian: true) + elements
}
