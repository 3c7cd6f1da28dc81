import IlkProtocol

extension MCPTools {
    var upsert: MCPTool {
        MCPTool(
            name: "upsert", title: "Store points",
            description: """
                Stores points, or replaces those that have the same ids, payload and all. Texts of the payload are \
                embedded by the collection's own model. When it returns, the points are durable and found. Documents of a \
                knowledge base go to upsert_documents.
                """,
            parameters: [
                collectionParameter,
                .list(
                    "points",
                    of: [
                        ("type", .string("object")),
                        (
                            "properties",
                            .object(
                                JSONObject([
                                    ("id", .object(JSONObject(MCPParameter.id))),
                                    ("payload", .object(JSONObject([("type", .string("object"))]))),
                                    (
                                        "vectors",
                                        .object(
                                            JSONObject([
                                                ("type", .string("object")),
                                                (
                                                    "description",
                                                    .string("Vectors by field, only for fields that no model fills.")
                                                ),
                                            ]))
                                    ),
                                ]))
                        ), ("required", .array([.string("id"), .string("payload")])),
                    ], "1 to 1000 points, such as {\"id\":\"sku-1\",\"payload\":{\"title\":\"…\",\"price\":9.5}}.",
                    isRequired: true),
            ], isReading: false, isDestructive: true
        ) { arguments in
            let collection = try scope.collection(arguments)
            let points = arguments.list("points") ?? []
            guard points.count <= 1_000 else {
                throw IlkError(.tooLarge, "'points' has \(points.count) points; send at most 1000 at once")
            }
            let result = try await link.call(
                "points.upsert", [("collection", .string(collection)), ("points", .array(points))])
            return MCPResult(result)
        }
    }

    var upsertDocuments: MCPTool {
        let member = { (type: String, description: String) -> JSONValue in
            .object(JSONObject([("type", .string(type)), ("description", .string(description))]))
        }
        let formats = WireDocument.Format.allCases.map { JSONValue.string($0.rawValue) }
        let properties = JSONObject([
            ("id", member("string", "The document's id; an existing one is replaced.")),
            ("title", member("string", "What it is called; searched with every passage.")),
            ("text", member("string", "The text.")),
            ("format", .object(JSONObject([("type", .string("string")), ("enum", .array(formats))]))),
            ("metadata", member("object", "What filters may ask for.")),
            ("context", member("string", "Searched with every passage and never shown.")),
        ])
        return MCPTool(
            name: "upsert_documents", title: "Store documents",
            description: """
                Stores documents in a knowledge base, or replaces those that have the same ids: they are split into \
                passages, embedded and indexed; passages that did not change are not embedded again. When it returns, they \
                are durable and found.
                """,
            parameters: [
                collectionParameter,
                .list(
                    "documents",
                    of: [
                        ("type", .string("object")), ("properties", .object(properties)),
                        ("required", .array([.string("id"), .string("text")])),
                    ], "1 to 100 documents.", isRequired: true),
            ], isReading: false, isDestructive: true
        ) { arguments in
            let collection = try scope.collection(arguments)
            let documents = arguments.list("documents") ?? []
            guard documents.count <= 100 else {
                throw IlkError(.tooLarge, "'documents' has \(documents.count) documents; send at most 100 at once")
            }
            let result = try await link.call(
                "document.upsert", [("collection", .string(collection)), ("documents", .array(documents))])
            return MCPResult(result)
        }
    }

    var delete: MCPTool {
        MCPTool(
            name: "delete", title: "Delete points or documents",
            description: """
                Deletes points by their ids, or all that pass a filter; of a knowledge base documents, by their ids. There \
                is no way back. Ids that are not there are passed over.
                """,
            parameters: [
                collectionParameter,
                .list("ids", of: MCPParameter.id, "The ids; give either ids or a filter."),
                .text("filter", "Delete all points that pass this. " + FilterGuide.syntax),
            ], isReading: false, isDestructive: true
        ) { arguments in
            let collection = try scope.collection(arguments)
            var params = [("collection", JSONValue.string(collection))]
            if let ids = arguments.list("ids") { params.append(("ids", .array(ids))) }
            guard try await isKnowledgeBase(collection) else {
                let result = try await link.call(
                    "points.delete", params + arguments.passed("filter"), isRepeatable: false)
                return MCPResult(result)
            }
            guard arguments["filter"] == nil else {
                throw IlkError(
                    .invalidRequest, "'\(collection)' is a knowledge base; delete its documents by their ids")
            }
            return MCPResult(try await link.call("document.delete", params, isRepeatable: false))
        }
    }
}
