import CIlkKernels

/// Codes of 4 bits for every three components: a vector is cut into parts, and each stands for the nearest of its 16
/// centroids (Jégou, Douze, Schmid, *Product quantization for nearest neighbor search*, 2011).
///
/// Three, because scans are bound by the bytes they read: at 384 dimensions parts of two were scanned in 4.5 ns a vector and
/// those of three in 3.2, and what they rank worse is found again among twice as many candidates at less cost.
package struct ProductQuantizer: Sendable, Equatable {
    package let dimension: Int
    /// The number of parts, which is even: the last may be padding.
    package let parts: Int
    /// For each part and each of its components 16 floats.
    package private(set) var codebook: [Float]

    /// Components of a part.
    package static let width = 3
    package static let centroids = 16
    /// Vectors that are scanned together.
    package static let block = Int(ilk_product_block)

    /// Bytes that the codes of a block of vectors take.
    package var blockStride: Int { parts / 2 * Self.block }
    /// Floats that a vector is padded to.
    package var paddedDimension: Int { parts * Self.width }

    /// A codebook of random rows of a sample, to be improved on it.
    ///
    /// - Precondition: the sample has a row.
    package init(of sample: Matrix, seed: UInt64) {
        precondition(sample.rows > 0, "a codebook of no vectors")
        dimension = sample.columns
        parts = Self.parts(dimension: dimension)
        var random = SplitMix64(seed: seed)
        // One row for all components of a centroid, so that it is one that occurs.
        let rows = (0..<parts * Self.centroids).map { _ in Int(random.next() % UInt64(sample.rows)) }
        codebook = [Float](repeating: 0, count: parts * Self.width * Self.centroids)
        for component in 0..<dimension {
            for number in 0..<Self.centroids {
                let row = rows[component / Self.width * Self.centroids + number]
                codebook[component * Self.centroids + number] = sample.elements[row * dimension + component]
            }
        }
    }

    /// The quantizer whose ``codebook`` another's was.
    package init(codebook: [Float], dimension: Int) {
        self.dimension = dimension
        parts = Self.parts(dimension: dimension)
        precondition(codebook.count == parts * Self.width * Self.centroids, "\(codebook.count) floats of a codebook")
        self.codebook = codebook
    }

    /// The parts of a vector.
    package static func parts(dimension: Int) -> Int { (dimension + 2 * width - 1) / (2 * width) * 2 }

    /// Moves every centroid to the mean of what is nearest to it: a round of Lloyd's algorithm.
    package mutating func improve(on sample: Matrix) {
        var sums = [Float](repeating: 0, count: codebook.count)
        var counts = [Float](repeating: 0, count: parts * Self.centroids)
        var codes = [UInt8](repeating: 0, count: parts)
        var padded = [Float](repeating: 0, count: paddedDimension)
        // SAFETY: all indices are components of a row, padded, or a part's centroid, which have room in these arrays.
        unsafe sums.withUnsafeMutableBufferPointer { sums in
            unsafe sample.elements.withUnsafeBufferPointer { elements in
                for row in 0..<sample.rows {
                    for i in 0..<dimension { unsafe padded[i] = elements[row * dimension + i] }
                    unsafe encode(padded, to: &codes)
                    for part in 0..<parts {
                        let code = Int(codes[part])
                        counts[part * Self.centroids + code] += 1
                        for i in part * Self.width..<(part + 1) * Self.width {
                            unsafe sums[i * Self.centroids + code] += padded[i]
                        }
                    }
                }
            }
        }
        for i in 0..<paddedDimension {
            for number in 0..<Self.centroids {
                let count = counts[i / Self.width * Self.centroids + number]
                if count > 0 { codebook[i * Self.centroids + number] = sums[i * Self.centroids + number] / count }
            }
        }
    }

    /// Writes the code of each part, a byte each, of a vector of ``paddedDimension`` floats.
    package func encode(_ vector: UnsafePointer<Float>, to codes: UnsafeMutablePointer<UInt8>) {
        unsafe Self.kernels.pointee.encode(vector, codebook, parts, Self.width, codes)
    }

    /// What the codes stand for, in one component.
    package func value(_ component: Int, _ codes: UnsafePointer<UInt8>) -> Float {
        codebook[component * Self.centroids + Int(unsafe codes[component / Self.width])]
    }

    /// The table of a query: its negative inner products with all centroids, in steps.
    package struct Table {
        package fileprivate(set) var entries: [UInt8]
        fileprivate var products: [Float]
        package fileprivate(set) var least: Float = 0
        package fileprivate(set) var step: Float = 0
    }

    /// Makes the table of a query of ``paddedDimension`` floats.
    package func table(of query: UnsafePointer<Float>) -> Table {
        var table = Table(
            entries: [UInt8](repeating: 0, count: parts * Self.centroids),
            products: [Float](repeating: 0, count: parts * Self.centroids))
        unsafe Self.kernels.pointee.tabulate(
            query, codebook, parts, Self.width, &table.products, &table.entries, &table.least, &table.step)
        return table
    }

    /// Finds the vectors in blocks of codes for which `base`, their bias, and their scale times the negative inner product
    /// with the query of the table add up to less than `bound`.
    ///
    /// `places` and `distances` have room for all vectors of the blocks and 15 more.
    ///
    /// - Returns: how many were written.
    package func scan(
        _ table: borrowing Table, codes: UnsafePointer<UInt8>, blocks: Int, scale: UnsafePointer<Float>,
        bias: UnsafePointer<Float>, base: Float, bound: Float, places: UnsafeMutablePointer<UInt32>,
        distances: UnsafeMutablePointer<Float>
    ) -> Int {
        unsafe Self.kernels.pointee.scan(
            table.entries, codes, parts, blocks, scale, bias, base, table.least, table.step, bound, places, distances)
    }

    private static var kernels: UnsafePointer<ilk_product_kernels> { unsafe ilk_product_kernels_selected() }
}
