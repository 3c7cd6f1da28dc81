import IlkVectors

/// All vectors but the newest in the lists of a partition, each as a product code of what it has beside its centroid: an index
/// for vectors among which no graph finds its way.
///
/// A vector x in the cell of centroid c is c + r, and r is coded as r̂ (IVFADC: Jégou, Douze, Schmid 2011). A code is shorter
/// than what it stands for, and much shorter for a vector unlike those that the codebook was fitted to; so r̂ counts
/// s = ‖r‖² / ⟨r, r̂⟩ times, with which ⟨r, s·r̂⟩ is right (RaBitQ: Gao and Long 2024). With μ, the mean of all, half the
/// squared distance from a query q is
///
///     ½‖q − x‖² = ½‖q − c‖² − ⟨q − μ, r⟩ + ⟨c − μ, r⟩ + ½‖r‖²
///
/// of which the first term is the list's, the second a sum of the query's table times s, and the rest a bias of the entry. By
/// inner product it is −⟨q, c⟩ − ⟨q − μ, r⟩ − ⟨μ, r⟩. So one table serves all lists; μ keeps its entries small, where
/// vectors lie far from the origin.
final class InvertedLists: Sendable {
    let partition: Partition
    let quantizer: ProductQuantizer
    /// μ, shape `[dimension]`.
    let mean: [Float]
    let metric: Metric
    let lists: [InvertedList]
    /// Vectors that the centroids and codes were fitted to.
    let fittedCount: Int
    /// How many of the best by product codes are ranked again for ten to be returned.
    let trial: CodeTrial

    /// `mean` has as many components as a vector.
    init(
        _ lists: [InvertedList], partition: Partition, quantizer: ProductQuantizer, mean: [Float], metric: Metric,
        fittedCount: Int, trial: CodeTrial
    ) {
        self.lists = lists
        self.partition = partition
        self.quantizer = quantizer
        self.mean = mean
        self.metric = metric
        self.fittedCount = fittedCount
        self.trial = trial
    }

    /// The same with other lists, or another trial.
    func with(_ lists: [InvertedList]? = nil, trial: CodeTrial? = nil) -> InvertedLists {
        InvertedLists(
            lists ?? self.lists, partition: partition, quantizer: quantizer, mean: mean, metric: metric,
            fittedCount: fittedCount, trial: trial ?? self.trial)
    }

    /// The entry of a vector in a list, a byte a part, and its scale and bias.
    ///
    /// `residual` has room for the padded vector.
    func encode(
        _ vector: UnsafePointer<Float>, in list: Int, residual: UnsafeMutablePointer<Float>,
        to codes: UnsafeMutablePointer<UInt8>
    ) -> (scale: Float, bias: Float) {
        unsafe write(vector, less: list, to: residual)
        unsafe quantizer.encode(residual, to: codes)
        let first = list * quantizer.dimension
        var square: Float = 0
        var product: Float = 0
        var offset: Float = 0
        // SAFETY: a centroid, the mean and the residual have `dimension` components.
        unsafe partition.centroids.elements.withUnsafeBufferPointer { centroids in
            unsafe mean.withUnsafeBufferPointer { mean in
                for i in 0..<quantizer.dimension {
                    let coded = unsafe quantizer.value(i, codes)
                    unsafe square += residual[i] * residual[i]
                    unsafe product += residual[i] * coded
                    unsafe offset += (metric == .dot ? -mean[i] : centroids[first + i] - mean[i]) * coded
                }
            }
        }
        let scale = product > square / 16 ? square / product : 1
        return (scale, scale * offset + (metric == .dot ? 0 : square / 2))
    }

    /// What a vector has beside a list's centroid, padded.
    func write(_ vector: UnsafePointer<Float>, less list: Int, to residual: UnsafeMutablePointer<Float>) {
        let dimension = quantizer.dimension
        let first = list * dimension
        unsafe partition.centroids.elements.withUnsafeBufferPointer { centroids in
            for i in 0..<dimension { unsafe residual[i] = vector[i] - centroids[first + i] }
        }
        for i in dimension..<quantizer.paddedDimension { unsafe residual[i] = 0 }
    }

    /// The first term of the distances in a list.
    func base(_ query: UnsafePointer<Float>, list: Int) -> Float {
        let dimension = quantizer.dimension
        return unsafe partition.centroids.elements.withUnsafeBufferPointer { centroids in
            let measure = unsafe Measure(
                metric == .dot ? .dot : .l2, floats: centroids.baseAddress!, stride: dimension, dimension: dimension)
            let distance = unsafe measure.distance(query, UInt32(list))
            return metric == .dot ? distance : distance / 2
        }
    }

    /// The table of a query.
    func table(of query: UnsafePointer<Float>) -> ProductQuantizer.Table {
        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: quantizer.paddedDimension) { centred in
            for i in 0..<quantizer.dimension { unsafe centred[i] = query[i] - mean[i] }
            for i in quantizer.dimension..<quantizer.paddedDimension { unsafe centred[i] = 0 }
            return unsafe quantizer.table(of: centred.baseAddress!)
        }
    }

    var byteCount: Int {
        partition.byteCount + 4 * (quantizer.codebook.count + mean.count) + lists.reduce(0) { $0 + $1.byteCount }
    }
}
