import IlkClient
import IlkProtocol

extension IlkConnection {
    /// Asks for a list page by page and hands each to `show`, until there is no more or `limit` have come.
    ///
    /// - Returns: how many came, and whether there are more.
    func pages(
        _ method: String, _ params: [(String, JSONValue)], of list: String, limit: Int, page: Int,
        show: ([JSONValue]) -> Void
    ) async throws -> (count: Int, areMore: Bool) {
        var count = 0
        var cursor: JSONValue?
        repeat {
            var asked = params + [("limit", .int(Int64(min(limit - count, page))))]
            if let cursor { asked.append(("cursor", cursor)) }
            let result = try await call(method, .object(JSONObject(asked)))
            let elements = result[list]?.elements ?? []
            show(elements)
            count += elements.count
            cursor = result["next_cursor"].flatMap { $0 == .null ? nil : $0 }
        } while cursor != nil && count < limit
        return (count, cursor != nil)
    }
}
