import IlkCollection
import IlkProtocol

/// What is kept of a document beside the text that is cited.
struct DocumentRecord {
    var title: String?
    var format: DocumentFormat
    /// An object.
    var metadata: JSONText?
    /// Embedded and searched with every passage, and never shown.
    var context: String?

    /// As it is stored.
    var value: JSONText {
        var writer = JSONWriter(capacity: 128 + (metadata?.bytes.count ?? 0))
        writer.beginObject()
        if let title {
            writer.key("title")
            writer.string(title)
        }
        writer.key("format")
        writer.string(format.rawValue)
        if let metadata {
            writer.key("metadata")
            writer.json(metadata)
        }
        if let context {
            writer.key("context")
            writer.string(context)
        }
        writer.endObject()
        return JSONText(validated: writer.bytes)
    }
}

extension DocumentRecord {
    /// Reads back what ``value`` wrote.
    init(_ document: StoredDocument) throws(IlkError) {
        guard case .object(let root) = try document.value.parsed() else {
            throw IlkError(
                .internal, "the record of document \(document.id.debugDescription) is damaged; restore a snapshot")
        }
        title = root["title"]?.string
        format = root["format"]?.string.flatMap { DocumentFormat(rawValue: $0) } ?? .plain
        metadata = root["metadata"].map { JSONText($0) }
        context = root["context"]?.string
    }

    /// What replies say of it.
    func json(of document: StoredDocument) throws(IlkError) -> JSONObject {
        JSONObject([
            ("id", .string(document.id)), ("title", title.map { .string($0) } ?? .null),
            ("format", .string(format.rawValue)),
            ("metadata", try metadata?.parsed() ?? .object(JSONObject())),
            ("passage_count", .int(Int64(document.passages))),
        ])
    }
}

extension JSONValue {
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var int: Int? {
        if case .int(let number) = self { Int(exactly: number) } else { nil }
    }
}
