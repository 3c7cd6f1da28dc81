package import IlkProtocol
import IlkVectors

/// A model that turns texts into vectors of length 1, and everything that decides how.
///
/// It may be used from any number of threads at once. A text's vector does not depend on the texts it is embedded with.
package final class EmbeddingModel: Sendable {
    package let name: String
    /// What tells this model's vectors from another's: `multilingual-e5-small@3f9c…`.
    package let fingerprint: String
    package let traits: ModelTraits

    private let tokenizer: any Tokenizer
    private let encoder: any TextEncoder
    private let means: LanguageMeans?

    /// The name of the built-in model.
    package static let hashName = "hash"

    /// The built-in model, which knows spelling and not meaning.
    package static let hash: EmbeddingModel = {
        let encoder = HashEncoder()
        let traits = ModelTraits(
            format: .hash, dimension: encoder.dimension, maximumTokens: encoder.maximumTokens, pooling: .own,
            arithmetic: encoder.arithmetic, languages: "any; it compares spelling, not meaning", licence: "Apache-2.0",
            origin: "built into ilk: hashed character n-grams, there so that commands work before a model is fetched")
        return EmbeddingModel(name: hashName, traits: traits, tokenizer: HashTokenizer(), encoder: encoder)
    }()

    /// Puts a model together.
    ///
    /// The fingerprint takes in `content`: checksums of the files that weights and tokenizer were read from, by name.
    package init(
        name: String, traits: ModelTraits, tokenizer: any Tokenizer, encoder: any TextEncoder,
        means: LanguageMeans? = nil, content: [(name: String, checksum: UInt64)] = []
    ) {
        self.name = name
        self.traits = traits
        self.tokenizer = tokenizer
        self.encoder = encoder
        self.means = means
        var fingerprint = Fingerprint()
        fingerprint.add(traits)
        for file in content.sorted(by: { $0.name < $1.name }) {
            fingerprint.add("file \(file.name)", Hexadecimal.string(file.checksum))
        }
        if let means { fingerprint.add("means", Hexadecimal.string(means.checksum)) }
        self.fingerprint = fingerprint.string(name: name)
    }

    /// Components of a vector that is not cut.
    package var dimension: Int { traits.dimension }
    /// Tokens that a text may have at most, prompt and specials included; nil where there is no limit.
    package var maximumTokens: Int? { traits.maximumTokens }
    /// Whether the mean of a text's language is subtracted from its vector.
    package var isCentred: Bool { means != nil }
    /// The languages that have a mean of their own; none where nothing is subtracted.
    package var centredLanguages: [String] {
        Set(means?.entries.map(\.language) ?? []).subtracting([LanguageMeans.anyLanguage]).sorted()
    }

    /// Tokens that a model's prompt and specials take from ``maximumTokens``.
    package func overhead(_ kind: EmbeddingKind) -> Int {
        tokenizer.prefix.count + tokenizer.suffix.count + tokenizer.ids(of: traits.prompt(kind)).count
    }

    /// The number of tokens of a text alone, without prompt and specials.
    package func tokenCount(_ text: String) -> Int { tokenizer.ids(of: text).count }

    /// Whether a text has nothing to embed: only spaces, line ends, control and format characters.
    package static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format: true
            default: false
            }
        }
    }

    /// Turns a text into what the model reads.
    ///
    /// - Throws: `invalid_request` for a text with nothing to embed, `too_large` for one over the model's limit that may
    ///   not be cut.
    package func prepare(
        _ text: String, kind: EmbeddingKind, truncate: TruncationPolicy
    ) throws(IlkError) -> PreparedText {
        guard let prepared = try prepareUnlessBlank(text, kind: kind, truncate: truncate) else {
            throw IlkError(
                .invalidRequest,
                "there is nothing to embed in \(text.isEmpty ? "an empty text" : "a text without words"); leave it out")
        }
        return prepared
    }

    /// The same, with nil for a text that has nothing to embed.
    package func prepareUnlessBlank(
        _ text: String, kind: EmbeddingKind, truncate: TruncationPolicy
    ) throws(IlkError) -> PreparedText? {
        guard !Self.isBlank(text) else { return nil }
        let prompt = traits.prompt(kind)
        let body = tokenizer.ids(of: prompt.isEmpty ? text : prompt + text)
        // Characters that a tokenizer leaves out altogether, control characters for instance.
        guard !body.isEmpty else { return nil }
        let specials = tokenizer.prefix.count + tokenizer.suffix.count
        let tokens = body.count + specials
        let limit = traits.maximumTokens ?? .max
        let language = means.map { _ in LanguageGuess.language(of: text) }
        guard tokens > limit else {
            return PreparedText(
                ids: tokenizer.prefix + body + tokenizer.suffix, tokens: tokens, truncated: false, kind: kind,
                language: language)
        }
        guard truncate == .end else {
            throw IlkError(
                .tooLarge,
                "a text has \(tokens) tokens and model '\(name)' reads \(limit); split it, or say \"truncate\":\"end\"")
        }
        return PreparedText(
            ids: tokenizer.prefix + body.prefix(max(limit - specials, 0)) + tokenizer.suffix, tokens: tokens,
            truncated: true, kind: kind, language: language)
    }

    /// The vectors of texts that this model prepared, each of length 1.
    ///
    /// - Throws: `invalid_request` where the model's vectors may not be cut to `dimensions`; `internal` where the weights
    ///   give what is not a number.
    package func embed(
        _ texts: [PreparedText], dimensions: Int? = nil, threads: Int = 1
    ) throws(IlkError) -> [[Float]] {
        let wanted = try traits.checkedDimension(dimensions, of: name)
        guard !texts.isEmpty else { return [] }
        var batch = TokenBatch()
        for text in texts { batch.append(text.ids) }
        let rows = encoder.encode(batch, threads: max(threads, 1))
        var vectors: [[Float]] = []
        vectors.reserveCapacity(texts.count)
        for (place, text) in texts.enumerated() {
            var vector = Self.unit(rows[place * dimension..<(place + 1) * dimension])
            if let means, let mean = means.place(kind: text.kind, language: text.language ?? LanguageMeans.anyLanguage)
            {
                means.subtract(mean, from: &vector)
                vector = Self.unit(vector[...])
            }
            guard vector.allSatisfy(\.isFinite) else {
                throw IlkError(
                    .internal, "model '\(name)' gave a vector that is not of numbers; run ilk model verify \(name)")
            }
            vectors.append(Self.shortened(vector, to: wanted))
        }
        return vectors
    }

    /// The first components of a vector, scaled to length 1: what ``embed(_:dimensions:threads:)`` does for `dimensions`.
    static func shortened(_ vector: [Float], to dimension: Int) -> [Float] {
        dimension < vector.count ? unit(vector[..<dimension]) : vector
    }

    /// A vector scaled to length 1; zero stays zero.
    private static func unit(_ vector: ArraySlice<Float>) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: vector.count) { target, count in
            // SAFETY: `target` has room for as many floats as `vector` has.
            unsafe Normalization.write(vector.span, to: target.baseAddress!)
            count = vector.count
        }
    }
}
