/// BM25 over several fields (BM25F: Robertson, Zaragoza & Taylor, 2004).
///
/// The occurrences of a term in the fields of a document are weighted, put in proportion to the field's length, and
/// added up to a pseudo-frequency; that is saturated once, so that a word in title and text is not two words.
///
/// A score is a sum of whole numbers, each the share of a term: so it does not depend on the order of addition, and with
/// that neither on how documents are spread over segments nor on what pruning left out.
@safe final class Scorer: Sendable {
    let fieldCount: Int
    let k1: Float
    /// 1 − b.
    let base: Float
    // SAFETY: filled in init, only read afterwards, freed in deinit.
    nonisolated(unsafe) let weights: UnsafeMutablePointer<Float>
    /// b ÷ average length, a field.
    nonisolated(unsafe) let slopes: UnsafeMutablePointer<Float>

    init(fields: [LexicalField], parameters: BM25Parameters, averages: [Float]) {
        fieldCount = fields.count
        k1 = parameters.k1
        base = 1 - parameters.b
        unsafe weights = .allocate(capacity: fields.count)
        unsafe slopes = .allocate(capacity: fields.count)
        for (place, field) in fields.enumerated() {
            unsafe weights[place] = field.weight
            unsafe slopes[place] = parameters.b / averages[place]
        }
    }

    deinit {
        unsafe weights.deallocate()
        unsafe slopes.deallocate()
    }

    /// What `frequency` occurrences in a field of this length come to.
    @inline(__always)
    func pseudoFrequency(_ field: Int, _ frequency: UInt32, length: UInt32) -> Float {
        unsafe weights[field] * Float(frequency) / (base + slopes[field] * Float(length))
    }

    /// The share of a term in an index with one field: as ``share(weight:pseudoFrequency:)``, with one division.
    @inline(__always)
    static func share(
        weight: Float, frequency: UInt32, length: UInt32, fieldWeight: Float, scaledBase: Float, scaledSlope: Float
    ) -> UInt32 {
        let weighted = fieldWeight * Float(frequency)
        return whole(weight * weighted / (weighted + scaledBase + scaledSlope * Float(length)))
    }

    /// The share of a term that occurs so often: at least 1, so that whoever has the term is found.
    @inline(__always)
    func share(weight: Float, pseudoFrequency: Float) -> UInt32 {
        Self.whole(weight * pseudoFrequency / (pseudoFrequency + k1))
    }

    /// The share of a term with these frequencies, by field.
    func share(
        weight: Float, frequencies: UnsafePointer<UInt32>, lengths: UnsafePointer<UInt32>
    ) -> UInt32 {
        if fieldCount == 1 {
            return unsafe Self.share(
                weight: weight, frequency: frequencies[0], length: lengths[0], fieldWeight: weights[0],
                scaledBase: k1 * base, scaledSlope: k1 * slopes[0])
        }
        var sum: Float = 0
        for field in 0..<fieldCount where unsafe frequencies[field] > 0 {
            unsafe sum += pseudoFrequency(field, frequencies[field], length: lengths[field])
        }
        return share(weight: weight, pseudoFrequency: sum)
    }

    /// No document of a block whose largest pseudo-frequency this is gets more.
    func bound(weight: Float, impact: Float, drift: Float) -> UInt32 {
        let most = impact * drift
        return Self.whole(weight * most / (most + k1) * 1.000_01) + 1
    }

    @inline(__always)
    private static func whole(_ share: Float) -> UInt32 { share >= 1 ? UInt32(share) : 1 }

    /// How much a pseudo-frequency can have grown since the averages were these.
    func drift(since averages: [Float]) -> Float {
        var drift: Float = 1
        for field in 0..<fieldCount {
            // slope = b ÷ average: the ratio of averages is that of slopes, turned over.
            let slope = unsafe slopes[field]
            if slope > 0 { drift = max(drift, (1 - base) / averages[field] / slope) }
        }
        return drift * 1.000_01
    }
}

/// A term of a query with all that does not depend on the document: idf, weight, k1 + 1, and the scale of whole numbers.
struct WeightedTerm: Sendable {
    var number: UInt32
    var weight: Float
}
