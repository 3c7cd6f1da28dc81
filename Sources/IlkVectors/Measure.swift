import CIlkKernels

/// Distances between the rows of one array, as a walk orders them: smaller is nearer.
///
/// The squared Euclidean distance, or the negative inner product; of floats, or of codes, which are another unit of the
/// same. Taken out of its array once a search: no class, no existential, no choice of metric or kind in the loop.
@safe @frozen package struct Measure {
    package let base: UnsafeRawPointer
    /// Bytes from one row to the next.
    package let stride: Int
    /// Components of a row that are read.
    package let count: Int
    package let one: @convention(c) (UnsafeRawPointer?, UnsafeRawPointer?, Int) -> Float
    package let many:
        @convention(c) (
            UnsafeRawPointer?, UnsafeRawPointer?, Int, UnsafePointer<UInt32>?, Int, Int, UnsafeMutablePointer<Float>?
        ) -> Void

    /// Distances of floats, in rows of `dimension` that lie `stride` floats apart.
    ///
    /// Cosine takes them to have length 1.
    package init(_ metric: Metric, floats: UnsafePointer<Float>, stride: Int, dimension: Int) {
        let kernels = unsafe Kernels.selected
        let distance = unsafe metric == .l2 ? kernels.pointee.l2 : kernels.pointee.dot
        unsafe self.init(UnsafeRawPointer(floats), stride: stride * MemoryLayout<Float>.stride, dimension, distance)
    }

    /// Distances of codes, in rows of `stride` bytes, a multiple of 64.
    ///
    /// Where vectors have length 1 their Euclidean distance orders as the cosine does, and is the nearer to it in codes.
    package init(_ metric: Metric, codes: UnsafePointer<UInt8>, stride: Int) {
        let kernels = unsafe Kernels.selected
        let distance = unsafe metric == .dot ? kernels.pointee.dot_codes : kernels.pointee.l2_codes
        unsafe self.init(UnsafeRawPointer(codes), stride: stride, stride, distance)
    }

    private init(_ base: UnsafeRawPointer, stride: Int, _ count: Int, _ distance: ilk_distance) {
        unsafe self.base = base
        self.stride = stride
        self.count = count
        unsafe one = distance.one
        unsafe many = distance.many
    }

    @inlinable @inline(__always)
    package func row(_ node: UInt32) -> UnsafeRawPointer { unsafe base + Int(node) * stride }

    @inlinable @inline(__always)
    package func distance(_ query: UnsafeRawPointer, _ node: UInt32) -> Float {
        // Vectors that are too far apart for a float are far, not nowhere.
        let distance = unsafe one(query, row(node), count)
        return distance < Float.greatestFiniteMagnitude ? distance : Float.greatestFiniteMagnitude
    }

    /// Distances to `nodeCount` nodes, written to `out`.
    @inlinable @inline(__always)
    package func distances(
        _ query: UnsafeRawPointer, to nodes: UnsafePointer<UInt32>, count nodeCount: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        unsafe many(query, base, stride, nodes, nodeCount, count, out)
    }
}
