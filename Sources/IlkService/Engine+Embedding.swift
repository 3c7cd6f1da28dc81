import IlkEmbedding
import IlkProtocol

extension Engine {
    func embed(_ request: EmbedRequest, _ answer: Answer) {
        guard let model = embedder.openModel(named: request.model) else {
            // Opening takes up to a second: not on an event loop.
            return later(answer) { [self] in
                do throws(IlkError) { embed(request, by: try embedder.model(named: request.model), answer) } catch {
                    answer.fail(error)
                }
            }
        }
        embed(request, by: model, answer)
    }

    private func embed(_ request: EmbedRequest, by model: EmbeddingModel, _ answer: Answer) {
        // A few texts are somebody's question, many are an import.
        let isShort = request.texts.count <= 8
        let task = EmbeddingTask(
            texts: request.texts, kind: request.kind, dimensions: request.dimensions, truncate: request.truncate,
            lane: isShort ? .interactive : .bulk)
        embedder.embed(task, with: model) { [self] result in
            switch result {
            case .failure(let error): answer.fail(error)
            case .success(let vectors):
                let bytes = vectors.reduce(0) { $0 + $1.vector.count * (request.encoding == .float ? 12 : 6) + 64 }
                if let refusal = tooLarge(bytes) { return answer.fail(refusal) }
                answer.succeed { $0.embedReply(vectors, model: model, encoding: request.encoding) }
            }
        }
    }

    /// The models there are, the default one first.
    func modelList() -> JSONObject {
        let open = Set(embedder.openModels.map(\.name))
        let models = embedder.store.list().map { model -> JSONValue in
            var json = model.json
            json["open"] = .bool(open.contains(model.name))
            return .object(json)
        }
        return JSONObject([("default", .string(embedder.store.defaultName)), ("models", .array(models))])
    }
}

extension JSONWriter {
    fileprivate mutating func embedReply(
        _ vectors: [TextVector], model: EmbeddingModel, encoding: EmbedRequest.Encoding
    ) {
        beginObject()
        key("model")
        string(model.name)
        key("fingerprint")
        string(model.fingerprint)
        key("dimensions")
        int(vectors.first?.vector.count ?? model.dimension)
        key("embeddings")
        beginArray()
        for embedded in vectors {
            beginObject()
            key("vector")
            vector(embedded.vector, base64: encoding == .base64)
            key("tokens")
            int(embedded.tokens)
            key("truncated")
            bool(embedded.truncated)
            endObject()
        }
        endArray()
        endObject()
    }
}
