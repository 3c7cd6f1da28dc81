import Foundation
import IlkCollection
import IlkEmbedding
import IlkKnowledge
import IlkProtocol
import Logging
import Synchronization

extension Engine {
    func create(_ request: CollectionCreate, _ answer: Answer) {
        do throws(IlkError) {
            try registry.reserveFree(request.name, doing: "created")
            do throws(IlkError) {
                let collection = try VectorCollection.create(
                    name: request.name, folder: data.collection(request.name), schema: try schema(of: request),
                    options: options.collection)
                data.syncCollections()
                registry.settle(request.name, as: collection)
            } catch {
                registry.settle(request.name, as: nil)
                throw error
            }
            logger.info("collection created", metadata: ["collection": "\(request.name)"])
            answer.succeed(JSONObject([("name", .string(request.name)), ("created", .bool(true))]))
        } catch {
            answer.fail(error)
        }
    }

    /// The schema that a request means: models are looked up, and their dimensions and fingerprints taken.
    private func schema(of request: CollectionCreate) throws(IlkError) -> CollectionSchema {
        var schema: CollectionSchema
        switch request.kind {
        case .points:
            schema = CollectionSchema(vectors: request.vectors, fields: request.fields, text: request.text)
        case .knowledge:
            let model = try embedder.model(named: request.model).name
            schema = KnowledgeBase.schema(model: model, fields: request.fields)
        }
        for place in schema.vectors.indices {
            guard let name = schema.vectors[place].model else { continue }
            let model = try embedder.model(named: name)
            let wanted = schema.vectors[place].dimension
            schema.vectors[place].dimension = try model.traits.checkedDimension(
                wanted == 0 ? nil : wanted, of: model.name)
            schema.fingerprints[schema.vectors[place].name] = model.fingerprint
        }
        return schema
    }

    func list() -> JSONObject {
        let collections = registry.all.map { collection in
            let state = collection.state
            return JSONValue.object(
                JSONObject([
                    ("name", .string(collection.name)), ("state", .string(state.name)),
                    ("reason", state.reason.map { .string($0) } ?? .null), ("count", liveCount(of: collection)),
                ]))
        }
        return JSONObject([("collections", .array(collections))])
    }

    /// Points in a collection; null while it cannot tell.
    func liveCount(of collection: VectorCollection) -> JSONValue {
        (try? collection.count(nil)).map { .int(Int64($0)) } ?? .null
    }

    func describe(_ name: String, _ answer: Answer) {
        do throws(IlkError) {
            let description = try registry.collection(name).describe()
            answer.succeed { $0.value(description) }
        } catch {
            answer.fail(error)
        }
    }

    /// Takes the folder away at once, and answers when the last write has ended.
    func drop(_ name: String, _ answer: Answer) {
        do throws(IlkError) {
            let dropped = try registry.reserve(name, doing: "dropped", mustBePresent: true)
            guard let trash = data.trash(name) else {
                let reason = systemMessage()
                registry.settle(name, as: dropped)
                throw IlkError(.internal, "cannot move \(data.collection(name)) to the trash: \(reason)")
            }
            logger.info("collection dropped", metadata: ["collection": "\(name)"])
            // The name is free again, and the drop answered, once the old writer is gone: it would write its checkpoints
            // under that path.
            Thread.detachNewThread { [self] in
                dropped?.close()
                registry.settle(name, as: nil)
                answer.succeed(JSONObject([("name", .string(name)), ("dropped", .bool(true))]))
                data.remove(trash)
            }
        } catch {
            answer.fail(error)
        }
    }
}
