import IlkProtocol
import IlkVectors

/// A BERT's weights as the encoder uses them: matrices packed, tables of words left in the file's map.
struct BERTWeights: Sendable {
    struct Layer: Sendable {
        /// Query, key and value in one: `3 · hidden` outputs.
        var attentionInput: PackedMatrix
        var attentionOutput: PackedMatrix
        var attentionNorm: EncoderKernels.Norm
        var intermediate: PackedMatrix
        var output: PackedMatrix
        var outputNorm: EncoderKernels.Norm

        var matrices: [PackedMatrix] { [attentionInput, attentionOutput, intermediate, output] }
    }

    var words: WordTable
    /// For each position what is added to a word's row: its own row and that of token type 0.
    var positions: [Float]
    var norm: EncoderKernels.Norm
    var layers: [Layer]

    init(
        _ configuration: EncoderConfiguration, _ file: some WeightFile, _ arithmetic: PackedMatrix.Arithmetic
    ) throws(IlkError) {
        let names = BERTNames(in: file, layers: configuration.layers)
        let hidden = configuration.hidden
        let inner = configuration.feedForward
        let table = try file.require(names.words, shape: [configuration.vocabulary, hidden])
        guard table.elementType != .other, table.elementType != .q4 || hidden % PackedMatrix.blockInputs == 0 else {
            throw IlkError(
                .invalidRequest,
                "\(file.path): '\(names.words)' is not F32, F16, BF16 or rows of whole Q4_0 blocks; convert the model")
        }
        table.expectRandomReads()
        words = WordTable(table, columns: hidden)
        var positions = try file.require(names.positions, shape: [configuration.positions, hidden]).floats()
        guard let types = file[names.types], types.elementCount >= hidden, types.elementCount % hidden == 0 else {
            throw IlkError(
                .invalidRequest, "\(file.path) has no '\(names.types)' of \(hidden) columns; give a BERT's weights")
        }
        let type = try types.floats().prefix(hidden)
        for place in positions.indices { positions[place] += type[place % hidden] }
        self.positions = positions
        func norm(_ pair: BERTNames.Pair) throws(IlkError) -> EncoderKernels.Norm {
            EncoderKernels.Norm(
                gain: try file.require(pair.weight, shape: [hidden]).floats(),
                bias: try file.require(pair.bias, shape: [hidden]).floats(), epsilon: configuration.epsilon)
        }
        let shapes = [(hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)]
        let layer = shapes.reduce(0) { $0 + PackedMatrix.largestByteCount(inputs: $1.0, outputs: $1.1) }
        guard let arena = WeightArena(capacity: configuration.layers * layer) else {
            throw IlkError(
                .overloaded, "the system has no address space for the weights of \(file.path); free some memory")
        }
        func matrix(_ pairs: [BERTNames.Pair], outputs: Int, inputs: Int) throws(IlkError) -> PackedMatrix {
            var weights: [WeightTensor] = []
            var bias: [Float] = []
            for pair in pairs {
                weights.append(try file.require(pair.weight, shape: [outputs, inputs]))
                bias += try file.require(pair.bias, shape: [outputs]).floats()
            }
            let packed = try PackedMatrix.stacking(
                weights, inputs: inputs, bias: bias, arithmetic, in: arena)
            for tensor in weights { tensor.giveBack() }
            return packed
        }
        self.norm = try norm(names.norm)
        layers = []
        for layer in names.layers {
            layers.append(
                Layer(
                    attentionInput: try matrix(
                        [layer.query, layer.key, layer.value], outputs: hidden, inputs: hidden),
                    attentionOutput: try matrix([layer.attentionOutput], outputs: hidden, inputs: hidden),
                    attentionNorm: try norm(layer.attentionNorm),
                    intermediate: try matrix([layer.intermediate], outputs: inner, inputs: hidden),
                    output: try matrix([layer.output], outputs: hidden, inputs: inner),
                    outputNorm: try norm(layer.outputNorm)))
        }
    }

