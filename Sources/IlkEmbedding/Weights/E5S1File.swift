package import IlkProtocol
import IlkVectors

/// The tensors of an `E5S1` file, mapped: a BERT with Q4_0 matrices and its vocabulary in one file.
///
/// All numbers are little-endian. The vocabulary, between the header and the table of tensors, is skipped here.
package struct E5S1File: WeightFile {
    package let path: String
    package let names: [String]
    /// Where the vocabulary begins: after the header's 72 bytes.
    package static let vocabularyOffset = 72
    /// What the header says of the model.
    package let header: Header
    private let tensors: [String: WeightTensor]

    /// The numbers of the file's first 72 bytes.
    package struct Header: Sendable, Equatable {
        package var hidden: Int
        package var layers: Int
        package var heads: Int
        package var feedForward: Int
        package var vocabulary: Int
        package var positions: Int
        package var tokenTypes: Int
        package var epsilon: Float
        package var pieces: Int
        package var pieceBytes: Int
    }

    /// Maps a file and checks that its tensors lie within it and none upon another.
    ///
    /// - Throws: `not_found` where the file cannot be read, `invalid_request` where it is not whole.
    package init(path: String) throws(IlkError) {
        let map = try WeightMap(path: path)
        self.path = path
        var reader = ByteReader(map)
        guard try reader.bytes(4, "its header") == Array("E5S1".utf8) else {
            throw map.damaged("it does not begin with E5S1")
        }
        let version = try reader.int32("its header")
        guard version == 1 else {
            throw IlkError(.invalidRequest, "\(path) has format version \(version); ilk reads version 1")
        }
        var numbers: [Int] = []
        for _ in 0..<7 { numbers.append(try reader.size("its header")) }
        let epsilon = Float(bitPattern: UInt32(truncatingIfNeeded: try reader.int32("its header")))
        guard try reader.int32("its header") == PackedMatrix.blockInputs else {
            throw map.damaged("its blocks are not of 32 weights")
        }
        let pieces = try reader.size("its header")
        try reader.skip(16, "its header")
        let pieceBytes = try reader.long("its header")
        header = Header(
            hidden: numbers[0], layers: numbers[1], heads: numbers[2], feedForward: numbers[3],
            vocabulary: numbers[4], positions: numbers[5], tokenTypes: numbers[6], epsilon: epsilon, pieces: pieces,
            pieceBytes: pieceBytes)
        try reader.skip((pieces + 1) * 4 + pieces * 4, "its vocabulary")
        try reader.skip(pieceBytes, "its vocabulary")
        try reader.skip(4, "its normalizer")
        try reader.skip(try reader.size("its normalizer"), "its normalizer")
        let count = try reader.size("its table of tensors")
        var places: [(name: String, type: WeightTensor.ElementType, elements: Int, range: Range<Int>)] = []
        for _ in 0..<count {
            let nameCount = try reader.short("its table of tensors")
            let name = String(decoding: try reader.bytes(nameCount, "its table of tensors"), as: UTF8.self)
            let code = try reader.bytes(1, "its table of tensors")[0]
            let elements = try reader.size("its table of tensors")
            let offset = try reader.long("its table of tensors")
            let byteCount = try reader.long("its table of tensors")
            guard code <= 1 else { throw map.damaged("tensor '\(name)' has an unknown type \(code)") }
            let type: WeightTensor.ElementType = code == 0 ? .f32 : .q4
            let available = unsafe map.bytes.count
            guard offset <= available, byteCount <= available - offset else {
                throw map.damaged("tensor '\(name)' ends beyond the file's \(available) bytes")
            }
            guard type.byteCount(of: elements) == byteCount else {
                throw map.damaged("tensor '\(name)' has \(byteCount) bytes for \(elements) elements")
            }
            places.append((name, type, elements, offset..<offset + byteCount))
        }
        places.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        guard places.allSatisfy({ $0.range.isEmpty || $0.range.lowerBound >= reader.offset }) else {
            throw map.damaged("a tensor lies upon the table of tensors")
        }
        for (before, after) in zip(places, places.dropFirst())
        where before.range.upperBound > after.range.lowerBound && !after.range.isEmpty {
            throw map.damaged("the bytes of '\(before.name)' and '\(after.name)' overlap")
        }
        names = places.map(\.name)
        tensors = Dictionary(
            places.map { place in
                let tensor = WeightTensor(
                    name: place.name, shape: [place.elements], elementType: place.type, at: place.range.lowerBound,
                    count: place.range.count, in: map)
                return (place.name, tensor)
            }, uniquingKeysWith: { first, _ in first })
    }

    package subscript(name: String) -> WeightTensor? { tensors[name] }
}

/// Reads numbers one after the other, never beyond the end.
private struct ByteReader {
    let map: WeightMap
    var offset = 0

    init(_ map: WeightMap) { self.map = map }

    mutating func skip(_ count: Int, _ place: String) throws(IlkError) {
        let available = unsafe map.bytes.count
        guard count >= 0, count <= available - offset else { throw map.damaged("it ends within \(place)") }
        offset += count
    }

    mutating func bytes(_ count: Int, _ place: String) throws(IlkError) -> [UInt8] {
        try skip(count, place)
        return unsafe Array(map.bytes[offset - count..<offset])
    }

    mutating func int32(_ place: String) throws(IlkError) -> Int {
        try skip(4, place)
        return unsafe Int(Int32(littleEndian: map.bytes.loadUnaligned(fromByteOffset: offset - 4, as: Int32.self)))
    }

    mutating func short(_ place: String) throws(IlkError) -> Int {
        try skip(2, place)
        return unsafe Int(UInt16(littleEndian: map.bytes.loadUnaligned(fromByteOffset: offset - 2, as: UInt16.self)))
    }

    /// A number that counts something.
    mutating func size(_ place: String) throws(IlkError) -> Int {
        let value = try int32(place)
        guard value >= 0 else { throw map.damaged("a number in \(place) is negative") }
        return value
    }

    mutating func long(_ place: String) throws(IlkError) -> Int {
        try skip(8, place)
        let value = unsafe UInt64(
            littleEndian: map.bytes.loadUnaligned(fromByteOffset: offset - 8, as: UInt64.self))
        guard value <= 1 << 48 else { throw map.damaged("a number in \(place) is too large") }
        return Int(value)
    }
}
