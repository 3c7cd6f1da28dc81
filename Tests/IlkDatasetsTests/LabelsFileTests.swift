import Foundation
import IlkDatasets
import IlkProtocol
import Testing

@Suite struct `Labels` {
    @Test func `come from IDX, npy and text, gzipped too`() throws {
        let scratch = try Scratch()
        let numbers: [JSONValue] = [.int(3), .int(0), .int(9)]
        let idx = idx(8, [3], [3, 0, 9])
        #expect(try LabelsFile.read(try scratch.write("l-idx1-ubyte", idx)) == numbers)
        #expect(try LabelsFile.read(try scratch.writeGzipped("l-idx1-ubyte", idx)) == numbers)
        #expect(try LabelsFile.read(try scratch.write("l.npy", npy("<i8", "(3,)", .of([Int64(3), 0, 9])))) == numbers)
        #expect(try LabelsFile.read(try scratch.write("l.txt", "3\n0\r\n9")) == numbers)
        #expect(
            try LabelsFile.read(try scratch.write("l.txt", "red shoe\n007\n\n")) == [
                .string("red shoe"), .string("007"), .string(""),
            ])
    }

    @Test func `that are cut, too many or no integers are refused`() throws {
        let scratch = try Scratch()
        let cases: [(String, [UInt8], String)] = [
            ("l-idx1-ubyte", idx(8, [4], [3, 0, 9]), "it ends after 3 of 4 labels"),
            ("l-idx1-ubyte", idx(8, [2], [3, 0, 9]), "it goes on after its 2 labels"),
            ("l-idx1-ubyte", idx(8, [.max], [3]), "it ends after 1 of 4294967295 labels"),
            ("l-idx3-ubyte", idx(8, [1, 1, 1], [3]), "not IDX of one dimension"),
            ("l-idx1-ubyte", [0, 0], "not IDX of one dimension"),
            ("l.npy", npy("<f4", "(1,)", .of([Float(1)])), "labels are integers"),
            ("l.npy", npy("<i4", "(2,)", .of([Int32(1)])), "is cut"),
            ("l.txt", [0xFF, 0x0A], "line 1 is no UTF-8 text"),
        ]
        for (name, bytes, expected) in cases {
            let said = complaint { _ = try LabelsFile.read(try scratch.write(name, bytes)) }
            #expect(said.contains(expected), "\(name): \(said)")
        }
    }
}
