import Foundation
import IlkDatasets
import IlkVectors
import Testing

@Suite struct `Damaged files` {
    /// Good files of every format of matrices, by name.
    static let files: [(String, [UInt8])] = [
        ("a.npy", npy("<f4", "(3, 2)", .of([Float(1), 2, 3, 4, 5, 6]))),
        ("f.npy", npy("<f4", "(3, 2)", .of([Float(1), 2, 3, 4, 5, 6]), isFortran: true)),
        ("a.fvecs", fvecs([[1, 2], [3, 4], [5, 6]])),
        ("a.bvecs", [2, 0, 0, 0, 9, 8, 2, 0, 0, 0, 7, 6]),
        ("a.ivecs", .of([Int32(2), 5, 3, 2, 0, 9])),
        ("a-idx2-ubyte", idx(8, [3, 2], [1, 2, 3, 4, 5, 6])),
    ]

    @Test(arguments: files.map(\.0))
    func `a file cut anywhere but between rows is refused and never crashes`(name: String) throws {
        let scratch = try Scratch()
        let bytes = try #require(Self.files.first { $0.0 == name }?.1)
        let rowSize = ["a.fvecs": 12, "a.bvecs": 6, "a.ivecs": 12][name]
        for length in 0..<bytes.count {
            let path = try scratch.write(name, Array(bytes.prefix(length)))
            let said = complaint { _ = try VectorFile.read(path) }
            let isWhole = length > 0 && rowSize.map { length.isMultiple(of: $0) } == true
            #expect((said == "nothing") == isWhole, "\(length) bytes: \(said)")
            #expect((complaint { _ = try entries(path) } == "nothing") == isWhole)
        }
    }

    @Test(arguments: files.map(\.0))
    func `a gzipped file cut anywhere is refused and never crashes`(name: String) throws {
        let scratch = try Scratch()
        let whole = try #require(Self.files.first { $0.0 == name }?.1)
        let path = try scratch.writeGzipped(name, whole)
        let bytes = try Array(Data(contentsOf: URL(filePath: path)))
        for length in 1..<bytes.count {
            let cut = try scratch.write(name + ".gz", Array(bytes.prefix(length)))
            #expect(complaint { _ = try VectorFile.read(cut) } != "nothing", "\(length) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `flipped bits never crash a reader`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let scratch = try Scratch()
        for (name, bytes) in Self.files {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                damaged[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0...7, using: &generator)
            }
            let path = try scratch.write(name, damaged)
            _ = complaint { _ = try VectorFile.read(path) }
            _ = complaint { _ = try GroundTruthFile.read(path) }
            let gzipped = try scratch.writeGzipped(name, damaged)
            _ = complaint { _ = try entries(gzipped) }
        }
    }

    @Test func `huge sizes in a header are refused before anything is allocated`() throws {
        let scratch = try Scratch()
        let cases: [(String, [UInt8], String)] = [
            ("a.npy", npy("<f4", "(1000000000000, 784)", [0, 0, 0, 0]), "is cut"),
            ("a.npy", npy("<f4", "(9223372036854775807, 2)", [0]), "more than any file holds"),
            ("a.npy", npy("<f4", "(2, 99999999)", [0]), "a row has at most 65536 numbers"),
            ("a.npy", npy("<f4", "(99999999999999999999999, 2)", [0]), "not NumPy's"),
            ("a.npy", npy("<f4", "(-3, 2)", [0]), "not NumPy's"),
            ("a.npy", npy("<f4", "(3, 0)", []), "a row needs at least one number"),
            ("a.fvecs", .of([Int32.max, 0]), "its first row says dimension 2147483647"),
            ("a.fvecs", .of([Int32(-1), 0]), "its first row says dimension -1"),
            ("a-idx3-ubyte", idx(8, [.max, .max, .max], [0]), "a row has at most"),
            ("a-idx3-ubyte", idx(8, [.max, 2, 2], [0]), "is cut"),
        ]
        for (name, bytes, expected) in cases {
            let said = complaint { _ = try VectorFile.read(try scratch.write(name, bytes)) }
            #expect(said.contains(expected), "\(said)")
        }
        // A gzipped file's size is not known: its header is believed only as far as the bytes come.
        let said = complaint {
            _ = try VectorFile.read(
                try scratch.writeGzipped("b.npy", npy("<f4", "(1000000000000, 784)", [0, 0, 0, 0])))
        }
        #expect(said.contains("it ends within row 0"), "\(said)")
    }

