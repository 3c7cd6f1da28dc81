import IlkProtocol

extension MCPTools {
    /// Characters of a payload's string that a hit shows.
    private static let hitCharacters = 600

    var search: MCPTool {
        MCPTool(
            name: "search", title: "Search points",
            description: """
                Finds the points of a collection that fit a text best, by meaning and by words, in any language, and \
                returns their ids, scores and payloads, best first. Narrow it with a filter instead of words wherever a \
                field says what is meant, such as a price or a brand. "exhausted": true says that no more points pass. \
                For questions to a knowledge base use retrieve.
                """,
            parameters: [
                collectionParameter,
                .text(
                    "query", "What to find, in natural words: \"waterproof hiking boots for women\".", isRequired: true),
                .number("k", in: 1...1_000, default: 10, "How many hits."), Self.filterParameter, Self.modeParameter,
                .list(
                    "fields", of: MCPParameter.string,
                    "Payload fields to return, by dotted path; the whole payload if left out. Name a few: it is shorter."
                ),
                .list(
                    "facets", of: MCPParameter.string,
                    "Fields whose most frequent values are counted among what was found, up to 16."),
                .object(
                    "min_score",
                    [.real("dense", "Least similarity by meaning."), .real("lexical", "Least BM25 score by words.")],
                    "Leave out hits whose score in a ranking is lower."),
            ]
        ) { arguments in
            var params = try [
                ("collection", JSONValue.string(scope.collection(arguments))),
                ("text", .string(arguments.string("query") ?? "")),
                ("with_payload", arguments.list("fields").map { .array($0) } ?? .bool(true)),
            ]
            params += arguments.passed("k", "filter", "mode", "min_score")
            if let facets = arguments.list("facets") { params.append(("facets", .array(facets))) }
            return MCPResult(Self.hits(of: try await link.call("search", params)))
        }
    }

    var recommend: MCPTool {
        MCPTool(
            name: "recommend", title: "Points like these",
            description: """
                Finds points that are like points whose ids you know, such as products like one that somebody looks at. \
                With several ids, what is near to more of them comes first. The given points are not among the hits.
                """,
            parameters: [
                collectionParameter,
                .list("ids", of: MCPParameter.id, "Ids of 1 to 20 points, as search returns them.", isRequired: true),
                .number("k", in: 1...1_000, default: 10, "How many hits."), Self.filterParameter,
                .text("using", "The vector field, where the collection has several."),
                .list("fields", of: MCPParameter.string, "Payload fields to return; the whole payload if left out."),
            ]
        ) { arguments in
            let collection = try scope.collection(arguments)
            let ids = arguments.list("ids") ?? []
            guard (1...20).contains(ids.count) else {
                throw IlkError(.invalidRequest, "'ids' has \(ids.count) ids; send 1 to 20")
            }
            let k = arguments["k"]?.integer ?? 10
            guard (1...1_000).contains(k) else { throw IlkError(.invalidRequest, "'k' is \(k); choose 1 to 1000") }
            var shared: [(String, JSONValue)] = [
                // Of several lists each must be longer than the answer: some of it are the given points themselves.
                ("k", .int(Int64(ids.count == 1 ? k : k + ids.count + 20))),
                ("with_payload", arguments.list("fields").map { .array($0) } ?? .bool(true)),
            ]
            shared += arguments.passed("filter", "using")
            let searches = ids.map { JSONValue.object(JSONObject([("id", $0)] + shared)) }
            let reply = try await link.call(
                "search.batch", [("collection", .string(collection)), ("searches", .array(searches))])
            let lists = (reply["results"]?.elements ?? []).map { $0["hits"]?.elements ?? [] }
            let hits = lists.count == 1 ? lists[0] : Self.fused(lists, without: ids)
            let result = JSONObject([("hits", .array(Array(hits.prefix(k))))])
            return MCPResult(Self.hits(of: .object(result)))
        }
    }

    /// Lists as one, by reciprocal rank.
    static func fused(_ lists: [[JSONValue]], without ids: [JSONValue]) -> [JSONValue] {
        var scores: [String: Double] = [:]
        var hits: [(key: String, hit: JSONValue)] = []
        let given = Set(ids.map(\.text))
        for list in lists {
            for (rank, hit) in list.enumerated() {
                guard let key = hit["id"]?.text, !given.contains(key) else { continue }
                if scores[key] == nil { hits.append((key, hit)) }
                scores[key, default: 0] += 1 / Double(60 + rank + 1)
            }
        }
        return hits.enumerated().sorted { one, other in
            let (a, b) = (scores[one.element.key] ?? 0, scores[other.element.key] ?? 0)
            return a == b ? one.offset < other.offset : a > b
        }.map { _, entry in
            guard case .object(var object) = entry.hit else { return entry.hit }
            object["distance"] = nil
            object["score"] = scores[entry.key].map { .double($0) }
            return .object(object)
        }
    }

    /// A search's reply as far as a model needs it.
    private static func hits(of result: JSONValue) -> JSONValue {
        let hits = (result["hits"]?.elements ?? []).map { hit -> JSONValue in
            let kept = ["id", "score", "scores", "payload"].compactMap { key in hit[key].map { (key, $0) } }
            return JSONValue.object(JSONObject(kept)).shortened(strings: hitCharacters)
        }
        var members: [(String, JSONValue)] = [("hits", .array(hits))]
        for key in ["facets", "exhausted"] { if let value = result[key] { members.append((key, value)) } }
        return .object(JSONObject(members))
    }

    var retrieve: MCPTool {
        MCPTool(
            name: "retrieve", title: "Retrieve passages",
            description: """
                Finds the passages of a knowledge base that answer a question, in whichever language they stand, and \
                returns them numbered, each under its citation: title and headings, document and range of characters. \
                Cite the numbers in your answer. Near-duplicates are left out and neighbors merged.
                """,
            parameters: [
                collectionParameter,
                .text("query", "The question, as a whole sentence.", isRequired: true),
                .number("k", in: 1...100, default: 5, "Passages at most."),
                .text(
                    "filter",
                    FilterGuide.syntax
                        + " Here `document` is a document's id, `title` its title, and metadata.x what its metadata has as x."
                ),
                Self.modeParameter,
                .number("token_budget", in: 1...1_000_000, "Tokens that all passages have together at most."),
                .number("per_document", in: 1...100, "Passages of one document at most."),
                .number("window", in: 0...10, default: 0, "Neighbors by which each passage is widened on either side."),
            ]
        ) { arguments in
            var params = try [
                ("collection", JSONValue.string(scope.collection(arguments))),
                ("query", .string(arguments.string("query") ?? "")),
            ]
            params += arguments.passed("k", "filter", "mode", "token_budget", "per_document", "window")
            let result = try await link.call("retrieve", params)
            let passages = result["passages"]?.elements ?? []
            let text =
                passages.isEmpty
                ? "Nothing was found. Try other words, another mode, or no filter." : Citation.packed(passages)
            return MCPResult(text: text, structured: result)
        }
    }
}
