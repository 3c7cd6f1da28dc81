import IlkEmbedding
import IlkProtocol
import IlkVectors

/// Vectors that another implementation gave for the same ids.
enum Golden {
    /// Prints the worst cosine and the largest difference of a component, batched and one by one.
    static func compare(_ encoder: BERTEncoder, with path: String) throws {
        guard case .object(let file) = try JSONValue.parse(Array(try bytes(of: path))),
            case .array(let items)? = file["items"]
        else { throw IlkError(.invalidRequest, "\(path) has no items") }
        var batch = TokenBatch()
        var expected: [[Float]] = []
        for case .object(let item) in items {
            guard case .array(let ids)? = item["ids"],
                case .array(let vector)? = item["embedding_fp32_over_dequantised"] ?? item["embedding"]
            else { continue }
            batch.append(ids.map { Int32($0.number) })
            expected.append(vector.map { Float($0.number) })
        }
        let vectors = encoder.encode(batch, threads: 1)
        var worst = 1.0
        var largest: Float = 0
        for (text, wanted) in expected.enumerated() {
            let vector = Array(vectors[text * encoder.dimension..<(text + 1) * encoder.dimension])
            let norm = Float(vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
            var cosine = 0.0
            for (have, want) in zip(vector, wanted) {
                cosine += Double(have / norm) * Double(want)
                largest = max(largest, abs(have / norm - want))
            }
            let wantedNorm = wanted.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            worst = min(worst, cosine / wantedNorm)
        }
        print("\(expected.count) texts, worst cosine \(worst), largest difference of a component \(largest)")
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        do {
            return unsafe try MappedFile(path: path).withBytes { unsafe Array($0) }
        } catch {
            throw IlkError(.notFound, "\(error)")
        }
    }
}

extension JSONValue {
    /// The number, or 0.
    fileprivate var number: Double {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: 0
        }
    }
}
