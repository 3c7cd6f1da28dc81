import IlkCollection
import IlkKnowledge
import IlkProtocol

extension Engine {
    func upsertDocuments(_ request: DocumentUpsert, _ answer: Answer) {
        do throws(IlkError) {
            let base = try knowledge(request.collection)
            try base.upsert(request.documents, wait: request.wait) { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let receipt):
                    answer.succeed(
                        JSONObject([
                            ("documents", .int(Int64(receipt.documents))), ("passages", .int(Int64(receipt.passages))),
                            ("embedded", .int(Int64(receipt.embedded))), ("unchanged", .int(Int64(receipt.unchanged))),
                            ("sequence", .int(Int64(receipt.sequence))),
                        ]))
                }
            }
        } catch {
            answer.fail(error)
        }
    }

    func getDocuments(_ request: DocumentGet, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try knowledge(request.collection).get(request, refusing: tooLarge) }
    }

    func listDocuments(_ request: DocumentList, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try knowledge(request.collection).list(request) }
    }

    func deleteDocuments(_ request: DocumentDelete, _ answer: Answer) {
        do throws(IlkError) {
            try knowledge(request.collection).delete(request.ids) { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let receipt):
                    answer.succeed(
                        JSONObject([
                            ("deleted", .int(Int64(receipt.count))), ("sequence", .int(Int64(receipt.sequence))),
                        ]))
                }
            }
        } catch {
            answer.fail(error)
        }
    }

    func retrieve(_ request: RetrieveRequest, _ answer: Answer) {
        later(answer) { [self] in
            do throws(IlkError) {
                let base = try knowledge(request.collection)
                // The question's vector comes on a thread that embeds; the rest is the pool's.
                try base.prepare(request) { [self] result in
                    switch result {
                    case .failure(let error): answer.fail(error)
                    case .success(let prepared):
                        later(answer) { answer.fulfil { () throws(IlkError) in try base.retrieve(prepared) } }
                    }
                }
            } catch {
                answer.fail(error)
            }
        }
    }

    private func knowledge(_ name: String) throws(IlkError) -> KnowledgeBase {
        let collection = try registry.collection(name)
        guard try collection.kind() == .knowledge else {
            throw IlkError(
                .invalidRequest,
                "'\(name)' is no knowledge base; create one with {\"name\":…,\"kind\":\"knowledge\"}, or use points.* and search"
            )
        }
        return KnowledgeBase(collection: collection)
    }
}
