/// A passage that was found, with its score and where it belongs.
package struct RankedPassage: Sendable, Equatable {
    /// The id of its document.
    package var document: String
    /// Its number among the document's passages, from 0.
    package var number: Int
    package var passage: Passage
    /// Larger is better.
    package var score: Double

    package init(document: String, number: Int, passage: Passage, score: Double) {
        self.document = document
        self.number = number
        self.passage = passage
        self.score = score
    }
}

/// One range of a document that is handed over: a passage, or several that touch.
package struct CitedRange: Sendable, Equatable {
    /// The id of the document.
    package var document: String
    /// The numbers of its passages among the document's.
    package var numbers: ClosedRange<Int>
    /// The number of the best of the passages that were found in it.
    package var best: Int
    /// The document's text over the range.
    package var text: String
    /// Headings that all its passages stand below.
    package var headings: [String]
    /// Where it begins in the document's text, in Unicode scalars.
    package var start: Int
    /// Where it ends in the document's text, in Unicode scalars.
    package var end: Int
    package var tokens: Int
    /// The score of its best passage.
    package var score: Double
}

/// What an LLM is handed, best first.
package struct PackedContext: Sendable, Equatable {
    package var ranges: [CitedRange] = []
    /// The sum of the ranges' tokens, never over the budget.
    package var tokens = 0
    /// Passages dropped because they say what one already taken says.
    package var duplicates = 0
    /// Passages taken, before they were joined and their neighbors added: at most k.
    package var taken = 0
    /// Passages left out because their document's share of k was used up.
    package var overShare = 0
    /// Passages left out because they did not fit into what was left of the budget.
    package var overBudget = 0
    /// Passages left out because the budget, or the document's share of k, was used up.
    package var omitted: Int { overShare + overBudget }
}
