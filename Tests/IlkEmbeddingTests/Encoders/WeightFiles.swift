import Glibc
import IlkEmbedding
import IlkTestSupport
import IlkVectors

/// Writes weight files as other programs do.
enum WeightFiles {
    /// How a tensor's elements are written.
    enum Element: String, CaseIterable {
        case f32 = "F32"
        case f16 = "F16"
        case bf16 = "BF16"
    }

    /// A safetensors file of a model.
    static func safetensors(_ model: TinyBERT, as element: Element = .f32, prefix: String = "") -> [UInt8] {
        var header: [String] = ["\"__metadata__\":{\"format\":\"pt\"}"]
        var data: [UInt8] = []
        for tensor in model.tensors {
            let start = data.count
            for value in tensor.values { data += bytes(of: value, as: element) }
            header.append(
                "\"\(prefix)\(tensor.name)\":{\"dtype\":\"\(element.rawValue)\",\"shape\":\(tensor.shape),"
                    + "\"data_offsets\":[\(start),\(data.count)]}")
        }
        return safetensors(header: "{" + header.joined(separator: ",") + "}", data: data)
    }

    static func safetensors(header: String, data: [UInt8]) -> [UInt8] {
        bytes(UInt64(header.utf8.count), 8) + Array(header.utf8) + data
    }

    private static func bytes(of value: Float, as element: Element) -> [UInt8] {
        switch element {
        case .f32: bytes(UInt64(value.bitPattern), 4)
        case .f16: bytes(UInt64(half(value)), 2)
        case .bf16: bytes(UInt64(value.bitPattern >> 16), 2)
        }
    }

    static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }

    /// The half below a float in size; of one that has a normal half.
    static func half(_ value: Float) -> UInt16 {
        guard abs(value) >= 0x1p-14 else { return 0 }
        let bits = value.bitPattern
        return UInt16(bits >> 16 & 0x8000) | UInt16(((bits & 0x7FFF_FFFF) >> 13) - (112 << 10))
    }

    /// An `E5S1` file of a model, its matrices in Q4_0; the model's values become those of the file.
    static func e5s1(_ model: inout TinyBERT) -> [UInt8] {
        let configuration = model.configuration
        var bytes = Array("E5S1".utf8) + self.bytes(1, 4)
        for number in [
            configuration.hidden, configuration.layers, configuration.heads, configuration.feedForward,
            configuration.vocabulary, configuration.positions, 2,
        ] { bytes += self.bytes(UInt64(number), 4) }
        bytes += self.bytes(UInt64(configuration.epsilon.bitPattern), 4) + self.bytes(32, 4)
        let pieces = ["<s>", "<pad>", "</s>", "<unk>"]
        for number in [pieces.count, 0, 2, 1, 3] { bytes += self.bytes(UInt64(number), 4) }
        bytes += self.bytes(UInt64(pieces.joined().utf8.count), 8)
        var offset = 0
        for piece in pieces + [""] {
            bytes += self.bytes(UInt64(offset), 4)
            offset += piece.utf8.count
        }
        for _ in pieces { bytes += self.bytes(0, 4) }
        bytes += Array(pieces.joined().utf8) + self.bytes(0, 4) + self.bytes(0, 4)
        var table: [(name: [UInt8], isQ4: Bool, elements: Int, data: [UInt8])] = []
        for number in model.tensors.indices {
            let tensor = model.tensors[number]
            let name = compactName(tensor.name)
            let isQ4 = name.hasSuffix(".w") && !name.hasSuffix("ln.w") || name == "emb.word"
            var data: [UInt8] = []
            if isQ4 {
                data = q4(&model.tensors[number].values)
            } else {
                for value in tensor.values { data += self.bytes(UInt64(value.bitPattern), 4) }
            }
            table.append((Array(name.utf8), isQ4, tensor.values.count, data))
        }
        bytes += self.bytes(UInt64(table.count), 4)
        var place = bytes.count + table.reduce(0) { $0 + 2 + $1.name.count + 1 + 4 + 16 }
        var data: [UInt8] = []
        for tensor in table {
            let padding = (64 - place % 64) % 64
            place += padding
            data += [UInt8](repeating: 0, count: padding) + tensor.data
            bytes += self.bytes(UInt64(tensor.name.count), 2) + tensor.name + [tensor.isQ4 ? 1 : 0]
            bytes += self.bytes(UInt64(tensor.elements), 4) + self.bytes(UInt64(place), 8)
            bytes += self.bytes(UInt64(tensor.data.count), 8)
            place += tensor.data.count
        }
        return bytes + data
    }

    private static func compactName(_ name: String) -> String {
        let renamed = [
            "embeddings.word_embeddings.weight": "emb.word", "embeddings.position_embeddings.weight": "emb.pos",
            "embeddings.token_type_embeddings.weight": "emb.type", "embeddings.LayerNorm": "emb.ln",
            "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
            "attention.output.dense": "ao", "attention.output.LayerNorm": "aln", "intermediate.dense": "fi",
            "output.dense": "fo", "output.LayerNorm": "oln",
        ]
        if let whole = renamed[name] { return whole }
        let kind = name.hasSuffix(".weight") ? "w" : "b"
        var parts = name.split(separator: ".").dropLast().map(String.init)
        guard parts.first == "encoder" else { return renamed[parts.joined(separator: "."), default: name] + "." + kind }
        let layer = parts[2]
        parts.removeFirst(3)
        return "l\(layer)." + renamed[parts.joined(separator: "."), default: name] + "." + kind
    }

    /// Values as Q4_0 blocks; they become what the blocks say.
    static func q4(_ values: inout [Float]) -> [UInt8] {
        var blocks: [UInt8] = []
        for first in stride(from: 0, to: values.count, by: 32) {
            let largest = values[first..<first + 32].map(abs).max()!
            let bits = half(largest / 7)
            let scale = EncoderKernels.half(bits)
            let weights = values[first..<first + 32].map { value in
                scale == 0 ? 8 : min(15, max(0, Int((value / scale).rounded()) + 8))
            }
            blocks += bytes(UInt64(bits), 2)
            for place in 0..<16 { blocks.append(UInt8(weights[place] | weights[place + 16] << 4)) }
            for place in 0..<32 { values[first + place] = Float(weights[place] - 8) * scale }
        }
        return blocks
    }
}

extension TemporaryFolder {
    /// Writes a file and gives its path.
    func write(_ bytes: [UInt8], _ name: String) -> String {
        let path = file(name)
        let descriptor = unsafe open(path, O_CREAT | O_TRUNC | O_WRONLY, 0o600)
        defer { close(descriptor) }
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == bytes.count, "could not write \(path)")
        return path
    }
}
