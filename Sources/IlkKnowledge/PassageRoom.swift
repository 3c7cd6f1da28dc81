import IlkCollection
import IlkProtocol

/// How a model's limit is shared out between a passage's text and what is embedded before it.
///
/// The shares are the same for all documents of ordinary context and title, and never depend on a document's headings:
/// else an edit of one heading would move the borders of every passage.
struct PassageRoom {
    let model: PassageModel
    /// Tokens that passages aim at.
    let target: Int
    /// Tokens that a text and what is before it may have together.
    let whole: Int

    init(_ model: PassageModel) {
        self.model = model
        // A character is about a quarter of a token; a model that reads more than this does not want longer passages.
        let scale = model.countsCharacters ? 4 : 1
        target = 120 * scale
        whole = min(model.limit ?? .max, 640 * scale)
    }

    /// The headings' share: an eighth.
    var headings: Int { whole / 8 }

    /// How the passages of a document are cut.
    ///
    /// - Throws: `too_large` where its context and title leave no room for its text.
    func parameters(title: String?, context: String?) throws(IlkError) -> PassageParameters {
        let lead = [title, context].compactMap { $0.map { model.count($0) + 1 } }.reduce(0, +)
        // The text has five eighths; a long context may take from it down to a quarter.
        let limit = whole - headings - max(lead, whole / 4)
        guard limit >= whole / 4 else {
            throw IlkError(
                .tooLarge,
                "its 'context' and 'title' have \(lead) tokens; with every passage model '\(model.name)' can read \(whole - headings - whole / 4) of them: shorten them"
            )
        }
        guard limit >= 16 else {
            throw IlkError(
                .invalidRequest,
                "model '\(model.name)' reads \(whole) tokens, too few for passages; create the knowledge base with another"
            )
        }
        return try PassageParameters(target: min(target, limit), limit: limit)
    }

    /// Headings that fit into their share: outer ones give way first, then the last one is cut.
    func fitting(_ path: [String]) -> [String] {
        var kept: [String] = []
        var room = headings
        for heading in path.reversed() {
            let tokens = model.count(heading) + 1
            guard tokens <= room else {
                if kept.isEmpty { kept = [shortened(heading, to: room - 1)].filter { !$0.isEmpty } }
                break
            }
            room -= tokens
            kept.append(heading)
        }
        return kept.reversed()
    }

    /// The beginning of a text that has no more than so many tokens.
    func shortened(_ text: String, to tokens: Int) -> String {
        var text = text
        while !text.isEmpty, model.count(text) > tokens { text = String(text.prefix(text.count * 3 / 4)) }
        return text
    }
}
