import CIlkKernels

/// Distances as a walk orders them: the squared Euclidean one, or the negative inner product.
///
/// Taken out of the store once a search: no class, no existential, no choice of metric in the loop.
@safe @frozen package struct Measure {
    package let base: UnsafeMutablePointer<Float>
    package let stride: Int
    package let dimension: Int
    package let sign: Float
    package let one: @convention(c) (UnsafePointer<Float>?, UnsafePointer<Float>?, Int) -> Float
    package let four:
        @convention(c) (
            UnsafePointer<Float>?, UnsafePointer<UnsafePointer<Float>?>?, Int, UnsafeMutablePointer<Float>?
        ) -> Void

    /// Distances by a metric over rows of `dimension` floats, `stride` floats apart.
    package init(_ metric: Metric, base: UnsafeMutablePointer<Float>, stride: Int, dimension: Int) {
        unsafe self.base = base
        self.stride = stride
        self.dimension = dimension
        let kernels = unsafe Kernels.selected
        switch metric {
        case .l2:
            sign = 1
            unsafe one = kernels.pointee.l2
            unsafe four = kernels.pointee.l2x4
        case .cosine, .dot:
            sign = -1
            unsafe one = kernels.pointee.dot
            unsafe four = kernels.pointee.dot4
        }
    }

    @inlinable @inline(__always)
    package func row(_ node: UInt32) -> UnsafePointer<Float> { unsafe UnsafePointer(base + Int(node) * stride) }

    @inlinable @inline(__always)
    package func distance(_ query: UnsafePointer<Float>, _ node: UInt32) -> Float {
        unsafe bounded(sign * one(query, row(node), dimension))
    }

    /// A distance that can be compared: the kernels may overflow for vectors that are far apart, though each is finite.
    @inlinable @inline(__always)
    func bounded(_ distance: Float) -> Float {
        distance < Float.greatestFiniteMagnitude ? distance : Float.greatestFiniteMagnitude
    }

    /// Distances to `count` nodes, four rows at a time; the rows of the next four are fetched meanwhile.
    @inlinable @inline(__always)
    package func distances(
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
        for place in 0..<count { unsafe out[place] = bounded(sign * out[place]) }
    }

    /// The first lines of some rows; the CPU's own prefetcher goes on from there.
    @inlinable @inline(__always)
    func prefetch(_ nodes: UnsafePointer<UInt32>, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        for place in range {
            let row = unsafe UnsafeRawPointer(row(nodes[place]))
            unsafe Memory.prefetch(row)
            unsafe Memory.prefetch(row + 64)
            unsafe Memory.prefetch(row + 128)
            unsafe Memory.prefetch(row + 192)
        }
    }
}
