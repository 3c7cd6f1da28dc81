/// The methods, by their names on the wire.
package enum Method: String, CaseIterable, Sendable {
    case ping, info, stats
    case collectionCreate = "collection.create"
    case collectionList = "collection.list"
    case collectionDescribe = "collection.describe"
    case collectionDrop = "collection.drop"
    case collectionRebuild = "collection.rebuild"
    case collectionReembed = "collection.reembed"
    case collectionLexicon = "collection.lexicon"
    case pointsUpsert = "points.upsert"
    case pointsPatch = "points.patch"
    case pointsDelete = "points.delete"
    case pointsGet = "points.get"
    case pointsCount = "points.count"
    case pointsScroll = "points.scroll"
    case pointsFacets = "points.facets"
    case search
    case searchBatch = "search.batch"
    case embed
    case modelList = "model.list"
    case documentUpsert = "document.upsert"
    case documentGet = "document.get"
    case documentDelete = "document.delete"
    case documentList = "document.list"
    case retrieve
    case eventsAppend = "events.append"
    case eventsScroll = "events.scroll"
    case eventsConfigure = "events.configure"
    case eventsCompact = "events.compact"
    case profileGet = "profile.get"
    case profileForget = "profile.forget"
    case matchItems = "match.items"
    case matchUsers = "match.users"
    case audienceSave = "audience.save"
    case audienceList = "audience.list"
    case audienceGet = "audience.get"
    case audienceDelete = "audience.delete"
    case matchSimilar = "match.similar"
    case matchTrain = "match.train"
    case matchModels = "match.models"
    case matchActivate = "match.activate"
    case matchRanker = "match.ranker"
    case matchLoad = "match.load"
    case matchShown = "match.shown"
    case themeUpsert = "theme.upsert"
    case themeGet = "theme.get"
    case themeDelete = "theme.delete"
    case themeList = "theme.list"
    case themeMatch = "theme.match"
    case themeSelect = "theme.select"
    case themeFloors = "theme.floors"
    case themeBatch = "theme.batch"
    case themeDistribute = "theme.distribute"
    case themeTraffic = "theme.traffic"
    case themeFeedback = "theme.feedback"
    case assetUpsert = "theme.assets.upsert"
    case assetMatch = "theme.assets"
    case assetDelete = "theme.assets.delete"
    case toolSchema = "collection.tool_schema"
    case snapshotCreate = "snapshot.create"
    case snapshotRestore = "snapshot.restore"
    case jobList = "job.list"
    case jobGet = "job.get"
    case jobCancel = "job.cancel"

    /// The method of a command.
    package init(_ command: Command) {
        self =
            switch command {
            case .ping: .ping
            case .info: .info
            case .stats: .stats
            case .collectionCreate: .collectionCreate
            case .collectionList: .collectionList
            case .collectionDescribe: .collectionDescribe
            case .collectionDrop: .collectionDrop
            case .collectionRebuild: .collectionRebuild
            case .collectionReembed: .collectionReembed
            case .collectionLexicon: .collectionLexicon
            case .pointsUpsert: .pointsUpsert
            case .pointsPatch: .pointsPatch
            case .pointsDelete: .pointsDelete
            case .pointsGet: .pointsGet
            case .pointsCount: .pointsCount
            case .pointsScroll: .pointsScroll
            case .pointsFacets: .pointsFacets
            case .search: .search
            case .searchBatch: .searchBatch
            case .embed: .embed
            case .modelList: .modelList
            case .documentUpsert: .documentUpsert
            case .documentGet: .documentGet
            case .documentDelete: .documentDelete
            case .documentList: .documentList
            case .retrieve: .retrieve
            case .eventsAppend: .eventsAppend
            case .eventsScroll: .eventsScroll
            case .eventsConfigure: .eventsConfigure
            case .eventsCompact: .eventsCompact
            case .profileGet: .profileGet
            case .profileForget: .profileForget
            case .matchItems: .matchItems
            case .matchUsers: .matchUsers
            case .audienceSave: .audienceSave
            case .audienceList: .audienceList
            case .audienceGet: .audienceGet
            case .audienceDelete: .audienceDelete
            case .matchSimilar: .matchSimilar
            case .matchTrain: .matchTrain
            case .matchModels: .matchModels
            case .matchActivate: .matchActivate
            case .matchRanker: .matchRanker
            case .matchLoad: .matchLoad
            case .matchShown: .matchShown
            case .themeUpsert: .themeUpsert
            case .themeGet: .themeGet
            case .themeDelete: .themeDelete
            case .themeList: .themeList
            case .themeMatch: .themeMatch
            case .themeSelect: .themeSelect
            case .themeFloors: .themeFloors
            case .themeBatch: .themeBatch
            case .themeDistribute: .themeDistribute
            case .themeTraffic: .themeTraffic
            case .themeFeedback: .themeFeedback
            case .assetUpsert: .assetUpsert
            case .assetMatch: .assetMatch
            case .assetDelete: .assetDelete
            case .toolSchema: .toolSchema
            case .snapshotCreate: .snapshotCreate
            case .snapshotRestore: .snapshotRestore
            case .jobList: .jobList
            case .jobGet: .jobGet
            case .jobCancel: .jobCancel
            }
    }
}
