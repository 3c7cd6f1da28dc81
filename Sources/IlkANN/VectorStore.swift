import IlkVectors

/// The vectors of one field, addressed by ordinal, in memory that never moves.
///
/// Rows are padded to 64 bytes. A row is written once, before its ordinal is published, and not again until every
/// search that could have seen it has ended: so rows are read without locks.
@safe final class VectorStore: Sendable {
    let dimension: Int
    let metric: Metric
    /// Floats from one row to the next.
    let stride: Int
    /// Rows that the address space holds.
    let capacity: Int
    let space: TrackedSpace

    /// At most this much address space a field; only touched pages take memory.
    private static let reservedBytes = 1 << 38

    init(dimension: Int, metric: Metric) throws(IndexError) {
        self.dimension = dimension
        self.metric = metric
        stride = (dimension + 15) / 16 * 16
        capacity = min(1 << 27, Self.reservedBytes / (stride * MemoryLayout<Float>.stride))
        let bytes = capacity * stride * MemoryLayout<Float>.stride
        space = try TrackedSpace(byteCount: bytes)
    }

    var base: UnsafeMutablePointer<Float> { unsafe space.base.assumingMemoryBound(to: Float.self) }

    @inline(__always)
    func row(_ node: UInt32) -> UnsafeMutablePointer<Float> { unsafe base + Int(node) * stride }

    /// Copies a vector in; for cosine, scaled to length 1.
    func write(_ vector: Span<Float>, at node: UInt32) {
        precondition(vector.count == dimension, "\(vector.count) components for \(dimension)")
        precondition(Int(node) < capacity, "ordinal \(node) is over the capacity of \(capacity)")
        let row = unsafe row(node)
        switch metric {
        case .cosine: unsafe Normalization.write(vector, to: row)
        case .dot, .l2: for component in vector.indices { unsafe row[component] = vector[component] }
        }
        space.noteWrite(at: Int(node) * stride * 4, count: stride * 4)
    }

    /// What a graph walk needs of this store, in registers.
    var measure: Measure { unsafe Measure(metric, floats: base, stride: stride, dimension: dimension) }
}

extension Metric {
    /// The distance that callers see, of one that a walk orders by.
    func visible(_ distance: Float) -> Float {
        switch self {
        case .l2: max(0, distance).squareRoot()
        case .cosine: max(0, 1 + distance)
        case .dot: distance
        }
    }
}
