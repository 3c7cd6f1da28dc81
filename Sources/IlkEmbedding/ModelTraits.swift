package import IlkProtocol

/// What there is to say about a model besides its weights.
package struct ModelTraits: Sendable, Equatable {
    /// How the model lies on the disk.
    package enum Format: String, Sendable {
        /// A folder in Hugging Face's layout.
        case huggingFace = "huggingface"
        /// An e5 model in one file, with weights in 4 bits.
        case e5s1
        /// Google's Universal Sentence Encoder.
        case use
        /// Built in.
        case hash
    }

    /// How the vectors of a text's tokens become one.
    package enum Pooling: String, Sendable {
        case mean
        case cls
        /// The encoder's own way.
        case own
    }

    package var format: Format
    /// Components of a vector that is not cut.
    package var dimension: Int
    /// Shorter vectors that the model was trained for, largest first; none where the model does not say so.
    package var matryoshkaDimensions: [Int] = []
    /// Tokens that a text may have at most, prompt and specials included; nil where there is no limit.
    package var maximumTokens: Int?
    /// What is put before a text, by kind.
    package var prompts: [EmbeddingKind: String] = [:]
    package var pooling: Pooling = .mean
    /// How the arithmetic differs from f32, as ``TextEncoder/arithmetic`` says it.
    package var arithmetic: String = "f32"
    /// Languages, as the model's origin states them.
    package var languages: String?
    package var licence: String?
    package var origin: String?

    package init(
        format: Format, dimension: Int, maximumTokens: Int? = nil, prompts: [EmbeddingKind: String] = [:],
        pooling: Pooling = .mean, arithmetic: String = "f32", languages: String? = nil, licence: String? = nil,
        origin: String? = nil
    ) {
        self.format = format
        self.dimension = dimension
        self.maximumTokens = maximumTokens
        self.prompts = prompts
        self.pooling = pooling
        self.arithmetic = arithmetic
        self.languages = languages
        self.licence = licence
        self.origin = origin
    }

    /// The prompt of a kind; empty where there is none.
    package func prompt(_ kind: EmbeddingKind) -> String { prompts[kind] ?? "" }

    /// Components of a vector that is asked for with `dimensions`.
    ///
    /// - Throws: `invalid_request` where the model was not trained to have its vectors cut there.
    package func checkedDimension(_ dimensions: Int?, of name: String) throws(IlkError) -> Int {
        guard let dimensions, dimensions != dimension else { return dimension }
        if matryoshkaDimensions.contains(dimensions) { return dimensions }
        guard !matryoshkaDimensions.isEmpty else {
            throw IlkError(
                .invalidRequest,
                "the vectors of model '\(name)' have \(dimension) components and it does not say that they may be cut; "
                    + "leave dimensions out, or take a Matryoshka model")
        }
        let allowed = ([dimension] + matryoshkaDimensions.filter { $0 != dimension }).map(String.init)
        throw IlkError(
            .invalidRequest,
            "the vectors of model '\(name)' cannot have \(dimensions) components; it allows \(allowed.joined(separator: ", "))"
        )
    }
}
