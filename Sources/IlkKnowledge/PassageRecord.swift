import IlkProtocol

/// A passage as a point's payload.
struct PassageRecord {
    /// The payload's members: filters, templates and searches by words name them.
    enum Key {
        static let document = "document"
        static let passage = "passage"
        static let title = "title"
        static let headings = "headings"
        static let start = "start"
        static let end = "end"
        static let text = "text"
        static let tokens = "tokens"
        static let context = "context"
        static let metadata = "metadata"
    }

    /// The id of its document.
    var document: String
    /// Its number among the document's passages, from 0.
    var number: Int
    /// The document's title.
    var title: String?
    var passage: Passage

    /// The payload, with what the document says of all its passages.
    func payload(context: String?, metadata: JSONText?) -> JSONText {
        var writer = JSONWriter(capacity: 256 + passage.text.utf8.count + (metadata?.bytes.count ?? 0))
        writer.beginObject()
        writer.key(Key.document)
        writer.string(document)
        writer.key(Key.passage)
        writer.int(number)
        if let title {
            writer.key(Key.title)
            writer.string(title)
        }
        writer.key(Key.headings)
        writer.beginArray()
        for heading in passage.headings { writer.string(heading) }
        writer.endArray()
        writer.key(Key.start)
        writer.int(passage.start)
        writer.key(Key.end)
        writer.int(passage.end)
        writer.key(Key.text)
        writer.string(passage.text)
        writer.key(Key.tokens)
        writer.int(passage.tokens)
        if let context {
            writer.key(Key.context)
            writer.string(context)
        }
        if let metadata {
            writer.key(Key.metadata)
            writer.json(metadata)
        }
        writer.endObject()
        return JSONText(validated: writer.bytes)
    }
}

extension PassageRecord {
    /// Reads back what ``payload(context:metadata:)`` wrote; nil if it is something else.
    init?(_ payload: JSONValue) {
        guard case .object(let root) = payload, let document = root[Key.document]?.string,
            let number = root[Key.passage]?.int, let text = root[Key.text]?.string,
            let start = root[Key.start]?.int, let end = root[Key.end]?.int, start >= 0, start <= end,
            let tokens = root[Key.tokens]?.int, case .array(let headings)? = root[Key.headings]
        else { return nil }
        self.init(
            document: document, number: number, title: root[Key.title]?.string,
            passage: Passage(
                text: text, headings: headings.compactMap(\.string), start: start, end: end, tokens: tokens))
    }
}
