/// `.fvecs`, `.bvecs`, `.ivecs`: http://corpus-texmex.irisa.fr.
///
///     each row:  offset  size  field
///                     0     4  dimension d, little-endian Int32, the same in every row
///                     4   d·s  components: f32 (s = 4), u8 (s = 1) or Int32 (s = 4)
extension MatrixLayout {
    init(vecs source: ByteSource, element: Element) throws(DatasetError) {
        guard try source.fill(4) else {
            throw .damaged(path: source.path, problem: "it has \(source.available) bytes, no whole row; copy it again")
        }
        let dimension = source.withBytes { Int(Int32(littleEndian: unsafe $0.loadUnaligned(as: Int32.self))) }
        guard (1...Self.maximumColumns).contains(dimension) else {
            throw .damaged(
                path: source.path,
                problem:
                    "its first row says dimension \(dimension); 1 to \(Self.maximumColumns) can be. Is it of another format?"
            )
        }
        self.init(rows: nil, columns: dimension, element: element)
        hasRowHeader = true
        guard let remaining = source.remaining else { return }
        guard remaining.isMultiple(of: rowSize) else {
            throw .damaged(
                path: source.path,
                problem: "\(remaining) bytes are no whole number of rows of \(rowSize) (dimension \(dimension)); "
                    + "it is cut, or of another format")
        }
        rows = remaining / rowSize
    }
}