    /// The arithmetic of most matrices, for the fingerprint.
    var arithmetic: PackedMatrix.Arithmetic {
        layers.lazy.flatMap(\.matrices).map(\.arithmetic).first { $0 != .f32 } ?? .f32
    }
}

extension PackedMatrix {
    /// Packs tensors of the same number of columns, one below the other.
    ///
    /// With `q4s8` Q4_0 stays as it is where all tensors are, and anything else becomes f32.
    ///
    /// - Throws: `invalid_request` where `q8s8` is asked for and blocks would not be whole.
    fileprivate static func stacking(
        _ tensors: [WeightTensor], inputs: Int, bias: [Float], _ arithmetic: PackedMatrix.Arithmetic,
        in arena: WeightArena
    ) throws(IlkError) -> PackedMatrix {
        let matrix: PackedMatrix?
        let hasWholeBlocks = inputs % PackedMatrix.blockInputs == 0
        if arithmetic == .q4s8, hasWholeBlocks, tensors.allSatisfy({ $0.elementType == .q4 }) {
            var blocks: [UInt8] = []
            for tensor in tensors { unsafe tensor.withBytes { unsafe blocks.append(contentsOf: $0) } }
            matrix = unsafe PackedMatrix(q4Rows: blocks, inputs: inputs, bias: bias, in: arena)
        } else {
            guard hasWholeBlocks || arithmetic != .q8s8 else {
                throw IlkError(
                    .invalidRequest,
                    "the model has matrices of \(inputs) inputs, and \(arithmetic.rawValue) takes them in blocks of "
                        + "\(PackedMatrix.blockInputs); add it with the arithmetic f32")
            }
            var rows: [Float] = []
            for tensor in tensors { rows += try tensor.floats() }
            matrix =
                arithmetic == .q8s8
                ? unsafe PackedMatrix(rounding: rows, inputs: inputs, bias: bias, in: arena)
                : unsafe PackedMatrix(rows: rows, inputs: inputs, bias: bias, in: arena)
        }
        guard let matrix else {
            throw IlkError(.internal, "a model's weights need more room than was reckoned; report this")
        }
        return matrix
    }
}

/// A table of rows in a file's map, expanded row by row.
struct WordTable: Sendable {
    private let tensor: WeightTensor
    private let columns: Int
    let rows: Int

    /// A table of `columns` columns; in Q4_0 a multiple of 32.
    init(_ tensor: WeightTensor, columns: Int) {
        self.tensor = tensor
        self.columns = columns
        rows = tensor.elementCount / max(columns, 1)
    }

    /// Writes a row's floats.
    func copy(row: Int, to output: UnsafeMutablePointer<Float>) {
        precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
        unsafe tensor.withBytes { bytes in
            switch tensor.elementType {
            case .f32:
                let start = unsafe bytes.baseAddress! + row * columns * 4
                unsafe UnsafeMutableRawPointer(output).copyMemory(from: start, byteCount: columns * 4)
            case .f16:
                for place in 0..<columns {
                    unsafe output[place] = EncoderKernels.half(
                        bytes.loadUnaligned(fromByteOffset: 2 * (row * columns + place), as: UInt16.self))
                }
            case .bf16:
                for place in 0..<columns {
                    let bits = unsafe bytes.loadUnaligned(
                        fromByteOffset: 2 * (row * columns + place), as: UInt16.self)
                    unsafe output[place] = Float(bitPattern: UInt32(bits) << 16)
                }
            case .q4:
                let blocks = columns / PackedMatrix.blockInputs
                let start = unsafe bytes.baseAddress! + row * blocks * PackedMatrix.blockBytes
                unsafe EncoderKernels.expand(
                    q4Blocks: start.assumingMemoryBound(to: UInt8.self), count: blocks, to: output)
            case .other: break
            }
        }
    }
}
