import Glibc
import IlkEmbedding
import IlkProtocol
import IlkVectors

/// A random BERT small enough to be computed in double precision, step by step as the paper has it.
struct TinyBERT {
    var configuration: EncoderConfiguration
    /// Rows of each tensor, under Hugging Face's names.
    var tensors: [(name: String, shape: [Int], values: [Float])] = []

    init(_ configuration: EncoderConfiguration, seed: UInt64) {
        self.configuration = configuration
        var random = SplitMix64(seed: seed)
        func uniform(_ count: Int, _ scale: Float, around center: Float = 0) -> [Float] {
            (0..<count).map { _ in center + scale * (Float(random.next() >> 40) * 0x1p-23 - 1) }
        }
        let hidden = configuration.hidden
        let inner = configuration.feedForward
        func add(_ name: String, _ shape: [Int], _ scale: Float, around center: Float = 0) {
            tensors.append((name, shape, uniform(shape.reduce(1, *), scale, around: center)))
        }
        func norm(_ name: String) {
            add(name + ".weight", [hidden], 0.3, around: 1)
            add(name + ".bias", [hidden], 0.2)
        }
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) {
            add(name + ".weight", [outputs, inputs], 2 / Float(inputs).squareRoot())
            add(name + ".bias", [outputs], 0.2)
        }
        add("embeddings.word_embeddings.weight", [configuration.vocabulary, hidden], 1)
        add("embeddings.position_embeddings.weight", [configuration.positions, hidden], 0.5)
        add("embeddings.token_type_embeddings.weight", [2, hidden], 0.2)
        norm("embeddings.LayerNorm")
        for layer in 0..<configuration.layers {
            let start = "encoder.layer.\(layer)."
            for part in ["query", "key", "value"] { linear(start + "attention.self." + part, hidden, hidden) }
            linear(start + "attention.output.dense", hidden, hidden)
            norm(start + "attention.output.LayerNorm")
            linear(start + "intermediate.dense", inner, hidden)
            linear(start + "output.dense", hidden, inner)
            norm(start + "output.LayerNorm")
        }
    }

    subscript(name: String) -> [Float] { tensors.first { $0.name == name }?.values ?? [] }

    // MARK: Naive arithmetic

    /// The pooled vector of one text, in double precision.
    func vector(_ ids: [Int32]) -> [Double] {
        let hidden = configuration.hidden
        var rows = ids.enumerated().map { place, id in
            let word = self["embeddings.word_embeddings.weight"]
            let position = self["embeddings.position_embeddings.weight"]
            let type = self["embeddings.token_type_embeddings.weight"]
            return (0..<hidden).map { column in
                Double(word[Int(id) * hidden + column]) + Double(type[column])
                    + Double(position[(place + configuration.positionOffset) * hidden + column])
            }
        }
        rows = norm(rows, "embeddings.LayerNorm")
        for layer in 0..<configuration.layers {
            let start = "encoder.layer.\(layer)."
            let gathered = attention(rows, start)
            rows = norm(
                add(rows, linear(gathered, start + "attention.output.dense")), start + "attention.output.LayerNorm")
            let inner = linear(rows, start + "intermediate.dense").map { $0.map(activate) }
            rows = norm(add(rows, linear(inner, start + "output.dense")), start + "output.LayerNorm")
        }
        guard configuration.pooling == .mean else { return rows[0] }
        return (0..<hidden).map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
    }

    private func attention(_ rows: [[Double]], _ start: String) -> [[Double]] {
        let size = configuration.hidden / configuration.heads
        let query = linear(rows, start + "attention.self.query")
        let key = linear(rows, start + "attention.self.key")
        let value = linear(rows, start + "attention.self.value")
        return rows.indices.map { row in
            (0..<configuration.heads).flatMap { head in
                let columns = head * size..<(head + 1) * size
                let scores = rows.indices.map { other in
                    columns.reduce(0) { $0 + query[row][$1] * key[other][$1] } / Double(size).squareRoot()
                }
                let powers = scores.map { exp($0 - scores.max()!) }
                let total = powers.reduce(0, +)
                return columns.map { column in
                    rows.indices.reduce(0) { $0 + powers[$1] / total * value[$1][column] }
                }
            }
        }
    }

    private func add(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
        zip(a, b).map { zip($0, $1).map { $0 + $1 } }
    }

    private func linear(_ rows: [[Double]], _ name: String) -> [[Double]] {
        let weights = self[name + ".weight"]
        let bias = self[name + ".bias"]
        let inputs = rows[0].count
        return rows.map { row in
            bias.indices.map { output in
                (0..<inputs).reduce(Double(bias[output])) { $0 + row[$1] * Double(weights[output * inputs + $1]) }
            }
        }
    }

    private func norm(_ rows: [[Double]], _ name: String) -> [[Double]] {
        let gain = self[name + ".weight"]
        let bias = self[name + ".bias"]
        return rows.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            let scale = 1 / (variance + Double(configuration.epsilon)).squareRoot()
            return row.indices.map { (row[$0] - mean) * scale * Double(gain[$0]) + Double(bias[$0]) }
        }
    }

    private func activate(_ x: Double) -> Double {
        switch configuration.activation {
        case .gelu: x / 2 * (1 + erf(x / 2.0.squareRoot()))
        case .geluTanh: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        case .relu: max(0, x)
        }
    }
}

extension TokenBatch {
    /// Texts of random ids and lengths.
    init(texts: Int, lengths: ClosedRange<Int>, vocabulary: Int, _ random: inout SplitMix64) {
        self.init()
        for _ in 0..<texts {
            let length = Int.random(in: lengths, using: &random)
            append((0..<length).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &random) })
        }
    }

    /// The ids of every text.
    var texts: [[Int32]] {
        var start = 0
        return lengths.map { length in
            defer { start += length }
            return Array(ids[start..<start + length])
        }
    }
}

/// The largest difference of a component after both are normalised.
func difference(_ a: some Collection<Float>, _ b: some Collection<Double>) -> Double {
    let normA = a.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let normB = b.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return zip(a, b).map { abs(Double($0) / normA - $1 / normB) }.max() ?? 0
}
