/// Parameters of `audience.save`: a named list of people, found as `match.users` finds them, or brought by the caller.
///
/// ```json
/// {"collection":"products","name":"panda-lovers","item":"sku-1","k":1000}
/// {"collection":"products","name":"staff","members":["u1","u2"]}
/// ```
public struct AudienceSave: Equatable, Sendable {
    /// Where its people come from.
    public enum Source: Equatable, Sendable {
        /// The answer to a question.
        case matched(MatchUsers)
        /// The caller, best first.
        case members([PointID])
    }
    /// The collection of the items.
    public var collection: String
    /// What it is called; an audience of that name is replaced.
    public var name: String
    /// Where its people come from.
    public var source: Source

    static let fields = ["name", "members"] + MatchUsers.fields.filter { $0 != "explain" }

    init(_ parameters: Parameters) throws(IlkError) {
        collection = try parameters.name("collection")
        name = try parameters.name("name")
        guard parameters["members"] != nil else {
            source = .matched(try MatchUsers(parameters))
            return
        }
        if let other = MatchUsers.fields.first(where: { $0 != "collection" && parameters[$0] != nil }) {
            throw IlkError(
                .invalidRequest,
                "\(parameters.path) has both 'members' and '\(other)'; bring the people, or have them found")
        }
        source = .members(try parameters.ids("members"))
    }
}

/// Parameters of `audience.get`: the people of an audience, a page at a time.
public struct AudienceGet: Equatable, Sendable {
    /// The collection of the items.
    public var collection: String
    /// Which audience.
    public var name: String
    /// People a page, 1 to 10,000; 1,000 if absent.
    public var limit: Int
    /// `next_cursor` of the reply before; nil begins.
    public var cursor: String?

    init(_ parameters: Parameters) throws(IlkError) {
        collection = try parameters.name("collection")
        name = try parameters.name("name")
        limit = try parameters.int("limit", in: 1...10_000) ?? 1_000
        cursor = try parameters.cursor()
    }
}
