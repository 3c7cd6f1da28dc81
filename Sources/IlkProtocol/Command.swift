/// Parameters of `snapshot.create` and `snapshot.restore`.
///
/// ```json
/// {"collection":"products","path":"/backup/products-monday"}
/// ```
public struct SnapshotRequest: Equatable, Sendable {
    /// The collection that is copied, or that the copy becomes.
    public var collection: String
    /// A folder on the daemon's machine, by its absolute path.
    ///
    /// Nil lets `snapshot.create` choose one in the data folder; `snapshot.restore` needs it.
    public var path: String?
}

/// A request, decoded: one case a method of the wire.
public enum Command: Equatable, Sendable {
    /// `ping`: answers at once.
    case ping
    /// `info`: what this daemon is.
    case info
    /// `stats`: what happened since the start.
    case stats
    /// `collection.create`
    case collectionCreate(CollectionCreate)
    /// `collection.list`
    case collectionList
    /// `collection.describe {"collection":"products"}`
    case collectionDescribe(collection: String)
    /// `collection.drop {"collection":"products"}`
    case collectionDrop(collection: String)
    /// `collection.rebuild {"collection":"products"}`: makes the graphs anew from SQLite, as a job.
    case collectionRebuild(collection: String)
    /// `collection.reembed`, as a job
    case collectionReembed(ReembedRequest)
    /// `collection.lexicon`
    case collectionLexicon(LexiconRequest)
    /// `points.upsert`
    case pointsUpsert(PointsUpsert)
    /// `points.patch`
    case pointsPatch(PointsPatch)
    /// `points.delete`
    case pointsDelete(PointsDelete)
    /// `points.get`
    case pointsGet(PointsGet)
    /// `points.count`
    case pointsCount(PointsCount)
    /// `points.scroll`
    case pointsScroll(PointsScroll)
    /// `points.facets`
    case pointsFacets(PointsFacets)
    /// `search`
    case search(SearchRequest)
    /// `search.batch`
    case searchBatch(SearchBatch)
    /// `embed`
    case embed(EmbedRequest)
    /// `model.list`: the models there are.
    case modelList
    /// `document.upsert`
    case documentUpsert(DocumentUpsert)
    /// `document.get`
    case documentGet(DocumentGet)
    /// `document.delete`
    case documentDelete(DocumentDelete)
    /// `document.list`
    case documentList(DocumentList)
    /// `retrieve`
    case retrieve(RetrieveRequest)
    /// `events.append`
    case eventsAppend(EventsAppend)
    /// `events.scroll`
    case eventsScroll(EventsScroll)
    /// `events.configure`
    case eventsConfigure(EventsConfigure)
    /// `events.compact {"collection":"products"}`: deletes what is due from the disk, as a job.
    case eventsCompact(collection: String)
    /// `profile.get`
    case profileGet(ProfileRequest)
    /// `profile.forget`
    case profileForget(ProfileRequest)
    /// `match.items`
    case matchItems(MatchItems)
    /// `match.users`
    case matchUsers(MatchUsers)
    /// `audience.save`
    case audienceSave(AudienceSave)
    /// `audience.list {"collection":"products"}`: the audiences that were saved.
    case audienceList(collection: String)
    /// `audience.get`
    case audienceGet(AudienceGet)
    /// `audience.delete {"collection":"products","name":"panda-lovers"}`
    case audienceDelete(collection: String, name: String)
    /// `match.similar`
    case matchSimilar(MatchSimilar)
    /// `match.train`, as a job
    case matchTrain(MatchTrain)
    /// `match.models {"collection":"products"}`: the models that are kept.
    case matchModels(collection: String)
    /// `match.activate`
    case matchActivate(MatchActivate)
    /// `match.ranker`
    case matchRanker(MatchRanker)
    /// `match.load`
    case matchLoad(MatchLoad)
    /// `match.shown`
    case matchShown(MatchShown)
    /// `theme.upsert`
    case themeUpsert(ThemeUpsert)
    /// `theme.get`
    case themeGet(ThemeNames)
    /// `theme.delete`
    case themeDelete(ThemeNames)
    /// `theme.list`
    case themeList(ThemeList)
    /// `theme.match`
    case themeMatch(ThemeMatch)
    /// `theme.select`
    case themeSelect(ThemeSelect)
    /// `theme.floors`
    case themeFloors(ThemeFloors)
    /// `theme.batch`, as a job
    case themeBatch(ThemeBatch)
    /// `theme.distribute`
    case themeDistribute(ThemeDistribute)
    /// `theme.traffic`
    case themeTraffic(ThemeTraffic)
    /// `theme.feedback`
    case themeFeedback(ThemeFeedback)
    /// `theme.assets.upsert`
    case assetUpsert(AssetUpsert)
    /// `theme.assets`
    case assetMatch(AssetMatch)
    /// `theme.assets.delete`
    case assetDelete(AssetDelete)
    /// `collection.tool_schema`
    case toolSchema(ToolSchemaRequest)
    /// `snapshot.create`, as a job
    case snapshotCreate(SnapshotRequest)
    /// `snapshot.restore`, as a job
    case snapshotRestore(SnapshotRequest)
    /// `job.list`
    case jobList
    /// `job.get {"job":"rebuild-1"}`
    case jobGet(job: String)
    /// `job.cancel {"job":"rebuild-1"}`
    case jobCancel(job: String)
}
