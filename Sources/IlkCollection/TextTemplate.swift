import IlkFilter
import IlkProtocol

/// The text that fills a vector field: words of its own, and payload paths in braces: `{title}. {brand}`.
///
/// A path that leads nowhere leaves nothing, not even the words between it and the next path: `{title}. {brand}` of a
/// payload without brand is the title alone.
struct TextTemplate: Sendable {
    private let head: String
    private let slots: [(path: PayloadPath, tail: String)]

    /// Reads a template.
    ///
    /// - Throws: `invalid_request` where a brace is not closed, or no path is named.
    init(_ template: String) throws(IlkError) {
        var pieces = template.split(separator: "{", omittingEmptySubsequences: false)
        head = String(pieces.removeFirst())
        var slots: [(path: PayloadPath, tail: String)] = []
        for piece in pieces {
            guard let end = piece.firstIndex(of: "}"), end > piece.startIndex else {
                throw IlkError(
                    .invalidRequest,
                    "source \(template.quoted) has a brace without a path; write payload paths as {title}")
            }
            slots.append((PayloadPath(String(piece[..<end])), String(piece[piece.index(after: end)...])))
        }
        guard !slots.isEmpty else {
            throw IlkError(
                .invalidRequest,
                "source \(template.quoted) names no payload path, so all points would be alike; write {title}")
        }
        self.slots = slots
    }

    /// The text for a payload; empty where nothing is to be said of it.
    func text(of payload: JSONValue) -> String {
        let values = slots.map { Self.text(at: $0.path, in: payload).trimmed }
        guard values.contains(where: { !$0.isEmpty }) else { return "" }
        var result = head
        for (place, slot) in slots.enumerated() where !values[place].isEmpty {
            result += values[place]
            let isLast = !values[(place + 1)...].contains { !$0.isEmpty }
            if !isLast || place == slots.count - 1 { result += slot.tail }
        }
        return result
    }

    /// What a path leads to, as a person would write it: values parted by commas, members of an object as `key: value`.
    ///
    /// A string alone is left as it is, so that places in it are places in the payload's.
    static func text(at path: PayloadPath, in payload: JSONValue) -> String {
        var parts: [String] = []
        path.forEachValue(in: payload) { value in
            let text = words(of: value)
            if !text.isBlank { parts.append(text) }
        }
        return parts.joined(separator: ", ")
    }

    private static func words(of value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        case .bool(let bool): String(bool)
        case .int(let int): String(int)
        case .uint(let uint): String(uint)
        case .double(let double): String(double)
        case .array(let elements): elements.map(words).filter { !$0.isBlank }.joined(separator: ", ")
        case .object(let object):
            object.members.compactMap { member in
                let text = words(of: member.value)
                return text.isBlank ? nil : "\(member.key): \(text)"
            }.joined(separator: ", ")
        }
    }
}

extension String {
    fileprivate var isBlank: Bool { !contains { !$0.isWhitespace } }

    /// Without white space at its ends.
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
