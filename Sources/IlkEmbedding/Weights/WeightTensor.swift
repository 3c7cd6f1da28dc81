package import IlkProtocol
import IlkVectors

/// A tensor of a weight file: what it is called, its shape and where its bytes lie in the map.
@safe package struct WeightTensor: Sendable {
    /// How an element is written.
    package enum ElementType: String, Sendable {
        case f32 = "F32"
        case f16 = "F16"
        case bf16 = "BF16"
        /// Blocks of 32: an f16 scale and 32 weights of four bits.
        case q4 = "Q4_0"
        /// A type that encoders do not compute with: integer positions, for instance.
        case other

        /// Bytes of so many elements; nil where they do not make whole blocks, or the type is not known.
        func byteCount(of elements: Int) -> Int? {
            switch self {
            case .f32: elements * 4
            case .f16, .bf16: elements * 2
            case .q4:
                elements % PackedMatrix.blockInputs == 0
                    ? elements / PackedMatrix.blockInputs * PackedMatrix.blockBytes : nil
            case .other: nil
            }
        }
    }

    package let name: String
    package let shape: [Int]
    package let elementType: ElementType
    /// Bytes of the tensor in the map, which the tensor keeps alive.
    private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    private let file: WeightMap

    /// A tensor whose bytes lie at `offset`; the caller has checked that they do.
    init(name: String, shape: [Int], elementType: ElementType, at offset: Int, count: Int, in file: WeightMap) {
        self.name = name
        self.shape = shape
        self.elementType = elementType
        unsafe bytes = UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + count])
        self.file = file
    }

    package var elementCount: Int { shape.reduce(1, *) }
    package var byteCount: Int { unsafe bytes.count }

    /// Lends the bytes as the file has them, for the length of `body`.
    package func withBytes<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(file) {} }
        return try unsafe body(bytes)
    }

    /// Says that rows will be read here and there.
    func expectRandomReads() { unsafe Memory.expectRandomReads(of: bytes) }

    /// Says that the tensor has been read and will hardly be read again: its pages need not stay in memory.
    func giveBack() { unsafe Memory.giveBack(bytes) }

    /// The elements as f32, expanded where the file has them shorter.
    ///
    /// - Throws: `invalid_request` for a type that encoders do not compute with.
    package func floats() throws(IlkError) -> [Float] {
        guard elementType != .other else {
            throw IlkError(
                .invalidRequest,
                "\(file.path): \(name) has a type that ilk cannot compute with; convert the model to F32, F16 or BF16")
        }
        let count = elementCount
        return unsafe withBytes { bytes in
            unsafe [Float](unsafeUninitializedCapacity: count) { floats, initialized in
                switch elementType {
                case .f32:
                    for place in 0..<count {
                        unsafe floats[place] = bytes.loadUnaligned(fromByteOffset: 4 * place, as: Float.self)
                    }
                case .f16:
                    for place in 0..<count {
                        unsafe floats[place] = EncoderKernels.half(
                            bytes.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self))
                    }
                case .bf16:
                    for place in 0..<count {
                        let bits = unsafe bytes.loadUnaligned(fromByteOffset: 2 * place, as: UInt16.self)
                        unsafe floats[place] = Float(bitPattern: UInt32(bits) << 16)
                    }
                case .q4:
                    if let blocks = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress,
                        let output = floats.baseAddress
                    {
                        unsafe EncoderKernels.expand(
                            q4Blocks: blocks, count: count / PackedMatrix.blockInputs, to: output)
                    }
                case .other: break
                }
                initialized = count
            }
        }
    }
}

/// The map beneath a weight file's tensors.
@safe final class WeightMap: Sendable {
    let path: String
    // SAFETY: a mapping is memory that nobody writes; only deinit touches it.
    private nonisolated(unsafe) let file: MappedFile
    // SAFETY: the map's bytes, which live as long as `file`; they are never written.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    init(path: String) throws(IlkError) {
        self.path = path
        do throws(FileError) {
            unsafe file = try MappedFile(path: path)
        } catch {
            throw IlkError(.notFound, "\(error.description); give the path of a readable weight file")
        }
        unsafe bytes = file.withBytes { unsafe $0 }
    }

    /// That the file is not what its name says, in one voice.
    func damaged(_ finding: String) -> IlkError {
        IlkError(.invalidRequest, "\(path) is damaged or not a weight file: \(finding); fetch the file again")
    }
}

/// Tensors by name.
package protocol WeightFile: Sendable {
    var path: String { get }
    /// A tensor; nil where the file has none of that name.
    subscript(name: String) -> WeightTensor? { get }
    /// The names of all tensors, in the order of their bytes.
    var names: [String] { get }
}

extension WeightFile {
    /// A tensor that the encoder cannot do without.
    ///
    /// - Throws: `invalid_request` where it is missing or has another shape, with what the configuration asks for.
    func require(_ name: String, shape: [Int]) throws(IlkError) -> WeightTensor {
        guard let tensor = self[name] else {
            throw IlkError(
                .invalidRequest, "\(path) has no tensor '\(name)'; give the weights of the model in config.json")
        }
        guard tensor.shape == shape || tensor.shape.count == 1 && tensor.elementCount == shape.reduce(1, *) else {
            throw IlkError(
                .invalidRequest,
                "\(path): '\(name)' has shape \(tensor.shape), the model's configuration says \(shape); "
                    + "give weights and configuration of one model")
        }
        return tensor
    }
}
