/// How the numbers of a matrix lie in a file, as its header says; checked against the file's size where that is known.
struct MatrixLayout: Equatable {
    /// Rows, where the header or the file's size tells.
    var rows: Int?
    /// Numbers a row.
    var columns: Int
    var element: Element
    var isBigEndian = false
    /// Whether the first number of every row comes first: NumPy's Fortran order.
    var isColumnMajor = false
    /// Whether every row begins with its dimension as an Int32.
    var hasRowHeader = false

    /// Numbers that a row may have: as many as a vector may have components.
    static let maximumColumns = 65_536

    /// Bytes of one row, its header with it.
    var rowSize: Int { columns * element.size + (hasRowHeader ? 4 : 0) }

    /// Reads the header of a matrix file.
    ///
    /// - Throws: `damaged` where header and size do not fit; nothing is allocated by what a header says.
    init(_ format: FileFormat, source: ByteSource) throws(DatasetError) {
        if try source.isFinished() {
            throw .damaged(path: source.path, problem: "the file is empty")
        }
        switch format {
        case .npy: try self.init(npy: source)
        case .idx: try self.init(idx: source)
        case .fvecs: try self.init(vecs: source, element: .f4)
        case .bvecs: try self.init(vecs: source, element: .u1)
        case .ivecs: try self.init(vecs: source, element: .i4)
        case .ndjson, .csv, .tsv:
            throw .unsupported(
                path: source.path, problem: "it holds records, not one matrix; load it into a collection")
        }
    }

    init(rows: Int?, columns: Int, element: Element) {
        self.rows = rows
        self.columns = columns
        self.element = element
    }

    /// Folds a shape of any rank into rows and columns, and holds it against the size of the file.
    ///
    /// A shape of one number is one row.
    init(shape: [Int], element: Element, source: ByteSource) throws(DatasetError) {
        let text = shape.map(String.init).joined(separator: " × ")
        guard let first = shape.first else {
            throw .unsupported(path: source.path, problem: "it holds a single number; a matrix of rows is wanted")
        }
        let rows = shape.count == 1 ? 1 : first
        var columns = 1
        for size in shape.count == 1 ? shape[...] : shape.dropFirst() {
            let (product, isOver) = columns.multipliedReportingOverflow(by: size)
            guard !isOver, product <= Self.maximumColumns else {
                throw .damaged(
                    path: source.path,
                    problem: "its shape is \(text); a row has at most \(Self.maximumColumns) numbers")
            }
            columns = product
        }
        guard rows >= 0, columns > 0 else {
            throw .damaged(path: source.path, problem: "its shape is \(text); a row needs at least one number")
        }
        self.init(rows: rows, columns: columns, element: element)
        let (expected, isOver) = rows.multipliedReportingOverflow(by: rowSize)
        guard !isOver else {
            throw .damaged(path: source.path, problem: "its shape is \(text), more than any file holds")
        }
        guard let remaining = source.remaining, remaining != expected else { return }
        let fault =
            remaining < expected
            ? "it is cut: copy it again" : "\(remaining - expected) bytes are too many: is it one array?"
        throw .damaged(
            path: source.path, problem: "its shape \(text) needs \(expected) bytes and \(remaining) follow; \(fault)")
    }
}
