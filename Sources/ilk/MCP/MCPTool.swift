import IlkProtocol

/// A tool that a language model may call.
struct MCPTool: Sendable {
    var name: String
    var title: String
    /// What it does and when it is the right one: all that a model knows of it.
    var description: String
    var parameters: [MCPParameter]
    /// Whether it only looks.
    var isReading = true
    /// Whether it may take something away for good.
    var isDestructive = false
    var run: @Sendable (MCPArguments) async throws -> MCPResult

    /// The tool as `tools/list` has it.
    var json: JSONValue {
        var schema: [(String, JSONValue)] = [
            ("type", .string("object")),
            ("properties", .object(JSONObject(parameters.map { ($0.name, $0.schema) }))),
        ]
        let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema.append(("required", .array(required))) }
        schema.append(("additionalProperties", .bool(false)))
        let hints = JSONObject([
            ("title", .string(title)), ("readOnlyHint", .bool(isReading)), ("destructiveHint", .bool(isDestructive)),
            ("idempotentHint", .bool(true)), ("openWorldHint", .bool(false)),
        ])
        return .object(
            JSONObject([
                ("name", .string(name)), ("title", .string(title)), ("description", .string(description)),
                ("inputSchema", .object(JSONObject(schema))), ("annotations", .object(hints)),
            ]))
    }
}

/// A parameter of a tool, with its JSON schema.
struct MCPParameter: Sendable {
    var name: String
    var schema: JSONValue
    var isRequired = false

    private init(
        _ name: String, _ type: JSONValue, _ description: String, _ more: [(String, JSONValue)], _ isRequired: Bool
    ) {
        self.name = name
        schema = .object(JSONObject([("type", type)] + more + [("description", .string(description))]))
        self.isRequired = isRequired
    }

    static func text(_ name: String, _ description: String, isRequired: Bool = false) -> MCPParameter {
        MCPParameter(name, .string("string"), description, [], isRequired)
    }

    static func word(
        _ name: String, of words: [String], _ description: String, isRequired: Bool = false
    ) -> MCPParameter {
        MCPParameter(name, .string("string"), description, [("enum", .array(words.map { .string($0) }))], isRequired)
    }

    static func number(
        _ name: String, in range: ClosedRange<Int>, default standard: Int? = nil, _ description: String
    ) -> MCPParameter {
        var more: [(String, JSONValue)] = [
            ("minimum", .int(Int64(range.lowerBound))), ("maximum", .int(Int64(range.upperBound))),
        ]
        if let standard { more.append(("default", .int(Int64(standard)))) }
        return MCPParameter(name, .string("integer"), description, more, false)
    }

    static func list(
        _ name: String, of items: [(String, JSONValue)], _ description: String, isRequired: Bool = false
    ) -> MCPParameter {
        MCPParameter(name, .string("array"), description, [("items", .object(JSONObject(items)))], isRequired)
    }

    static func object(_ name: String, _ members: [MCPParameter], _ description: String) -> MCPParameter {
        let properties = JSONValue.object(JSONObject(members.map { ($0.name, $0.schema) }))
        return MCPParameter(
            name, .string("object"), description, [("properties", properties), ("additionalProperties", .bool(false))],
            false)
    }

    static func real(_ name: String, _ description: String) -> MCPParameter {
        MCPParameter(name, .string("number"), description, [], false)
    }

    /// The schema of an id: a string or an integer, which are told apart.
    static let id: [(String, JSONValue)] = [("type", .array([.string("string"), .string("integer")]))]
    static let string: [(String, JSONValue)] = [("type", .string("string"))]
}

/// What a tool was called with.
struct MCPArguments: Sendable {
    private let members: JSONObject

    /// Takes arguments as they came; a null is as if it were not there.
    ///
    /// - Throws: `invalid_request` for a parameter that is missing, or that the tool has not.
    init(_ value: JSONValue?, of tool: MCPTool) throws(IlkError) {
        switch value {
        case .object(let object)?:
            members = JSONObject(object.members.filter { $0.value != .null }.map { ($0.key, $0.value) })
        case nil, .null?: members = JSONObject()
        default: throw IlkError(.invalidRequest, "the arguments of \(tool.name) are an object")
        }
        let known = tool.parameters.map(\.name)
        for member in members.members where !known.contains(member.key) {
            let hint = NearestName.hint(for: member.key, among: known)
            let next = hint.isEmpty ? "; it has \(known.joined(separator: ", "))" : hint
            throw IlkError(.invalidRequest, "\(tool.name) has no parameter '\(member.key)'\(next)")
        }
        for parameter in tool.parameters where parameter.isRequired && members[parameter.name] == nil {
            throw IlkError(.invalidRequest, "\(tool.name) lacks '\(parameter.name)'")
        }
    }

    subscript(name: String) -> JSONValue? { members[name] }

    func string(_ name: String) throws(IlkError) -> String? {
        guard let value = members[name] else { return nil }
        guard case .string(let text) = value else {
            throw IlkError(.invalidRequest, "'\(name)' is \(value.text.prefix(40)); send a string")
        }
        return text
    }

    /// An array; one value alone is taken for an array of it.
    func list(_ name: String) -> [JSONValue]? {
        members[name].map { value in
            guard case .array(let elements) = value else { return [value] }
            return elements
        }
    }

    /// Parameters of the daemon's that have the same names and meaning, as they came: their check is its business.
    func passed(_ names: String...) -> [(String, JSONValue)] {
        names.compactMap { name in members[name].map { (name, $0) } }
    }
}

/// What a tool answers.
struct MCPResult: Sendable {
    /// For the model to read.
    var text: String
    /// For programs; nil where there is nothing but the text.
    var structured: JSONValue?

    init(text: String, structured: JSONValue? = nil) {
        self.text = text
        self.structured = structured
    }

    /// A JSON value, as itself and as text.
    init(_ value: JSONValue) {
        text = value.text
        structured = value
    }
}
