import IlkEmbedding
import IlkProtocol

extension ModelStore.Summary {
    /// The model as `model.list` shows it.
    var json: JSONObject {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func number(_ value: Int?) -> JSONValue { value.map { .int(Int64($0)) } ?? .null }
        var json = JSONObject([("name", .string(name)), ("bytes", number(bytes))])
        guard let traits else {
            json["problem"] = text(problem)
            return json
        }
        json["dimension"] = number(traits.dimension)
        json["max_tokens"] = number(traits.maximumTokens)
        json["dimensions"] = .array(traits.matryoshkaDimensions.map { number($0) })
        json["arithmetic"] = .string(traits.arithmetic)
        json["languages"] = text(traits.languages)
        json["licence"] = text(traits.licence)
        return json
    }
}
