import CSimdjson

/// Reads request lines into ``Call``s: JSON-RPC 2.0, one object or one batch array a line.
///
/// Keeps simdjson's buffers from line to line, so one parser serves one thread. A missing `"jsonrpc"` is accepted, for
/// people who type; a field that no method knows is refused with the nearest one that some method does.
public final class RequestParser {
    private let reader = JSONReader()

    /// A parser with buffers of its own.
    public init() {}

    /// Requests that a batch may hold.
    public static let maximumBatch = 1_000

    /// Reads one line, without its line feed.
    ///
    /// Never fails: a line that is no request becomes a call with its refusal.
    public func parse(line: UnsafeRawBufferPointer) -> ParsedLine {
        do throws(IlkError) {
            return try unsafe reader.read(line) { (root) throws(IlkError) in try self.line(root) }
        } catch {
            return .single(Call(id: .null, command: .failure(error)))
        }
    }

    private func line(_ root: JSONElement) throws(IlkError) -> ParsedLine {
        guard root.isArray else { return .single(call(root)) }
        let count = root.count
        guard count > 0 else { throw IlkError(.invalidRequest, "an empty batch; send at least one request") }
        guard count <= Self.maximumBatch else {
            throw IlkError(.tooLarge, "a batch of \(count) requests; send at most \(Self.maximumBatch)")
        }
        var calls: [Call] = []
        calls.reserveCapacity(count)
        root.forEachElement { calls.append(call($1)) }
        return .batch(calls)
    }

    private func call(_ element: JSONElement) -> Call {
        guard element.isObject else {
            let error = IlkError(
                .invalidRequest, "the request is \(element.description); send {\"id\":…,\"method\":…,\"params\":{…}}")
            return Call(id: .null, command: .failure(error))
        }
        // The id first: whatever else is wrong, the reply carries it.
        var id = RequestID.absent
        var badID: String?
        element.forEachMember { key, value in
            guard key == "id" else { return }
            switch value.kind {
            case ilk_json_null: id = .null
            case ilk_json_int: id = .int(value.int ?? 0)
            case ilk_json_string: id = .string(value.string ?? "")
            default: badID = value.description
            }
        }
        if let badID {
            let error = IlkError(
                .invalidRequest, "the request's id is \(badID); expected a string, a signed 64-bit integer, or null")
            return Call(id: .null, command: .failure(error))
        }
        do throws(IlkError) {
            return Call(id: id, command: .success(try command(element)))
        } catch {
            return Call(id: id, command: .failure(error))
        }
    }

    private func command(_ element: JSONElement) throws(IlkError) -> Command {
        let envelope = try Parameters(element, at: "the request", known: ["jsonrpc", "id", "method", "params"])
        if let version = envelope["jsonrpc"], version.string != "2.0" {
            throw IlkError(.invalidRequest, "the request's jsonrpc is not \"2.0\"; send \"2.0\", or leave it out")
        }
        let name = try envelope.string("method")
        guard name.utf8.count <= 64, let method = Method(rawValue: name) else {
            throw IlkError(
                .unknownMethod,
                "no method \(name.quoted)\(NearestName.hint(for: name, among: Method.allCases.map(\.rawValue)))")
        }
        let parameters: Parameters
        if let element = envelope["params"] {
            guard !element.isArray else {
                throw IlkError(
                    .invalidRequest,
                    "the request's params are an array; send an object with named fields, such as {\"collection\":…}")
            }
            parameters = try Parameters(element, at: method.rawValue, known: method.fields)
        } else {
            parameters = Parameters(emptyAt: method.rawValue)
        }
        return try method.command(parameters)
    }
}

