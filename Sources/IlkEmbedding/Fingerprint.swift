import IlkProtocol
import IlkVectors

/// What makes one model's vectors different from another's, as a short string.
///
/// Everything that changes a vector by more than rounding goes into it: the bytes of the weights and of the tokenizer,
/// prompts, pooling, arithmetic, the means that are subtracted. Two models of one fingerprint can share an index.
struct Fingerprint {
    private var text = "ilk-fingerprint 1\n"

    /// Adds something that matters, under a name.
    mutating func add(_ name: String, _ value: String) {
        // Lengths keep two different lists from running together to the same bytes.
        text += "\(name) \(value.utf8.count) \(value)\n"
    }

    mutating func add(_ traits: ModelTraits) {
        add("format", traits.format.rawValue)
        add("dimension", String(traits.dimension))
        add("maximum tokens", traits.maximumTokens.map(String.init) ?? "none")
        add("pooling", traits.pooling.rawValue)
        add("arithmetic", traits.arithmetic)
        for kind in EmbeddingKind.allCases { add("prompt \(kind.rawValue)", traits.prompt(kind)) }
    }

    /// The model's name and 16 digits: `multilingual-e5-small@3f9c…`.
    func string(name: String) -> String { "\(name)@\(Hexadecimal.string(digest))" }

    private var digest: UInt64 { unsafe Array(text.utf8).withUnsafeBytes { unsafe Checksum.xxh3($0) } }
}

/// Numbers of 64 bits as 16 digits.
enum Hexadecimal {
    static func string(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
