import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Distances of a batch` {
    @Test(arguments: [1, 3, 16, 100], Metric.allCases)
    func `any number of rows is measured, as if one by one`(dimension: Int, metric: Metric) {
        let vectors = RandomVectors.uniform(20, dimension: dimension, seed: 3)
        var flat = vectors.flatMap { $0 }
        unsafe flat.withUnsafeMutableBufferPointer { flat in
            let measure = unsafe Measure(metric, floats: flat.baseAddress!, stride: dimension, dimension: dimension)
            let query = unsafe measure.row(19)
            for count in 0...19 {
                let nodes = (0..<UInt32(count)).reversed().map { $0 }
                var out = [Float](repeating: .nan, count: 20)
                unsafe measure.distances(query, to: nodes, count: count, into: &out)
                for place in 0..<count {
                    let one = unsafe measure.distance(query, nodes[place])
                    #expect(abs(out[place] - one) <= 1e-4 * max(1, abs(one)))
                }
                #expect(out[count].isNaN, "one distance too many")
            }
        }
    }

    @Test func `vectors too far apart for a float are far, not nowhere`() {
        var flat: [Float] = [1e19, 1e19, -1e19, -1e19]
        unsafe flat.withUnsafeMutableBufferPointer { flat in
            let measure = unsafe Measure(.l2, floats: flat.baseAddress!, stride: 2, dimension: 2)
            #expect(unsafe measure.distance(measure.row(0), 1) == .greatestFiniteMagnitude)
        }
    }
}

@Suite struct `Scaling to length 1` {
    private func normalized(_ vector: [Float]) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: vector.count) { target, count in
            unsafe Normalization.write(vector.span, to: target.baseAddress!)
            count = vector.count
        }
    }

    @Test(arguments: [1e-38, 1e-30, 1e-12, 1, 1e12, 1e18, 1e38] as [Float])
    func `short and long vectors keep their direction`(length: Float) {
        let result = normalized([0.6 * length, 0.8 * length])
        #expect(abs(result[0] - 0.6) < 1e-6 && abs(result[1] - 0.8) < 1e-6)
    }

    @Test func `zero stays zero`() { #expect(normalized([0, 0, 0]) == [0, 0, 0]) }
}
