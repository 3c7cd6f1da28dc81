package import IlkProtocol

/// How much context to pack, and of what.
package struct ContextParameters: Sendable, Equatable {
    /// How many passages are taken at most, before their neighbors.
    package let k: Int
    /// How many tokens the whole may have; nil for any number.
    package let tokenBudget: Int?
    /// How many passages of one document are taken at most, before their neighbors; nil for any number.
    package let perDocument: Int?
    /// How many passages before and after each are taken with it.
    package let window: Int
    /// Passages that share this part of their words with one already taken are dropped; nil keeps all but exact copies.
    package let likeness: Double?

    /// Checks what a caller asks for.
    package init(
        k: Int, tokenBudget: Int? = nil, perDocument: Int? = nil, window: Int = 0, likeness: Double? = 0.7
    ) throws(IlkError) {
        guard k >= 1 else { throw IlkError(.invalidRequest, "k is \(k); choose 1 or more") }
        if let tokenBudget, tokenBudget < 1 {
            throw IlkError(.invalidRequest, "token_budget is \(tokenBudget); choose 1 or more, or leave it out")
        }
        if let perDocument, perDocument < 1 {
            throw IlkError(.invalidRequest, "per_document is \(perDocument); choose 1 or more, or leave it out")
        }
        guard (0...100).contains(window) else {
            throw IlkError(.invalidRequest, "window is \(window); choose 0 to 100")
        }
        if let likeness, !(likeness > 0 && likeness <= 1) {
            throw IlkError(.invalidRequest, "a likeness of \(likeness) is none; choose more than 0 and at most 1")
        }
        self.k = k
        self.tokenBudget = tokenBudget
        self.perDocument = perDocument
        self.window = window
        self.likeness = likeness
    }
}
