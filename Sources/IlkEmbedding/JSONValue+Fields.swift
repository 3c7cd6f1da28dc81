import IlkProtocol

/// What a JSON value is, for the small files of a model's folder.
extension JSONValue {
    var asObject: JSONObject? { if case .object(let value) = self { value } else { nil } }
    var asArray: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    var asString: String? { if case .string(let value) = self { value } else { nil } }
    var asInt: Int? { if case .int(let value) = self { Int(exactly: value) } else { nil } }
    var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }

    var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}