extension Method {
    /// The fields that its parameters may have.
    var fields: [String] {
        switch self {
        case .ping, .info, .stats, .collectionList, .jobList, .modelList: []
        case .collectionCreate: ["name", "kind", "vectors", "fields", "text", "model"]
        case .collectionReembed: ["collection", "field", "model", "dimensions", "source", "sample"]
        case .collectionLexicon: ["collection", "words", "synonyms"]
        case .embed: ["texts", "model", "kind", "dimensions", "truncate", "encoding"]
        case .documentUpsert: ["collection", "documents", "wait"]
        case .documentGet: ["collection", "ids", "with_text", "with_passages"]
        case .documentDelete: ["collection", "ids"]
        case .documentList: ["collection", "limit", "cursor"]
        case .retrieve: RetrieveRequest.fields
        case .toolSchema: ["collection", "fields", "filter", "values"]
        case .themeUpsert: ["collection", "themes"]
        case .themeGet, .themeDelete: ["collection", "ids"]
        case .themeList: ["collection", "industry", "limit", "cursor"]
        case .themeMatch: ["collection", "idea", "industry", "k", "using"]
        case .themeSelect: ThemeSelect.fields
        case .themeFloors: ThemeFloors.fields
        case .themeBatch: ThemeBatch.fields
        case .themeDistribute: ThemeDistribute.fields
        case .themeTraffic: ["collection", "venues", "themes"]
        case .themeFeedback: ["collection", "events"]
        case .assetUpsert: ["collection", "assets"]
        case .assetMatch: AssetMatch.fields
        case .assetDelete: ["collection", "merchant", "ids"]
        case .collectionDescribe, .collectionDrop, .collectionRebuild: ["collection"]
        case .pointsUpsert: ["collection", "points", "wait", "fingerprint"]
        case .pointsPatch: ["collection", "ids", "filter", "payload", "expires_at", "wait"]
        case .pointsDelete: ["collection", "ids", "filter"]
        case .pointsGet: ["collection", "ids", "with_vectors", "with_payload"]
        case .pointsCount: ["collection", "filter"]
        case .pointsScroll: ["collection", "filter", "limit", "cursor", "with_vectors", "with_payload"]
        case .pointsFacets: ["collection", "field", "filter", "limit"]
        case .search: SearchRequest.fieldsWithCollection
        case .searchBatch: ["collection", "searches"]
        case .eventsAppend: ["collection", "events"]
        case .eventsScroll: ["collection", "user", "type", "limit", "cursor"]
        case .eventsConfigure: ["collection", "types", "retention_days"]
        case .eventsCompact: ["collection"]
        case .profileGet: ["collection", "user", "with_vectors"]
        case .profileForget: ["collection", "user"]
        case .matchItems: MatchItems.fields
        case .matchUsers: MatchUsers.fields
        case .audienceSave: AudienceSave.fields
        case .audienceList: ["collection"]
        case .audienceGet: ["collection", "name", "limit", "cursor"]
        case .audienceDelete: ["collection", "name"]
        case .matchSimilar: MatchSimilar.fields
        case .matchTrain: MatchTrain.fields
        case .matchModels: ["collection"]
        case .matchActivate: ["collection", "model", "generation"]
        case .matchRanker: ["collection", "use"]
        case .matchLoad: MatchLoad.fields
        case .matchShown: MatchShown.fields
        case .snapshotCreate, .snapshotRestore: ["collection", "path"]
        case .jobGet, .jobCancel: ["job"]
        }
    }

