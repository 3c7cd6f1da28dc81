import IlkProtocol

extension JSONValue {
    /// A member of an object; nil for anything else.
    subscript(key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    /// Members in their order; none for anything else than an object.
    var members: [JSONObject.Member] {
        guard case .object(let object) = self else { return [] }
        return object.members
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var integer: Int? {
        guard case .int(let value) = self else { return nil }
        return Int(value)
    }

    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// As a person reads it: strings without quotes, nothing for null, everything else as JSON.
    var plain: String {
        switch self {
        case .null: ""
        case .string(let text): text
        default: text
        }
    }

    /// As indented text, arrays of numbers on one line.
    var pretty: String {
        var output = ""
        write(to: &output, indent: 0)
        return output
    }

    private func write(to output: inout String, indent: Int) {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch self {
        case .object(let object) where !object.members.isEmpty:
            output += "{\n"
            for (place, member) in object.members.enumerated() {
                output += inner + JSONValue.string(member.key).text + ": "
                member.value.write(to: &output, indent: indent + 1)
                output += place + 1 < object.members.count ? ",\n" : "\n"
            }
            output += outer + "}"
        case .array(let elements) where elements.contains { $0.isNested }:
            output += "[\n"
            for (place, element) in elements.enumerated() {
                output += inner
                element.write(to: &output, indent: indent + 1)
                output += place + 1 < elements.count ? ",\n" : "\n"
            }
            output += outer + "]"
        default: output += text
        }
    }

    private var isNested: Bool {
        switch self {
        case .object, .array: true
        default: false
        }
    }
}