    @Test func `what is not of its name's format is told so`() throws {
        let scratch = try Scratch()
        let cases: [(String, [UInt8], String)] = [
            ("a.npy", Array("hello, this is text".utf8), "does not begin as .npy does"),
            ("a.npy", [0x93] + Array("NUMPY".utf8) + [9, 0, 0, 0, 0, 0], "version 9"),
            ("a.npy", npy(">f4", "(1, 1)", [0, 0, 0, 0]), "big-endian (>f4); save it with .astype('<f4')"),
            ("a.npy", npy("<c8", "(1, 1)", [0, 0, 0, 0, 0, 0, 0, 0]), "type '<c8'"),
            ("a.npy", npy("<f4", "()", [0, 0, 0, 0]), "a single number"),
            ("a.npy", npy("<f4", "(2, 3, 4)", [UInt8](repeating: 0, count: 96), isFortran: true), "save it in C order"),
            ("a.npy", npy("<f4", "(1, 1)", [0, 0, 0, 0, 9]), "1 bytes are too many"),
            ("a-idx3-ubyte", Array("PNG and so on".utf8), "it begins with 50 4e 47 20, which is not IDX"),
            ("labels-idx1-ubyte", idx(8, [3], [1, 2, 3]), "single numbers (labels?)"),
            ("a.fvecs", fvecs([[1, 2], [3, 4], [5, 6, 7]]), "no whole number of rows"),
            ("a.fvecs", .of([Int32(1), 0, 7, 0]), "row 1 says dimension 7, the first row 1"),
            ("a.fvecs", [], "the file is empty"),
            ("a.fvecs.gz", fvecs([[1, 2]]), "it is named .gz but is not gzipped"),
            ("a.parquet", [1], "its name tells no format"), ("a.csv", Array("id,vector".utf8), "it holds records"),
        ]
        for (name, bytes, expected) in cases {
            let said = complaint { _ = try VectorFile.read(try scratch.write(name, bytes)) }
            #expect(said.contains(expected), "\(name): \(said)")
        }
        #expect(
            complaint { _ = try VectorFile.read(scratch.folder + "/none.npy") }.hasSuffix("No such file or directory"))
        try FileManager.default.createDirectory(atPath: scratch.folder + "/d.npy", withIntermediateDirectories: true)
        #expect(complaint { _ = try VectorFile.read(scratch.folder + "/d.npy") }.hasSuffix("it is a folder"))
        let records = Array("[('a', '<f4'), ('b', '<i8')]".utf8)
        let header = Array("{'descr': ".utf8) + records + Array(", 'fortran_order': False, 'shape': (1,), }".utf8)
        let structured = [0x93] + Array("NUMPY".utf8) + [1, 0] + [UInt8].of([UInt16(header.count)]) + header
        #expect(
            complaint { _ = try VectorFile.read(try scratch.write("s.npy", structured)) }.contains(
                "records of several types"))
    }

    @Test func `a name tells its format`() throws {
        let names: [(String, FileFormat)] = [
            ("x/y.npy", .npy), ("y.NPY.gz", .npy), ("a.b.jsonl", .ndjson), ("p.ndjson.gz", .ndjson),
            ("t10k-images-idx3-ubyte.gz", .idx),
            ("train-images.idx3-ubyte", .idx), ("m.idx", .idx), ("c.csv", .csv), ("c.tsv.gz", .tsv),
            ("g.ivecs", .ivecs),
        ]
        for (name, format) in names { #expect(try FileFormat(path: name) == format, "\(name)") }
        #expect(throws: DatasetError.unknownFormat(path: "npy")) { try FileFormat(path: "npy") }
    }
}
