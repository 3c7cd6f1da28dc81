import IlkProtocol

/// Where a passage stands, as it is cited.
struct Citation {
    let document: String
    let title: String
    /// Its headings, outermost first.
    let headings: String
    /// Unicode scalars of the document's text.
    let start: Int, end: Int

    init(_ passage: JSONValue) {
        document = passage["document"]?.plain.printable ?? ""
        title = passage["title"]?.plain.printable ?? ""
        headings = (passage["headings"]?.elements ?? []).map(\.plain.printable).joined(separator: " › ")
        start = passage["start"]?.integer ?? 0
        end = passage["end"]?.integer ?? 0
    }

    /// `returns.md#120-480`; the range alone where the document is not told.
    var place: String { document.isEmpty ? "\(start)-\(end)" : "\(document)#\(start)-\(end)" }

    /// `Returns › Deadlines (returns.md#120-480)`.
    var text: String {
        let names = [title, headings].filter { !$0.isEmpty }
        // The title is often the first heading, too.
        let path = headings == title || headings.hasPrefix(title + " › ") ? [headings] : names
        let shown = path.filter { !$0.isEmpty }.joined(separator: " › ")
        return shown.isEmpty ? place : "\(shown) (\(place))"
    }

    /// Passages in a form that can be pasted into a prompt: numbered, each under its citation.
    static func packed(_ passages: [JSONValue]) -> String {
        passages.enumerated().map { number, passage in
            "[\(number + 1)] \(Citation(passage).text)\n\(passage["text"]?.plain ?? "")"
        }.joined(separator: "\n\n")
    }
}
