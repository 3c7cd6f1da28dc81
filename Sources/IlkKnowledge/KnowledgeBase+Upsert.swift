import IlkCollection
package import IlkProtocol

/// What `document.upsert` answers.
package struct KnowledgeReceipt: Sendable, Equatable {
    package var documents: Int
    /// Passages that the documents have now.
    package var passages: Int
    /// Passages that went to the model.
    package var embedded: Int
    /// Passages whose texts were as before, at whatever place, so that their vectors stayed.
    package var unchanged: Int
    /// The collection's sequence after the write.
    package var sequence: UInt64
}

extension KnowledgeBase {
    /// The most bytes that the passages of one request may have together.
    private static let requestLimit = 192 << 20

    /// Inserts documents, or replaces those that are there: each wholly.
    ///
    /// `completion` is called once, on any thread, when the write is what `wait` says.
    ///
    /// - Throws: what is wrong with a document, or `unavailable` where their model is not there; then nothing is
    ///   changed.
    package func upsert(
        _ documents: [WireDocument], wait: WriteWait,
        completion: @escaping @Sendable (Result<KnowledgeReceipt, IlkError>) -> Void
    ) throws(IlkError) {
        let room = PassageRoom(try collection.passageModel())
        var drafts: [DocumentDraft] = []
        drafts.reserveCapacity(documents.count)
        var passages = 0
        var bytes = 0
        for (place, document) in documents.enumerated() {
            do throws(IlkError) {
                let draft = try draft(of: document, room, &bytes)
                passages += draft.passages.count
                drafts.append(draft)
            } catch {
                var named = error
                named.message = "documents[\(place)] (id \(document.id.debugDescription)): \(error.message)"
                throw named
            }
        }
        collection.upsert(drafts, wait: wait) { [passages] result in
            completion(
                result.map { receipt in
                    KnowledgeReceipt(
                        documents: receipt.count, passages: passages, embedded: receipt.embedded,
                        unchanged: receipt.unchanged, sequence: receipt.sequence)
                })
        }
    }

    private func draft(
        of document: WireDocument, _ room: PassageRoom, _ bytes: inout Int
    ) throws(IlkError) -> DocumentDraft {
        let format = DocumentFormat(rawValue: document.format.rawValue) ?? .plain
        let text = try DocumentText(document.text, format: format)
        // A caller's title is checked for its length; what a page calls itself may be anything.
        let title = document.title ?? text.title.map { room.shortened($0, to: room.headings) }
        let record = DocumentRecord(
            title: title.flatMap { $0.isEmpty ? nil : $0 }, format: format, metadata: document.metadata,
            context: document.context)
        let splitter = PassageSplitter(
            try room.parameters(title: record.title, context: record.context), counting: room.model.count)
        let passages = splitter.passages(of: text)
        let common = (record.metadata?.bytes.count ?? 0) + (record.context?.utf8.count ?? 0) + 256
        bytes += text.text.utf8.count * 2 + passages.count * common
        guard bytes <= Self.requestLimit else {
            throw IlkError(
                .tooLarge,
                "with it the request's passages have \(bytes) bytes, metadata and context in each; \(Self.requestLimit) at most: send fewer documents at once, or shorten what they repeat"
            )
        }
        let payloads = passages.enumerated().map { number, passage in
            var passage = passage
            passage.headings = room.fitting(passage.headings)
            return PassageRecord(document: document.id, number: number, title: record.title, passage: passage)
                .payload(context: record.context, metadata: record.metadata)
        }
        return DocumentDraft(id: document.id, value: record.value, text: text.text, passages: payloads)
    }
}
