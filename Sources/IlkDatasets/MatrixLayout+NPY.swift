/// NumPy's `.npy`, versions 1 to 3 (numpy.lib.format).
///
///     offset  size  field
///          0     6  0x93 "NUMPY"
///          6     2  version: major, minor
///          8   2|4  length of the header: UInt16 in version 1, UInt32 after it; little-endian
///                n  a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
///                   elements
extension MatrixLayout {
    /// The longest header that is read; NumPy itself stops at 10,000 bytes.
    private static let maximumHeader = 65_536

    /// Reads the header; `isList` takes an array of one dimension as so many rows of one number.
    init(npy source: ByteSource, isList: Bool = false) throws(DatasetError) {
        let path = source.path
        guard try source.fill(10), source.withBytes({ unsafe $0.starts(with: [0x93] + Array("NUMPY".utf8)) }) else {
            throw .damaged(path: path, problem: "it does not begin as .npy does; check its name")
        }
        let major = source.withBytes { unsafe $0[6] }
        guard (1...3).contains(major) else {
            throw .unsupported(path: path, problem: "it is .npy of version \(major); 1 to 3 are read")
        }
        let start = major == 1 ? 10 : 12
        guard try source.fill(start) else {
            throw .damaged(path: path, problem: "it ends within its header; copy it again")
        }
        let length = source.withBytes { bytes in
            major == 1
                ? Int(UInt16(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
                : Int(UInt32(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        }
        guard length <= Self.maximumHeader else {
            throw .damaged(path: path, problem: "its header says it has \(length) bytes; \(Self.maximumHeader) can be")
        }
        guard try source.fill(start + length) else {
            throw .damaged(path: path, problem: "it ends within its header; copy it again")
        }
        let text = source.withBytes { unsafe Array($0[start..<start + length]) }
        source.consume(start + length)
        guard let header = NPYHeader(text) else {
            throw .damaged(
                path: path, problem: "its header is not NumPy's: \(String(decoding: text.prefix(80), as: UTF8.self))")
        }
        guard let type = header.type else {
            throw .unsupported(path: path, problem: "it holds records of several types; save one array of numbers")
        }
        let element = try Self.npyElement(type, path)
        let shape = isList && header.shape.count == 1 ? header.shape + [1] : header.shape
        try self.init(shape: shape, element: element, source: source)
        guard header.isFortran, shape.count > 1, !isList else { return }
        guard header.shape.count == 2 else {
            throw .unsupported(
                path: path, problem: "it has \(header.shape.count) dimensions in Fortran order; save it in C order")
        }
        isColumnMajor = true
    }

    private static func npyElement(_ type: String, _ path: String) throws(DatasetError) -> Element {
        guard !type.hasPrefix(">") || type.hasSuffix("1") else {
            throw .unsupported(path: path, problem: "its numbers are big-endian (\(type)); save it with .astype('<f4')")
        }
        switch type.dropFirst() {
        case "f2": return .f2
        case "f4": return .f4
        case "f8": return .f8
        case "u1": return .u1
        case "i1": return .i1
        case "i2": return .i2
        case "i4": return .i4
        case "i8": return .i8
        case "u4": return .u4
        case "u8": return .u8
        default:
            throw .unsupported(path: path, problem: "its numbers are of type '\(type)'; save it with .astype('<f4')")
        }
    }
}

/// The Python dictionary in a `.npy` header.
struct NPYHeader: Equatable {
    /// `<f4` and the like; nil for an array of records.
    var type: String?
    var isFortran: Bool
    var shape: [Int]

    /// Reads the dictionary; nil where it is not NumPy's.
    init?(_ bytes: [UInt8]) {
        var scanner = Scanner(bytes: bytes)
        var type: String??
        var isFortran: Bool?
        var shape: [Int]?
        guard scanner.take("{") else { return nil }
        while !scanner.take("}") {
            guard let key = scanner.string(), scanner.take(":") else { return nil }
            switch key {
            case "descr":
                if let text = scanner.string() {
                    type = .some(text)
                } else {
                    guard scanner.skipList() else { return nil }
                    type = .some(nil)
                }
            case "fortran_order":
                guard let flag = scanner.bool() else { return nil }
                isFortran = flag
            case "shape":
                guard let sizes = scanner.tuple() else { return nil }
                shape = sizes
            default: return nil
            }
            guard scanner.take(",") || scanner.next == UInt8(ascii: "}") else { return nil }
        }
        guard let type, let isFortran, let shape else { return nil }
        self.type = type
        self.isFortran = isFortran
        self.shape = shape
    }

    /// The few Python literals that NumPy writes.
    private struct Scanner {
        let bytes: [UInt8]
        var place = 0

        /// The next byte that is no space.
        var next: UInt8? {
            mutating get {
                while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x0A { place += 1 }
                return place < bytes.count ? bytes[place] : nil
            }
        }

        mutating func take(_ character: Character) -> Bool {
            guard let byte = next, byte == character.asciiValue else { return false }
            place += 1
            return true
        }

        mutating func string() -> String? {
            guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
            guard let end = bytes[(place + 1)...].firstIndex(of: quote) else { return nil }
            defer { place = end + 1 }
            return String(decoding: bytes[place + 1..<end], as: UTF8.self)
        }

        mutating func bool() -> Bool? {
            for (word, value) in [("True", true), ("False", false)]
            where next != nil && bytes[place...].starts(with: word.utf8) {
                place += word.utf8.count
                return value
            }
            return nil
        }

        mutating func tuple() -> [Int]? {
            guard take("(") else { return nil }
            var sizes: [Int] = []
            while !take(")") {
                guard let first = next, (48...57).contains(first) else { return nil }
                let end = bytes[place...].firstIndex { !(48...57).contains($0) } ?? bytes.count
                guard let size = Int(String(decoding: bytes[place..<end], as: UTF8.self)) else { return nil }
                place = end
                _ = take("L")  // as Python 2 wrote it
                sizes.append(size)
                guard sizes.count <= 32, take(",") || next == UInt8(ascii: ")") else { return nil }
            }
            return sizes
        }

        /// Passes over the list that describes an array of records.
        mutating func skipList() -> Bool {
            guard next == UInt8(ascii: "[") else { return false }
            var depth = 0
            while place < bytes.count {
                if bytes[place] == UInt8(ascii: "[") { depth += 1 }
                if bytes[place] == UInt8(ascii: "]") { depth -= 1 }
                place += 1
                if depth == 0 { return true }
            }
            return false
        }
    }
}
