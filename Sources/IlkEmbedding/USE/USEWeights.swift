import IlkProtocol
import IlkVectors

/// The weights of Google's Universal Sentence Encoder, multilingual, version 3: `weights.npz`.
///
/// Matrices lie in the file as `[inputs, outputs]`. The table of tokens stays where it is mapped: 17 tables of bytes, each
/// with a scale and an offset; token `i` is row `i / 17` of table `i % 17`.
final class USEWeights: Sendable {
    /// One of the three convolutions, which look at windows of two, three and five tokens.
    struct Convolution: Sendable {
        /// Tokens in a window.
        var order: Int
        /// How many of them stand before the token itself.
        var left: Int
        var first: PackedMatrix
        var second: PackedMatrix
    }

    static let tokenWidth = 512
    static let width = 256
    static let allWidth = tokenWidth + 3 * width
    static let dimension = 512
    private static let tables = 17
    private static let tableRows = 7_530

    /// Tokens that have a row.
    let vocabulary = USEWeights.tables * USEWeights.tableRows
    /// From a token to all three convolutions' inputs, side by side.
    let projection: PackedMatrix
    let projectionNorm: EncoderKernels.Norm
    let convolutions: [Convolution]
    let tokenNorm: EncoderKernels.Norm
    let sum: PackedMatrix
    let sumBias: [Float]
    /// The two residual layers on a text: each a hidden and an output matrix, and one that goes around both.
    let dense: [(hidden: PackedMatrix, output: PackedMatrix, around: PackedMatrix)]

    private let table: [NPZArchive.Array]
    private let scales: [Float]
    private let offsets: [Float]

    init(path: String, arithmetic: PackedMatrix.Arithmetic) throws(IlkError) {
        let archive = try NPZArchive(path: path)
        func floats(_ name: String, _ shape: Int...) throws(IlkError) -> [Float] {
            let values = try archive.array(name, type: "<f4", shape: shape).floats
            guard values.allSatisfy(\.isFinite) else {
                throw IlkError(
                    .invalidRequest, "the array \(name) of \(path) has what is not a number; fetch the model again")
            }
            return values
        }
        guard let arena = WeightArena(capacity: Self.arenaBytes) else {
            throw IlkError(
                .unavailable, "there is no memory for the weights of \(path); free some, or use a smaller model")
        }
        func packed(_ name: String, _ inputs: Int, _ outputs: Int, bias: String? = nil) throws(IlkError) -> PackedMatrix
        {
            try Self.packed(
                Self.transposed(try floats(name, inputs, outputs), inputs: inputs), inputs,
                bias: try bias.map { name throws(IlkError) in try floats(name, outputs) }
                    ?? [Float](repeating: 0, count: outputs), arithmetic, in: arena)
        }
        var table: [NPZArchive.Array] = []
        for number in 1...Self.tables {
            table.append(try archive.array("q\(number)", type: "|u1", shape: [Self.tableRows, Self.tokenWidth]))
        }
        self.table = table
        scales = try floats("scale", Self.tables)
        offsets = try floats("lo", Self.tables)

        let (wide, width, all) = (Self.tokenWidth, Self.width, Self.allWidth)
        var rows: [Float] = []
        var (bias, gain, shift): ([Float], [Float], [Float]) = ([], [], [])
        var convolutions: [Convolution] = []
        for (order, left) in [(2, 0), (3, 1), (5, 2)] {
            rows += Self.transposed(try floats("proj\(order)", wide, width), inputs: wide)
            bias += try floats("proj_b\(order)", width)
            gain += try floats("ln_g\(order)", width)
            shift += try floats("ln_b\(order)", width)
            convolutions.append(
                Convolution(
                    order: order, left: left,
                    first: try packed("w1_\(order)", order * width, width, bias: "b1_\(order)"),
                    second: try packed("w2_\(order)", order * width, width, bias: "b2_\(order)")))
        }
        let epsilon: Float = 1e-12
        projection = try Self.packed(rows, wide, bias: bias, arithmetic, in: arena)
        projectionNorm = EncoderKernels.Norm(gain: gain, bias: shift, epsilon: epsilon)
        self.convolutions = convolutions
        tokenNorm = EncoderKernels.Norm(gain: try floats("ln_g", all), bias: try floats("ln_b", all), epsilon: epsilon)
        sum = try packed("cnn_W", all, Self.dimension)
        sumBias = try floats("cnn_b", Self.dimension)
        dense = [
            (try packed("d0", 512, 320), try packed("d1", 320, 320), try packed("p1", 512, 320)),
            (try packed("d2", 320, 512), try packed("d3", 512, 512), try packed("p3", 320, 512)),
        ]
    }

    /// Writes a token's vector of ``tokenWidth`` floats; an id without a row counts as the unknown one, 0.
    func writeToken(_ id: Int32, to target: UnsafeMutablePointer<Float>) {
        let id = id >= 0 && Int(id) < vocabulary ? Int(id) : 0
        let number = id % Self.tables
        let (scale, offset) = (scales[number], offsets[number])
        table[number].withBytes { bytes in
            // SAFETY: the table has `tableRows` rows, as was checked when it was opened.
            let row = unsafe bytes.baseAddress! + id / Self.tables * Self.tokenWidth
            for place in 0..<Self.tokenWidth {
                unsafe target[place] = Float(row.load(fromByteOffset: place, as: UInt8.self)) * scale + offset
            }
        }
    }

    /// Bytes of scratch that any product of so many rows needs.
    func scratchBytes(rows: Int) -> Int {
        let matrices = [projection, sum] + convolutions.flatMap { [$0.first, $0.second] }
        return matrices.map { $0.scratchBytes(rows: rows) }.max() ?? 0
    }

    /// What all matrices take together at most.
    private static var arenaBytes: Int {
        let convolutions = [2, 3, 5].flatMap { [($0 * width, width), ($0 * width, width)] }
        let dense = [(512, 320), (320, 320), (512, 320), (320, 512), (512, 512), (320, 512)]
        return ([(tokenWidth, 3 * width), (allWidth, dimension)] + convolutions + dense).reduce(0) {
            $0 + PackedMatrix.largestByteCount(inputs: $1.0, outputs: $1.1)
        }
    }

    private static func packed(
        _ rows: [Float], _ inputs: Int, bias: [Float], _ arithmetic: PackedMatrix.Arithmetic, in arena: WeightArena
    ) throws(IlkError) -> PackedMatrix {
        let matrix =
            arithmetic == .f32
            ? unsafe PackedMatrix(rows: rows, inputs: inputs, bias: bias, in: arena)
            : unsafe PackedMatrix(rounding: rows, inputs: inputs, bias: bias, in: arena)
        guard let matrix else {
            throw IlkError(.internal, "a model's weights need more room than was reckoned; report this")
        }
        return matrix
    }

    /// From `[inputs, outputs]` to `[outputs, inputs]`.
    private static func transposed(_ values: [Float], inputs: Int) -> [Float] {
        let outputs = values.count / inputs
        var rows = [Float](repeating: 0, count: values.count)
        for output in 0..<outputs {
            for input in 0..<inputs { rows[output * inputs + input] = values[input * outputs + output] }
        }
        return rows
    }
}