    func command(_ parameters: Parameters) throws(IlkError) -> Command {
        switch self {
        case .ping: .ping
        case .info: .info
        case .stats: .stats
        case .collectionList: .collectionList
        case .modelList: .modelList
        case .jobList: .jobList
        case .collectionCreate: .collectionCreate(try CollectionCreate(parameters))
        case .collectionDescribe: .collectionDescribe(collection: try parameters.name("collection"))
        case .collectionDrop: .collectionDrop(collection: try parameters.name("collection"))
        case .collectionRebuild: .collectionRebuild(collection: try parameters.name("collection"))
        case .collectionReembed: .collectionReembed(try ReembedRequest(parameters))
        case .collectionLexicon: .collectionLexicon(try LexiconRequest(parameters))
        case .embed: .embed(try EmbedRequest(parameters))
        case .documentUpsert: .documentUpsert(try DocumentUpsert(parameters))
        case .documentGet: .documentGet(try DocumentGet(parameters))
        case .documentDelete: .documentDelete(try DocumentDelete(parameters))
        case .documentList: .documentList(try DocumentList(parameters))
        case .retrieve: .retrieve(try RetrieveRequest(parameters))
        case .toolSchema: .toolSchema(try ToolSchemaRequest(parameters))
        case .themeUpsert: .themeUpsert(try ThemeUpsert(parameters))
        case .themeGet: .themeGet(try ThemeNames(parameters))
        case .themeDelete: .themeDelete(try ThemeNames(parameters))
        case .themeList: .themeList(try ThemeList(parameters))
        case .themeMatch: .themeMatch(try ThemeMatch(parameters))
        case .themeSelect: .themeSelect(try ThemeSelect(parameters))
        case .themeFloors: .themeFloors(try ThemeFloors(parameters))
        case .themeBatch: .themeBatch(try ThemeBatch(parameters))
        case .themeDistribute: .themeDistribute(try ThemeDistribute(parameters))
        case .themeTraffic: .themeTraffic(try ThemeTraffic(parameters))
        case .themeFeedback: .themeFeedback(try ThemeFeedback(parameters))
        case .assetUpsert: .assetUpsert(try AssetUpsert(parameters))
        case .assetMatch: .assetMatch(try AssetMatch(parameters))
        case .assetDelete: .assetDelete(try AssetDelete(parameters))
        case .pointsUpsert: .pointsUpsert(try PointsUpsert(parameters))
        case .pointsPatch: .pointsPatch(try PointsPatch(parameters))
        case .pointsDelete: .pointsDelete(try PointsDelete(parameters))
        case .pointsGet: .pointsGet(try PointsGet(parameters))
        case .pointsCount:
            .pointsCount(PointsCount(collection: try parameters.name("collection"), filter: try parameters.filter()))
        case .pointsScroll: .pointsScroll(try PointsScroll(parameters))
        case .pointsFacets: .pointsFacets(try PointsFacets(parameters))
        case .search:
            .search(try SearchRequest(parameters, collection: try parameters.name("collection")))
        case .searchBatch: .searchBatch(try SearchBatch(parameters))
        case .eventsAppend: .eventsAppend(try EventsAppend(parameters))
        case .eventsScroll: .eventsScroll(try EventsScroll(parameters))
        case .eventsConfigure: .eventsConfigure(try EventsConfigure(parameters))
        case .eventsCompact: .eventsCompact(collection: try parameters.name("collection"))
        case .profileGet: .profileGet(try ProfileRequest(parameters))
        case .profileForget: .profileForget(try ProfileRequest(parameters))
        case .matchItems: .matchItems(try MatchItems(parameters))
        case .matchUsers: .matchUsers(try MatchUsers(parameters))
        case .audienceSave: .audienceSave(try AudienceSave(parameters))
        case .audienceList: .audienceList(collection: try parameters.name("collection"))
        case .audienceGet: .audienceGet(try AudienceGet(parameters))
        case .audienceDelete:
            .audienceDelete(collection: try parameters.name("collection"), name: try parameters.name("name"))
        case .matchSimilar: .matchSimilar(try MatchSimilar(parameters))
        case .matchTrain: .matchTrain(try MatchTrain(parameters))
        case .matchModels: .matchModels(collection: try parameters.name("collection"))
        case .matchActivate: .matchActivate(try MatchActivate(parameters))
        case .matchRanker: .matchRanker(try MatchRanker(parameters))
        case .matchLoad: .matchLoad(try MatchLoad(parameters))
        case .matchShown: .matchShown(try MatchShown(parameters))
        case .snapshotCreate: .snapshotCreate(try SnapshotRequest(parameters, needsPath: false))
        case .snapshotRestore: .snapshotRestore(try SnapshotRequest(parameters, needsPath: true))
        case .jobGet: .jobGet(job: try parameters.name("job"))
        case .jobCancel: .jobCancel(job: try parameters.name("job"))
        }
    }
}
