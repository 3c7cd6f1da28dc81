import IlkProtocol

/// The tools of `ilk mcp`, over one connection to the daemon.
struct MCPTools: Sendable {
    let scope: MCPScope
    let link: DaemonLink

    init(scope: MCPScope, link: DaemonLink) {
        self.scope = scope
        self.link = link
    }

    var all: [MCPTool] { looking + (scope.allowsWrites ? writing : []) }
    private var looking: [MCPTool] { [listCollections, describeCollection, search, retrieve, get, facets, recommend] }
    private var writing: [MCPTool] { [upsert, upsertDocuments, delete] }

    /// What a model is told of the tools as a whole.
    var instructions: String {
        """
        ilk holds collections of points (such as products) and knowledge bases of documents, searched by meaning and by \
        words in any language. Call describe_collection before you write a filter: it tells the fields, their types and \
        examples of their values. Use retrieve to answer questions from a knowledge base, and cite the passages by their \
        numbers; use search to find points. Filters are exact; a search returns k hits whenever k points pass.
        """
    }

    /// Why there is no tool of a name.
    func refusal(of name: String) -> String {
        if writing.contains(where: { $0.name == name }) {
            return "tool '\(name)' changes data and is not offered; start ilk mcp with --allow-writes"
        }
        let names = all.map(\.name)
        let hint = NearestName.hint(for: name, among: names)
        return "no tool '\(name)'" + (hint.isEmpty ? "; there are \(names.joined(separator: ", "))" : hint)
    }

    // MARK: What tools share

    /// The collection that is meant; required unless there is only one.
    var collectionParameter: MCPParameter {
        let names = scope.collections
        switch names.count {
        case 0: return .text("collection", "The collection's name, as list_collections tells it.", isRequired: true)
        case 1: return .word("collection", of: names, "The collection: '\(names[0])' if left out.")
        default: return .word("collection", of: names, "The collection.", isRequired: true)
        }
    }

    static let filterParameter = MCPParameter.text("filter", FilterGuide.syntax)

    static let modeParameter = MCPParameter.word(
        "mode", of: SearchMode.allCases.map(\.rawValue),
        "dense: by meaning, in whatever language it is said. lexical: by the words, for names, model numbers and exact terms. hybrid: both, fused; the default where the collection has both."
    )

    /// Whether a collection is a knowledge base.
    func isKnowledgeBase(_ collection: String) async throws -> Bool {
        try await describe(collection)["kind"]?.string == CollectionKind.knowledge.rawValue
    }

    func describe(_ collection: String) async throws -> JSONValue {
        try await link.call("collection.describe", [("collection", .string(collection))])
    }
}

extension JSONValue {
    /// The value with long strings and long arrays cut, so that one point does not fill a model's context.
    func shortened(strings limit: Int, elements: Int = 200) -> JSONValue {
        switch self {
        case .string(let text) where text.unicodeScalars.count > limit:
            let scalars = text.unicodeScalars
            return .string("\(String(scalars.prefix(limit)))… (\(scalars.count) characters in all)")
        case .array(let values):
            let kept = values.prefix(elements).map { $0.shortened(strings: limit, elements: elements) }
            let more = values.count - kept.count
            return .array(more > 0 ? kept + [.string("… and \(more) more")] : kept)
        case .object(let object):
            return .object(
                JSONObject(object.members.map { ($0.key, $0.value.shortened(strings: limit, elements: elements)) }))
        default: return self
        }
    }
}
