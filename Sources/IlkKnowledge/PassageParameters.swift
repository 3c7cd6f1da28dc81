package import IlkProtocol

/// How large passages are, in tokens of the model that embeds them.
package struct PassageParameters: Sendable, Equatable {
    /// What a passage aims at; most have between three and five quarters of it.
    package let target: Int
    /// What no passage exceeds.
    package let limit: Int
    /// Which part of the target is repeated, at most, from the end of the passage before: in whole sentences.
    package let overlap: Double

    /// Checks what a caller asks for.
    ///
    /// `limit` is the model's, less the tokens of its prompt and of whatever else is embedded before a passage. Measured on 250
    /// questions of XQuAD (en, 20 articles, multilingual-e5-small), how often the best 250 / 500 / 1,000 tokens of
    /// passages have the answer: target 80 .952 / .992 / .996, 120 .936 / .996 / 1.000, 200 .896 / .976 / .988,
    /// 280 .352 / .928 / .988. The tokens to embed are the same within 6 %.
    package init(target: Int = 120, limit: Int = 400, overlap: Double = 0.15) throws(IlkError) {
        guard (16...8_192).contains(limit) else {
            throw IlkError(.invalidRequest, "a passage's limit is \(limit) tokens; choose 16 to 8,192")
        }
        guard (16...limit).contains(target) else {
            throw IlkError(.invalidRequest, "a passage's target is \(target) tokens; choose 16 to its limit, \(limit)")
        }
        guard (0...0.5).contains(overlap) else {
            throw IlkError(.invalidRequest, "the overlap of passages is \(overlap); choose 0 to 0.5")
        }
        self.target = target
        self.limit = limit
        self.overlap = overlap
    }

    /// The least a passage has where a better border is looked for.
    var low: Int { target * 3 / 4 }
    /// The most a passage has where nothing forces it to be larger.
    var high: Int { min(target * 5 / 4, limit) }
    /// A section or a document's last passage with less than this joins its neighbor.
    var tiny: Int { target / 4 }
    /// The most of the passage before that is repeated.
    var repeated: Int { Int(Double(target) * overlap) }
    /// The most scalars of a passage: tokenizers may count a million blanks as nothing.
    var scalarLimit: Int { limit * 16 }
}
