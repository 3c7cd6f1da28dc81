import IlkVectors

/// The codes that walks use, and the trial that they passed; without codes, the trial that they did not.
struct CodeChoice: Sendable {
    var codes: CodeStore?
    var trial: CodeTrial?
    /// Live vectors when the choice was made; 0 before.
    var count = 0
}

extension CodeChoice {
    /// A choice as a checkpoint has it: ``CheckpointFormat`` says in which bytes.
    @safe final class Section {
        let bytes: UnsafeMutableRawBufferPointer

        private static let fixedSize = 32

        init(_ choice: CodeChoice) {
            let quantizer = choice.codes?.quantizer
            let size = Self.fixedSize + (quantizer.map { 4 * ($0.dimension + 1) } ?? 0)
            unsafe bytes = .allocate(byteCount: choice.count == 0 ? 0 : size, alignment: 8)
            guard choice.count > 0 else { return }
            let numbers = [
                UInt64(choice.count), UInt64(choice.trial?.rescored ?? 0), choice.trial?.recall.bitPattern ?? 0,
                quantizer == nil ? 0 : 1,
            ]
            for (place, number) in numbers.enumerated() {
                unsafe bytes.storeBytes(of: number.littleEndian, toByteOffset: 8 * place, as: UInt64.self)
            }
            guard let quantizer else { return }
            for (place, number) in ([quantizer.step] + quantizer.low).enumerated() {
                let offset = Self.fixedSize + 4 * place
                unsafe bytes.storeBytes(of: number.bitPattern.littleEndian, toByteOffset: offset, as: UInt32.self)
            }
        }

        /// Room for the bytes of a file; nil where no section for this dimension has so many.
        init?(byteCount: Int, dimension: Int) {
            guard [0, Self.fixedSize, Self.fixedSize + 4 * (dimension + 1)].contains(byteCount) else { return nil }
            unsafe bytes = .allocate(byteCount: byteCount, alignment: 8)
        }

        deinit { unsafe bytes.deallocate() }

        /// What the bytes say, with a count of 0 where they are none; nil where they cannot be a choice's.
        func saved(metric: Metric) -> (quantizer: ScalarQuantizer?, trial: CodeTrial?, count: Int)? {
            guard unsafe !bytes.isEmpty else { return (nil, nil, 0) }
            func number(_ place: Int) -> UInt64 {
                UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
            }
            let recall = Double(bitPattern: number(2))
            guard number(0) > 0, number(0) <= 1 << 40, number(1) <= 100, recall >= 0, recall <= 1,
                number(3) == (unsafe bytes.count > Self.fixedSize ? 1 : 0)
            else { return nil }
            let trial = number(1) == 0 ? nil : CodeTrial(rescored: Int(number(1)), recall: recall)
            guard number(3) == 1 else { return (nil, trial, Int(number(0))) }
            let floats = unsafe stride(from: Self.fixedSize, to: bytes.count, by: 4).map { offset in
                Float(
                    bitPattern: UInt32(
                        littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            }
            guard trial?.rescored ?? 0 >= 10, floats[0] >= .leastNormalMagnitude, floats.allSatisfy(\.isFinite) else {
                return nil
            }
            let quantizer = ScalarQuantizer(low: Array(floats[1...]), step: floats[0], metric: metric)
            return (quantizer, trial, Int(number(0)))
        }
    }
}
