import IlkCollection
import IlkProtocol

// Writes go to the collection's writer from the calling thread, so that those of one connection are applied in the
// order in which they were sent; the writer's thread answers.
extension Engine {
    func upsert(_ request: PointsUpsert, _ answer: Answer) {
        write(request.collection, answer, countedAs: "upserted") { collection, completion in
            if (try? collection.kind()) == .knowledge {
                return completion(
                    .failure(
                        IlkError(
                            .invalidRequest,
                            "'\(collection.name)' is a knowledge base; send documents with document.upsert")))
            }
            collection.upsert(
                request.points, wait: request.wait, fingerprint: request.fingerprint, completion: completion)
        }
    }

    func patch(_ request: PointsPatch, _ answer: Answer) {
        write(request.collection, answer, countedAs: "patched") {
            $0.patch(
                request.selection, with: request.payload, expiry: request.expiry, wait: request.wait, completion: $1)
        }
    }

    func delete(_ request: PointsDelete, _ answer: Answer) {
        write(request.collection, answer, countedAs: "deleted") { $0.delete(request.selection, completion: $1) }
    }

    private func write(
        _ name: String, _ answer: Answer, countedAs counted: StaticString,
        _ submit: (VectorCollection, @escaping Completion<WriteReceipt>) -> Void
    ) {
        do throws(IlkError) {
            let collection = try registry.collection(name)
            submit(collection) { result in
                switch result {
                case .success(let receipt):
                    answer.succeed { writer in
                        writer.beginObject()
                        writer.key(counted)
                        writer.int(receipt.count)
                        writer.key("sequence")
                        writer.uint(receipt.sequence)
                        writer.embedding(of: receipt)
                        writer.endObject()
                    }
                case .failure(let error): answer.fail(error)
                }
            }
        } catch {
            answer.fail(error)
        }
    }

    func get(_ request: PointsGet, _ answer: Answer) {
        let work: @Sendable () -> Void = { [self] in
            do throws(IlkError) {
                let found = try registry.collection(request.collection).get(
                    ids: request.ids, withVectors: request.withVectors, withPayload: request.withPayload,
                    refusing: tooLarge)
                answer.succeed { writer in
                    writer.beginObject()
                    writer.key("points")
                    writer.points(found.points)
                    writer.key("missing")
                    writer.beginArray()
                    for id in found.missing { writer.id(id) }
                    writer.endArray()
                    writer.endObject()
                }
            } catch {
                answer.fail(error)
            }
        }
        // A point is some 6 µs to read: a few are over before a worker would have woken up.
        if request.ids.count <= 8 { work() } else { later(answer, work) }
    }

    func count(_ request: PointsCount, _ answer: Answer) {
        let work: @Sendable () -> Void = { [self] in
            answer.fulfil { () throws(IlkError) in
                let count = try registry.collection(request.collection).count(request.filter)
                return JSONObject([("count", .int(Int64(count)))])
            }
        }
        if request.filter == nil { work() } else { later(answer, work) }
    }

    func scroll(_ request: PointsScroll, _ answer: Answer) {
        do throws(IlkError) {
            let page = try registry.collection(request.collection).scroll(request, refusing: tooLarge)
            answer.succeed { writer in
                writer.beginObject()
                writer.key("points")
                writer.points(page.points)
                writer.key("next_cursor")
                if let cursor = page.nextCursor { writer.string(cursor) } else { writer.null() }
                writer.endObject()
            }
        } catch {
            answer.fail(error)
        }
    }

    /// The refusal of a reply of so many bytes; nil if it may be that long.
    @Sendable func tooLarge(_ bytes: Int) -> IlkError? {
        guard bytes > options.replyLimit else { return nil }
        return IlkError(
            .tooLarge,
            "the reply would be over \(options.replyLimit >> 20) MiB; ask for fewer points at a time, or for less of each"
        )
    }

    func facets(_ request: PointsFacets, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in
            let facets = try registry.collection(request.collection).facets(request)
            let values = facets.map { facet in
                JSONValue.object(JSONObject([("value", facet.value), ("count", .int(Int64(facet.count)))]))
            }
            return JSONObject([("facets", .array(values))])
        }
    }
}

extension JSONWriter {
    /// An array of stored points, each with what was asked for.
    fileprivate mutating func points(_ points: [StoredPoint]) {
        beginArray()
        for point in points {
            beginObject()
            key("id")
            id(point.id)
            if let expires = point.expires {
                key("expires_at")
                int(expires)
            }
            if let payload = point.payload {
                key("payload")
                json(payload)
            }
            if !point.vectors.isEmpty {
                key("vectors")
                beginObject()
                for (field, values) in point.vectors {
                    key(field)
                    vector(values, base64: false)
                }
                endObject()
            }
            endObject()
        }
        endArray()
    }
}
