import ArgumentParser
import Glibc
import IlkEmbedding
import IlkProtocol
import IlkVectors

/// Tokens a second and milliseconds of an encoder, one NDJSON line a measurement.
///
/// With `--serve` it reads what to measure from standard input, so that a driver can let several engines take turns.
@main struct BenchEmbedding: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-embedding", abstract: "How fast an encoder runs, on random tokens.")

    @Option(help: "A weight file: E5S1, or safetensors with --heads.") var weights: String
    @Option(help: "Attention heads of a safetensors model, which its file does not say.") var heads = 12
    @Option(parsing: .upToNextOption, help: "Tokens of a text.") var lengths = [12, 64, 128, 256, 512]
    @Option(parsing: .upToNextOption, help: "Texts of a batch.") var batches = [1, 16, 64]
    @Option(parsing: .upToNextOption, help: "Threads.") var threads = [1]
    @Option(help: "Times that every combination gets its turn.") var rounds = 3
    @Option(help: "Seconds of a turn.") var seconds = 0.5
    @Flag(help: "Read what to measure from standard input, an object a line: length, batch, threads, seconds.")
    var serve = false
    @Option(help: "Instead of measuring, compare with the vectors of a golden file.") var golden: String?

    mutating func run() throws {
        let encoder = try Model.open(weights, heads: heads)
        if let golden {
            try Golden.compare(encoder, with: golden)
        } else if serve {
            while let line = readLine() {
                print(answer(line, encoder))
                fflush(nil)
            }
        } else {
            for round in 0..<rounds {
                for threads in threads {
                    for length in lengths {
                        for batch in batches {
                            let turn = Turn(length: length, batch: batch, threads: threads, seconds: seconds)
                            print(turn.measure(encoder, round: round))
                        }
                    }
                }
            }
        }
    }

    /// The result line for a line of standard input, or a line that says what is wrong with it.
    private func answer(_ line: String, _ encoder: BERTEncoder) -> String {
        do throws(IlkError) {
            return try Turn(line: line).measure(encoder, round: 0)
        } catch {
            return JSONValue.object(JSONObject([("error", .string(error.message))])).text
        }
    }
}

/// The encoder of a weight file.
enum Model {
    static func open(_ path: String, heads: Int) throws(IlkError) -> BERTEncoder {
        guard path.hasSuffix(".safetensors") else {
            let file = try E5S1File(path: path)
            return try BERTEncoder(EncoderConfiguration(file.header), weights: file)
        }
        let file = try SafetensorsFile(path: path)
        var layers = 0
        while file.names.contains(where: { $0.contains("encoder.layer.\(layers).") }) { layers += 1 }
        func shape(_ name: String) throws(IlkError) -> [Int] {
            guard let full = file.names.first(where: { $0.hasSuffix(name) }), let tensor = file[full] else {
                throw IlkError(.invalidRequest, "\(path) has no \(name); give a BERT's weights")
            }
            return tensor.shape
        }
        let words = try shape("word_embeddings.weight")
        let inner = try shape("encoder.layer.0.intermediate.dense.weight")
        return try BERTEncoder(
            EncoderConfiguration(
                hidden: words[1], layers: layers, heads: heads, feedForward: inner[0], vocabulary: words[0],
                positions: try shape("position_embeddings.weight")[0]), weights: file)
    }
}
