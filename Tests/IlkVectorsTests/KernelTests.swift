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
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_kernels>?.self, capacity: 4) { sets in
            unsafe ilk_kernels_available(sets.baseAddress)
        }
    }

    static func table(_ number: Int) -> UnsafePointer<ilk_kernels> {
        unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<ilk_kernels>?.self, capacity: 4) { sets in
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
            let dot = unsafe kernels.pointee.dot(query, row, dimension)
            let l2 = unsafe kernels.pointee.l2(query, row, dimension)
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
    func `four rows at once give what four calls give`(set: Int, dimension: Int) {
        let kernels = unsafe Self.table(set)
        let rows = RandomVectors.uniform(5, dimension: dimension, seed: 7 + UInt64(dimension))
        let flat = rows.flatMap { $0 }
        unsafe flat.withUnsafeBufferPointer { flat in
            // An empty array's base may be nil; the kernels then read nothing.
            let base = unsafe flat.baseAddress ?? UnsafePointer(bitPattern: 64)!
            var pointers: [UnsafePointer<Float>?] = unsafe (0..<4).map { unsafe base + $0 * dimension }
            let query = unsafe base + 4 * dimension
            var dots = [Float](repeating: .nan, count: 4)
            var l2s = [Float](repeating: .nan, count: 4)
            unsafe kernels.pointee.dot4(query, &pointers, dimension, &dots)
            unsafe kernels.pointee.l2x4(query, &pointers, dimension, &l2s)
            for row in 0..<4 {
                let scale = Float(max(dimension, 1))
                let dot = unsafe kernels.pointee.dot(query, pointers[row], dimension)
                let l2 = unsafe kernels.pointee.l2(query, pointers[row], dimension)
                #expect(abs(dots[row] - dot) <= scale * scale * .ulpOfOne)
                #expect(abs(l2s[row] - l2) <= scale * .ulpOfOne * l2)
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
            var rows: [UnsafePointer<Float>?] = unsafe Array(repeating: UnsafePointer(row), count: 4)
            var out = [Float](repeating: .nan, count: 4)
            #expect(unsafe kernels.pointee.dot(row, row, dimension) == Float(dimension))
            #expect(unsafe kernels.pointee.l2(row, row, dimension) == 0)
            unsafe kernels.pointee.dot4(row, &rows, dimension, &out)
            #expect(out == [Float](repeating: Float(dimension), count: 4))
            unsafe kernels.pointee.l2x4(row, &rows, dimension, &out)
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
