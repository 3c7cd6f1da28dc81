/// IDX, the format of MNIST: http://yann.lecun.com/exdb/mnist.
///
///     offset  size  field
///          0     2  zero
///          2     1  type: 0x08 u8, 0x09 i8, 0x0B i16, 0x0C i32, 0x0D f32, 0x0E f64
///          3     1  number of dimensions n
///          4   4·n  sizes, big-endian UInt32
///      4+4·n        elements, big-endian, the last index fastest
extension MatrixLayout {
    init(idx source: ByteSource) throws(DatasetError) {
        guard try source.fill(4) else {
            throw .damaged(
                path: source.path, problem: "it has \(source.available) bytes, too few for IDX; copy it again")
        }
        let magic = source.withBytes { bytes in (0..<4).map { unsafe bytes[$0] } }
        guard magic[0] == 0, magic[1] == 0, let element = Self.idxElement(magic[2]), (1...8).contains(magic[3]) else {
            let text = magic.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined(
                separator: " ")
            throw .damaged(path: source.path, problem: "it begins with \(text), which is not IDX; check its name")
        }
        let rank = Int(magic[3])
        guard try source.fill(4 + 4 * rank) else {
            throw .damaged(path: source.path, problem: "it ends within its header; copy it again")
        }
        let shape = source.withBytes { bytes in
            (0..<rank).map {
                Int(UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 4 + 4 * $0, as: UInt32.self)))
            }
        }
        source.consume(4 + 4 * rank)
        guard rank > 1 else {
            throw .unsupported(
                path: source.path, problem: "it holds \(shape[0]) single numbers (labels?); a matrix of rows is wanted")
        }
        try self.init(shape: shape, element: element, source: source)
        isBigEndian = true
    }

    private static func idxElement(_ code: UInt8) -> Element? {
        switch code {
        case 0x08: .u1
        case 0x09: .i1
        case 0x0B: .i2
        case 0x0C: .i4
        case 0x0D: .f4
        case 0x0E: .f8
        default: nil
        }
    }
}
