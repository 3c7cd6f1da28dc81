import CIlkKernels
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
    private let space: AddressSpace

    /// At most this much address space a field; only touched pages take memory.
    private static let reservedBytes = 1 << 38

    init(dimension: Int, metric: Metric) throws(IndexError) {
        self.dimension = dimension
        self.metric = metric
        stride = (dimension + 15) / 16 * 16
        capacity = min(1 << 27, Self.reservedBytes / (stride * MemoryLayout<Float>.stride))
        let bytes = capacity * stride * MemoryLayout<Float>.stride
        guard let space = AddressSpace(byteCount: bytes) else { throw .noAddressSpace(bytes: bytes) }
        self.space = space
    }

    var base: UnsafeMutablePointer<Float> { unsafe space.base.assumingMemoryBound(to: Float.self) }

    @inline(__always)
    func row(_ node: UInt32) -> UnsafeMutablePointer<Float> { unsafe base + Int(node) * stride }

    /// Copies a vector in; for cosine, scaled to length 1.
    func write(_ vector: Span<Float>, at node: UInt32) {
        precondition(vector.count == dimension, "\(vector.count) components for \(dimension)")
        precondition(Int(node) < capacity, "ordinal \(node) is over the capacity of \(capacity)")
        let scale = metric == .cosine ? 1 / Kernels.dot(vector, vector).squareRoot() : 1
        let row = unsafe row(node)
        for component in vector.indices { unsafe row[component] = vector[component] * scale }
    }

    /// What a graph walk needs of this store, in registers.
    var measure: Measure {
        let kernels = unsafe Kernels.selected
        return switch metric {
        case .l2:
            unsafe Measure(
                base: base, stride: stride, dimension: dimension, sign: 1, one: kernels.pointee.l2,
                four: kernels.pointee.l2x4)
        case .cosine, .dot:
            unsafe Measure(
                base: base, stride: stride, dimension: dimension, sign: -1, one: kernels.pointee.dot,
                four: kernels.pointee.dot4)
        }
    }
}

/// Distances as a walk orders them: the squared Euclidean one, or the negative inner product.
///
/// Taken out of the store once a search: no class, no existential, no choice of metric in the loop.
@safe struct Measure {
    let base: UnsafeMutablePointer<Float>
    let stride: Int
    let dimension: Int
    let sign: Float
    let one: @convention(c) (UnsafePointer<Float>?, UnsafePointer<Float>?, Int) -> Float
    let four:
        @convention(c) (
            UnsafePointer<Float>?, UnsafePointer<UnsafePointer<Float>?>?, Int, UnsafeMutablePointer<Float>?
        ) -> Void

    @inline(__always)
    func row(_ node: UInt32) -> UnsafePointer<Float> { unsafe UnsafePointer(base + Int(node) * stride) }

    @inline(__always)
    func distance(_ query: UnsafePointer<Float>, _ node: UInt32) -> Float {
        unsafe sign * one(query, row(node), dimension)
    }

    /// Distances to `count` nodes, four rows at a time; the rows of the next four are fetched meanwhile.
    @inline(__always)
    func distances(
        _ query: UnsafePointer<Float>, to nodes: UnsafePointer<UInt32>, count: Int,
        into out: UnsafeMutablePointer<Float>, rows: UnsafeMutablePointer<UnsafePointer<Float>?>
    ) {
        var place = 0
        unsafe prefetch(nodes, 0..<min(4, count))
        while place + 4 <= count {
            unsafe prefetch(nodes, place + 4..<min(place + 8, count))
            for lane in 0..<4 { unsafe rows[lane] = row(nodes[place + lane]) }
            unsafe four(query, rows, dimension, out + place)
            place += 4
        }
        while place < count {
            unsafe out[place] = one(query, row(nodes[place]), dimension)
            place += 1
        }
        if sign < 0 { for place in 0..<count { unsafe out[place] = -out[place] } }
    }

    /// The first lines of some rows; the CPU's own prefetcher goes on from there.
    @inline(__always)
    private func prefetch(_ nodes: UnsafePointer<UInt32>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        for place in range {
            let row = unsafe UnsafeRawPointer(row(nodes[place]))
            unsafe ilk_prefetch(row)
            unsafe ilk_prefetch(row + 64)
            unsafe ilk_prefetch(row + 128)
            unsafe ilk_prefetch(row + 192)
        }
    }
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
