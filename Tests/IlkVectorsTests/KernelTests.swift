import CIlkKernels
import Glibc
import IlkTestSupport
import IlkVectors
import Testing

@Suite struct `Distance kernels` {
    static let dimensions = [0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 100, 384, 784, 1_536]

    /// The names of all sets that this CPU can run.
    static var names: [String] {
        (0..<count).map { unsafe String(cString: table($0).pointee.name) }
    }

    static var count: Int {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_kernels>?.self, capacity: Int(ilk_kernels_limit)) {
            sets in
            unsafe ilk_kernels_available(sets.baseAddress)
        }
    }

    static func table(_ number: Int) -> UnsafePointer<ilk_kernels> {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_kernels>?.self, capacity: Int(ilk_kernels_limit)) {
            sets in
            _ = unsafe ilk_kernels_available(sets.baseAddress)
            return unsafe sets[number]!
        }
    }

    @Test(arguments: 0..<count, dimensions)
    func `every set agrees with double precision`(set: Int, dimension: Int) {
        let kernels = unsafe Self.table(set)
        let rows = RandomVectors.uniform(5, dimension: dimension, seed: UInt64(dimension))
        let query = rows[4]
        let tolerance = Float(max(dimension, 1)) * .ulpOfOne
        for row in rows.prefix(4) {
            let dot = unsafe -kernels.pointee.dot.one(query, row, dimension)
            let l2 = unsafe kernels.pointee.l2.one(query, row, dimension)
            var trueDot = 0.0, absolute = 0.0, trueL2 = 0.0
            for place in 0..<dimension {
                let product = Double(query[place]) * Double(row[place])
                let difference = Double(query[place]) - Double(row[place])
                trueDot += product
                absolute += abs(product)
                trueL2 += difference * difference
            }
            #expect(abs(Double(dot) - trueDot) <= Double(tolerance) * absolute)
            #expect(abs(Double(l2) - trueL2) <= Double(tolerance) * trueL2)
        }
    }

    @Test(arguments: 0..<count, dimensions)
    func `many rows at once give what one call a row gives`(set: Int, dimension: Int) {
        let kernels = unsafe Self.table(set)
        let flat = RandomVectors.uniform(8, dimension: dimension, seed: 7 + UInt64(dimension)).flatMap { $0 }
        let nodes: [UInt32] = [6, 0, 3, 3, 5, 1, 2]
        unsafe flat.withUnsafeBufferPointer { flat in
            // An empty array's base may be nil; the kernels then read nothing.
            let base = unsafe flat.baseAddress ?? UnsafePointer(bitPattern: 64)!
            let query = unsafe base + 7 * dimension
            for distance in unsafe [kernels.pointee.dot, kernels.pointee.l2] {
                var many = [Float](repeating: .nan, count: nodes.count)
                unsafe distance.many(query, base, 4 * dimension, nodes, nodes.count, dimension, &many)
                for (place, node) in nodes.enumerated() {
                    let one = unsafe distance.one(query, base + Int(node) * dimension, dimension)
                    let scale = Float(max(dimension, 1))
                    #expect(abs(many[place] - one) <= scale * scale * .ulpOfOne)
                }
            }
        }
    }

    /// The largest differences and products of 1,024 codes are 127² · 1,024: nothing on the way may overflow.
    @Test(arguments: 0..<count)
    func `every set measures codes exactly`(set: Int) {
        let kernels = unsafe Self.table(set)
        for count in [64, 128, 192, 1_024] {
            var random = SplitMix64(seed: UInt64(count))
            var rows = (0..<6 * count).map { _ in UInt8(random.next() % 128) }
            for place in 0..<count { (rows[place], rows[count + place]) = (0, 127) }
            let nodes: [UInt32] = [0, 1, 2, 3, 4, 5]
            for query in 0..<6 {
                var l2 = [Float](repeating: .nan, count: 6)
                var dot = [Float](repeating: .nan, count: 6)
                unsafe rows.withUnsafeBufferPointer { rows in
                    let base = rows.baseAddress!
                    unsafe kernels.pointee.l2_codes.many(base + query * count, base, count, nodes, 6, count, &l2)
                    unsafe kernels.pointee.dot_codes.many(base + query * count, base, count, nodes, 6, count, &dot)
                    for node in 0..<6 {
                        #expect(
                            unsafe l2[node]
                                == kernels.pointee.l2_codes.one(base + query * count, base + node * count, count))
                        #expect(
                            unsafe dot[node]
                                == kernels.pointee.dot_codes.one(base + query * count, base + node * count, count))
                    }
                }
                for node in 0..<6 {
                    let pairs = (0..<count).map { (Int(rows[query * count + $0]), Int(rows[node * count + $0])) }
                    #expect(l2[node] == Float(pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }))
                    #expect(dot[node] == -Float(pairs.reduce(0) { $0 + ($1.0 - 64) * ($1.1 - 64) }))
                }
            }
        }
    }

    /// Rows end where unreadable memory begins, so one float too many ends the test run.
    @Test(arguments: 0..<count)
    func `no set reads beyond the last component`(set: Int) {
        let kernels = unsafe Self.table(set)
        let page = 16_384
        let memory = unsafe mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        defer { unsafe munmap(memory, 2 * page) }
        unsafe mprotect(memory + page, page, PROT_NONE)
        for dimension in 0...80 {
            let row = unsafe (memory + page - 4 * dimension).assumingMemoryBound(to: Float.self)
            for place in 0..<dimension { unsafe row[place] = 1 }
            let nodes: [UInt32] = [0, 0, 0, 0]
            var out = [Float](repeating: .nan, count: 4)
            #expect(unsafe kernels.pointee.dot.one(row, row, dimension) == -Float(dimension))
            #expect(unsafe kernels.pointee.l2.one(row, row, dimension) == 0)
            unsafe kernels.pointee.dot.many(row, row, 0, nodes, 4, dimension, &out)
            #expect(out == [Float](repeating: -Float(dimension), count: 4))
            unsafe kernels.pointee.l2.many(row, row, 0, nodes, 4, dimension, &out)
            #expect(out == [0, 0, 0, 0])
        }
    }

    @Test func `the plain set is always there and the chosen one is among the available`() {
        #expect(Self.names.first == "plain")
        #expect(Self.names.contains(Kernels.name))
    }

    @Test(arguments: dimensions)
    func `the inner product of two spans needs no components`(dimension: Int) {
        let ones = [Float](repeating: 1, count: dimension)
        #expect(Kernels.dot(ones.span, ones.span) == Float(dimension))
    }
}
