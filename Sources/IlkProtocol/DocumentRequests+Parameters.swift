extension DocumentUpsert {
    /// Documents, or ids of documents, that one request may name.
    static let maximumDocuments = 10_000

    init(_ parameters: Parameters) throws(IlkError) {
        let place = parameters.place("documents")
        let element = try parameters.require("documents")
        guard element.isArray else { throw Parameters.mismatch(element, place, "an array of documents") }
        guard element.count > 0 else { throw IlkError(.invalidRequest, "\(place) is empty; send at least one") }
        guard element.count <= Self.maximumDocuments else {
            throw IlkError(
                .tooLarge, "\(place) has \(element.count) documents; send at most \(Self.maximumDocuments) at once")
        }
        var documents: [WireDocument] = []
        documents.reserveCapacity(element.count)
        var ids: Set<String> = []
        try element.forEachElement { (index, element) throws(IlkError) in
            let each = try Parameters(
                element, at: "documents", index: index,
                known: ["id", "title", "text", "format", "metadata", "context"])
            let document = try WireDocument(each)
            guard ids.insert(document.id).inserted else {
                throw IlkError(
                    .invalidRequest, "\(each.place("id")) is \(document.id.quoted) again; send each document once")
            }
            documents.append(document)
        }
        self.init(
            collection: try parameters.name("collection"), documents: documents,
            wait: try parameters.optionalWord("wait") ?? .searchable)
    }
}

extension WireDocument {
    fileprivate init(_ parameters: Parameters) throws(IlkError) {
        let id = try parameters.string("id")
        try Self.check(id: id, parameters.place("id"))
        let text = try parameters.string("text")
        guard text.utf8.count <= Self.maximumText else {
            throw IlkError(
                .tooLarge,
                "\(parameters.place("text")) has \(text.utf8.count) bytes; \(Self.maximumText) at most: send it as several documents"
            )
        }
        var metadata: JSONText?
        if let element = parameters["metadata"] {
            guard element.isObject else {
                throw Parameters.mismatch(element, parameters.place("metadata"), "an object")
            }
            metadata = element.text
            guard metadata?.bytes.count ?? 0 <= 64 << 10 else {
                throw IlkError(
                    .tooLarge, "\(parameters.place("metadata")) is over 64 KiB; every passage carries it: shorten it")
            }
            try Parameters.refuseRepeatedKeys(element, parameters.place("metadata"))
        }
        self.init(
            id: id, title: try parameters.optional("title", atMost: Self.maximumTitle), text: text,
            format: try parameters.optionalWord("format") ?? .plain, metadata: metadata,
            context: try parameters.optional("context", atMost: Self.maximumContext))
    }

    /// The longest id of a document, in bytes: its passages' ids are longer.
    public static let maximumID = PointID.maximumLength - 16

    fileprivate static func check(id: String, _ place: @autoclosure () -> String) throws(IlkError) {
        guard (1...maximumID).contains(id.utf8.count), !id.utf8.contains(0) else {
            throw IlkError(
                .invalidRequest,
                "\(place()) has \(id.utf8.count) bytes; a document's id has 1 to \(maximumID), without NUL")
        }
    }
}

extension Parameters {
    fileprivate func optional(_ name: String, atMost limit: Int) throws(IlkError) -> String? {
        guard let text = try optionalString(name), !text.isEmpty else { return nil }
        guard text.utf8.count <= limit else {
            throw IlkError(.tooLarge, "\(place(name)) has \(text.utf8.count) bytes; \(limit) at most: shorten it")
        }
        return text
    }

    fileprivate func documentIDs() throws(IlkError) -> [String] {
        let ids = try strings("ids", of: 1...DocumentUpsert.maximumDocuments)
        for (place, id) in ids.enumerated() { try WireDocument.check(id: id, "\(path).ids[\(place)]") }
        return ids
    }
}

extension DocumentGet {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), ids: try parameters.documentIDs(),
            withText: parameters["with_text"] == nil ? true : try parameters.bool("with_text"),
            withPassages: try parameters.bool("with_passages"))
    }
}

extension DocumentDelete {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(collection: try parameters.name("collection"), ids: try parameters.documentIDs())
    }
}

extension DocumentList {
    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"), limit: try parameters.int("limit", in: 1...10_000) ?? 100,
            cursor: try parameters.cursor())
    }
}

extension RetrieveRequest {
    /// The fields of `retrieve`.
    static let fields = [
        "collection", "query", "k", "mode", "filter", "token_budget", "per_document", "window", "weights", "min_score",
        "explain",
    ]

    init(_ parameters: Parameters) throws(IlkError) {
        self.init(
            collection: try parameters.name("collection"),
            query: try Parameters.checked(text: try parameters.string("query"), parameters.place("query")),
            k: try parameters.int("k", in: 1...100) ?? 5, mode: try parameters.optionalWord("mode") ?? .hybrid,
            filter: try parameters.filter(), tokenBudget: try parameters.int("token_budget", in: 1...1_000_000),
            perDocument: try parameters.int("per_document", in: 1...100),
            window: try parameters.int("window", in: 0...10) ?? 0, weights: try LegWeights(parameters),
            minScore: try LegScores(parameters), explain: try parameters.bool("explain"))
    }
}
