import IlkProtocol

extension MCPTools {
    /// Collections that list_collections describes; a daemon with more is told by --collection which are meant.
    private static let listed = 100

    var listCollections: MCPTool {
        MCPTool(
            name: "list_collections", title: "List collections",
            description: """
                Lists the collections with what they are for: points that are found with search, or a knowledge base of \
                documents, whose passages are found with retrieve.
                """,
            parameters: []
        ) { _ in
            let found = try await link.call("collection.list")["collections"]?.elements ?? []
            let offered = found.filter { collection in
                scope.collections.isEmpty || scope.collections.contains(collection["name"]?.string ?? "")
            }
            var collections: [JSONValue] = []
            for collection in offered.prefix(Self.listed) {
                let name = collection["name"]?.string ?? ""
                var members: [(String, JSONValue)] = [("name", .string(name))]
                // One that is dropped meanwhile, or cannot be read, is listed with what is known of it.
                if let description = try? await describe(name) {
                    members += CollectionFacts(description).members
                } else {
                    members += [("state", collection["state"] ?? .null)]
                }
                collections.append(.object(JSONObject(members)))
            }
            let missing = scope.collections.filter { name in !offered.contains { $0["name"]?.string == name } }
            var members: [(String, JSONValue)] = [("collections", .array(collections))]
            if offered.count > Self.listed { members.append(("not_shown", .int(Int64(offered.count - Self.listed)))) }
            if !missing.isEmpty { members.append(("not_there", .array(missing.map { .string($0) }))) }
            return MCPResult(.object(JSONObject(members)))
        }
    }

    var describeCollection: MCPTool {
        MCPTool(
            name: "describe_collection", title: "Describe a collection",
            description: """
                Tells what a collection holds and how it is searched: the fields that filters can use, with their types \
                and their most frequent values, an example of a payload, and the filter language with examples of this \
                collection's own fields. Call it once before you write a filter.
                """,
            parameters: [collectionParameter]
        ) { arguments in
            let name = try scope.collection(arguments)
            let description = try await describe(name)
            let facts = CollectionFacts(description)
            var guide = FilterGuide()
            var fields: [JSONValue] = []
            for field in (description["fields"]?.members ?? []).prefix(FilterGuide.maximumFields) {
                let values = try? await link.call(
                    "points.facets",
                    [
                        ("collection", .string(name)), ("field", .string(field.key)),
                        ("limit", .int(Int64(FilterGuide.maximumValues))),
                    ])
                let examples = (values?["facets"]?.elements ?? []).compactMap { $0["value"] }
                let type = field.value.string.flatMap { PayloadField.Kind(rawValue: $0) } ?? .keyword
                guide.add(field.key, type, examples)
                fields.append(
                    .object(
                        JSONObject([
                            ("field", .string(field.key)), ("type", .string(type.rawValue)),
                            ("frequent_values", .array(examples.map { $0.shortened(strings: 80) })),
                        ])))
            }
            var members: [(String, JSONValue)] = [("name", .string(name))] + facts.members
            members.append(("fields", .array(fields)))
            if facts.isKnowledgeBase {
                let page = try? await link.call(
                    "document.list", [("collection", .string(name)), ("limit", .int(1))])
                if let document = page?["documents"]?.elements.first {
                    members.append(("example_document", document.shortened(strings: 200, elements: 10)))
                }
            } else {
                let page = try? await link.call(
                    "points.scroll", [("collection", .string(name)), ("limit", .int(1))])
                if let payload = page?["points"]?.elements.first?["payload"] {
                    members.append(("example_payload", payload.shortened(strings: 200, elements: 10)))
                }
            }
            members.append(("filter_language", .object(guide.json)))
            return MCPResult(.object(JSONObject(members)))
        }
    }

    var facets: MCPTool {
        MCPTool(
            name: "facets", title: "Count values",
            description: """
                Counts the most frequent values of a field among the points that pass a filter, exactly: which brands \
                there are, how many of each, which values a filter may name.
                """,
            parameters: [
                collectionParameter, .text("field", "The field, a dotted path.", isRequired: true),
                Self.filterParameter, .number("limit", in: 1...10_000, default: 10, "How many values."),
            ]
        ) { arguments in
            var params = [("collection", JSONValue.string(try scope.collection(arguments)))]
            params += arguments.passed("field", "filter", "limit")
            let result = try await link.call("points.facets", params)
            return MCPResult(.object(JSONObject([("facets", result["facets"] ?? .array([]))])))
        }
    }

    /// Characters of a string that `get` shows.
    private static let shownCharacters = 20_000

    var get: MCPTool {
        MCPTool(
            name: "get", title: "Get points or documents",
            description: """
                Returns points with their whole payloads, or documents of a knowledge base with their texts, by their ids. \
                Strings over \(Self.shownCharacters) characters are cut.
                """,
            parameters: [
                collectionParameter,
                .list(
                    "ids", of: MCPParameter.id,
                    "Ids of 1 to 100 points, as search returns them; of a knowledge base the `document` of a passage.",
                    isRequired: true),
            ]
        ) { arguments in
            let collection = try scope.collection(arguments)
            let ids = arguments.list("ids") ?? []
            guard (1...100).contains(ids.count) else {
                throw IlkError(.invalidRequest, "'ids' has \(ids.count) ids; send 1 to 100")
            }
            let method = try await isKnowledgeBase(collection) ? "document.get" : "points.get"
            let result = try await link.call(
                method, [("collection", .string(collection)), ("ids", .array(ids))])
            return MCPResult(result.shortened(strings: Self.shownCharacters, elements: 1_000))
        }
    }
}
