import Foundation
import IlkTestSupport

/// A BERT of a few hundred numbers in Hugging Face's layout, as a folder.
enum TinyModel {
    static let words = [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "panda", "plush", "toy", "steel", "pipe", "red", "a", "##s", "熊", "猫",
    ]

    /// Writes the folder; `change` may put other values into `config.json`.
    static func write(
        to folder: String, seed: UInt64 = 1, hidden: Int = 16, files: [String: String] = [:],
        config change: (inout [String: Any]) -> Void = { _ in }
    ) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var config: [String: Any] = [
            "model_type": "bert", "hidden_size": hidden, "num_hidden_layers": 2, "num_attention_heads": 2,
            "intermediate_size": 32, "vocab_size": words.count, "max_position_embeddings": 24, "type_vocab_size": 2,
            "layer_norm_eps": 1e-12, "hidden_act": "gelu", "pad_token_id": 0,
        ]
        change(&config)
        try JSONSerialization.data(withJSONObject: config).write(to: url(folder, "config.json"))
        try Data(words.joined(separator: "\n").utf8).write(to: url(folder, "vocab.txt"))
        try Data(#"{"do_lower_case":true}"#.utf8).write(to: url(folder, "tokenizer_config.json"))
        try safetensors(hidden: hidden, seed: seed).write(to: url(folder, "model.safetensors"))
        for (name, text) in files {
            let file = url(folder, name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    static func url(_ folder: String, _ name: String) -> URL { URL(fileURLWithPath: folder + "/" + name) }

    private static func safetensors(hidden: Int, seed: UInt64) -> Data {
        var tensors: [(String, [Int])] = [
            ("embeddings.word_embeddings.weight", [words.count, hidden]),
            ("embeddings.position_embeddings.weight", [24, hidden]),
            ("embeddings.token_type_embeddings.weight", [2, hidden]), ("embeddings.LayerNorm.weight", [hidden]),
            ("embeddings.LayerNorm.bias", [hidden]),
        ]
        for layer in 0..<2 {
            let start = "encoder.layer.\(layer)."
            for (name, rows, columns) in [
                ("attention.self.query", hidden, hidden), ("attention.self.key", hidden, hidden),
                ("attention.self.value", hidden, hidden), ("attention.output.dense", hidden, hidden),
                ("intermediate.dense", 32, hidden), ("output.dense", hidden, 32),
            ] {
                tensors.append((start + name + ".weight", [rows, columns]))
                tensors.append((start + name + ".bias", [rows]))
            }
            for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
                tensors.append((start + name + ".weight", [hidden]))
                tensors.append((start + name + ".bias", [hidden]))
            }
        }
        var header: [String: Any] = [:]
        var body = Data()
        for (number, (name, shape)) in tensors.enumerated() {
            let count = shape.reduce(1, *)
            let values = RandomVectors.uniform(1, dimension: count, seed: seed &* 1_000 &+ UInt64(number))[0]
            header[name] = ["dtype": "F32", "shape": shape, "data_offsets": [body.count, body.count + 4 * count]]
            for value in values {
                unsafe withUnsafeBytes(of: value.bitPattern.littleEndian) { unsafe body.append(contentsOf: $0) }
            }
        }
        let text = (try? JSONSerialization.data(withJSONObject: header)) ?? Data()
        var data = Data()
        unsafe withUnsafeBytes(of: UInt64(text.count).littleEndian) { unsafe data.append(contentsOf: $0) }
        return data + text + body
    }
}
