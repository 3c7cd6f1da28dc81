import Foundation
import IlkDatasets
import IlkVectors
import Testing

@Suite struct `Matrix files` {
    static let rows: [[Float]] = [[1, -2, 3.5], [0, 4, 127]]
    static let flat: [Float] = rows.flatMap { $0 }

    @Test(arguments: [UInt8(1), 2, 3])
    func `npy of every version is read`(version: UInt8) throws {
        let scratch = try Scratch()
        let matrix = try VectorFile.read(
            try scratch.write("a.npy", npy("<f4", "(2, 3)", .of(Self.flat), version: version)))
        #expect((matrix.rows, matrix.columns) == (2, 3))
        #expect(matrix.elements == Self.flat)
    }

    @Test func `npy of every type is read as f32`() throws {
        let scratch = try Scratch()
        let whole: [Float] = [1, -2, 3, 0, 4, 127]
        let types: [(String, [UInt8])] = [
            ("<f8", .of(whole.map(Double.init))), ("|i1", .of(whole.map { Int8($0) })),
            ("<i4", .of(whole.map { Int32($0) })),
            ("<i8", .of(whole.map { Int64($0) })), ("<f2", .of(whole.map { Float16($0).bitPattern })),
            ("=f4", .of(whole)),
        ]
        for (type, bytes) in types {
            let matrix = try VectorFile.read(try scratch.write("a.npy", npy(type, "(2, 3)", bytes)))
            #expect(matrix.elements == whole, "\(type)")
        }
        let bytes = try VectorFile.read(try scratch.write("a.npy", npy("|u1", "(1, 3)", [0, 200, 255])))
        #expect(bytes.elements == [0, 200, 255])
    }

    @Test func `npy in Fortran order gives the same rows, gzipped too`() throws {
        let scratch = try Scratch()
        let columns: [Float] = (0..<3).flatMap { column in Self.rows.map { $0[column] } }
        let bytes = npy("<f4", "(2, 3)", .of(columns), isFortran: true)
        for path in [try scratch.write("a.npy", bytes), try scratch.writeGzipped("a.npy", bytes)] {
            #expect(try VectorFile.read(path).elements == Self.flat)
            #expect(try VectorFile.row(1, of: path) == Self.rows[1])
            #expect(try entries(path, skipping: 1).records.map { $0.vectors[0].vector } == [Self.rows[1]])
        }
    }

    @Test func `an array of one dimension is one row, one of three is rows of all the rest`() throws {
        let scratch = try Scratch()
        let one = try VectorFile.read(try scratch.write("a.npy", npy("<f4", "(6,)", .of(Self.flat))))
        #expect((one.rows, one.columns) == (1, 6))
        let three = try VectorFile.read(try scratch.write("b.npy", npy("<f4", "(3, 2, 1)", .of(Self.flat))))
        #expect((three.rows, three.columns) == (3, 2))
    }

    @Test func `fvecs, bvecs and their gzipped forms are read`() throws {
        let scratch = try Scratch()
        for path in [
            try scratch.write("a.fvecs", fvecs(Self.rows)), try scratch.writeGzipped("b.fvecs", fvecs(Self.rows)),
        ] {
            let matrix = try VectorFile.read(path)
            #expect((matrix.rows, matrix.columns, matrix.elements) == (2, 3, Self.flat))
            #expect(try VectorFile.read(path, limit: 1).rows == 1)
        }
        let bytes: [UInt8] = .of([Int32(2)]) + [7, 255] + .of([Int32(2)]) + [0, 1]
        #expect(try VectorFile.read(try scratch.write("a.bvecs", bytes)).elements == [7, 255, 0, 1])
    }

    @Test func `IDX of bytes and of floats is read, gzipped too`() throws {
        let scratch = try Scratch()
        let bytes = idx(8, [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 255])
        for path in [
            try scratch.write("t-images-idx3-ubyte", bytes), try scratch.writeGzipped("t-images-idx3-ubyte", bytes),
        ] {
            let matrix = try VectorFile.read(path)
            #expect((matrix.rows, matrix.columns) == (2, 4))
            #expect(matrix.elements == [1, 2, 3, 4, 5, 6, 7, 255])
            let reader = try RecordReader(path: path)
            #expect((reader.totalRows, reader.dimension) == (2, 4))
        }
        let floats = idx(0x0D, [2, 3], .of(Self.flat, isBigEndian: true))
        #expect(try VectorFile.read(try scratch.write("a.idx", floats)).elements == Self.flat)
    }

    @Test func `ground truth is read from ivecs and from npy`() throws {
        let scratch = try Scratch()
        let ivecs: [UInt8] = .of([Int32(2), 5, 3, 2, 0, 9])
        let truth = try GroundTruthFile.read(try scratch.write("t.ivecs", ivecs))
        #expect((truth.k, truth.neighbors) == (2, [[5, 3], [0, 9]]))
        let npy = npy("<i8", "(2, 2)", .of([Int64(5), 3, 0, 9]))
        #expect(try GroundTruthFile.read(try scratch.write("t.npy", npy)) == truth)
        #expect(
            complaint { _ = try GroundTruthFile.read(try scratch.write("u.ivecs", .of([Int32(1), -4]))) }
                .hasSuffix("row 0 holds -4, which is no row number"))
        #expect(
            complaint { _ = try GroundTruthFile.read(try scratch.write("u.fvecs", fvecs(Self.rows))) }.contains(
                "integers"))
    }

    @Test func `a row is found by its number, and one too far is told`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("a.fvecs", fvecs(Self.rows))
        #expect(try VectorFile.row(1, of: path) == Self.rows[1])
        #expect(complaint { _ = try VectorFile.row(2, of: path) }.contains("it has 2 rows, so there is no row 2"))
    }

    @Test func `reading goes on at any row`() throws {
        let scratch = try Scratch()
        let rows = (0..<1_000).map { [Float($0), 1] }
        for path in [
            try scratch.write("a.fvecs", fvecs(rows)), try scratch.writeGzipped("a.fvecs", fvecs(rows)),
            try scratch.write("a.npy", npy("<f4", "(1000, 2)", .of(rows.flatMap { $0 }))),
        ] {
            let (records, _) = try entries(path, skipping: 990)
            #expect(records.map(\.row) == Array(990..<1_000))
            #expect(records.first?.vectors[0].vector == [990, 1])
            #expect(try entries(path, skipping: 5_000).records.isEmpty)
        }
    }

    @Test func `a number that is not finite refuses its record, and a whole matrix`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("a.fvecs", fvecs([[1, 2], [3, .nan], [5, 6]]))
        let (records, refused) = try entries(path)
        #expect(records.map(\.row) == [0, 2])
        #expect(refused.map(\.reason) == ["component 1 is nan; vectors hold finite numbers"])
        #expect(complaint { _ = try VectorFile.read(path) }.contains("row 1, component 1 is nan"))
        let beyond = try scratch.write("a.npy", npy("<f8", "(1, 1)", .of([1e300])))
        #expect(try entries(beyond).refused.count == 1)
    }
}
