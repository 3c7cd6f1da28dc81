package import IlkProtocol

/// A dotted path into payloads, cut once.
///
/// `a.b` leads from the object under the key `a` to the value of its key `b`. A key that is the whole rest of the path
/// comes first: where there is a key `"a.b"`, `a` is not looked into. Arrays, on the way and at its end, nested ones
/// too, are walked element by element.
package struct PayloadPath: Sendable {
    package let text: String
    /// For each step the key, and the whole rest of the path from it on.
    private let steps: [(key: String, rest: String)]

    package init(_ text: String) {
        self.text = text
        let keys = text.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        steps = keys.indices.map { (keys[$0], keys[$0...].joined(separator: ".")) }
    }

    /// Calls `body` with every value that the path leads to: scalars, nulls and objects, never arrays.
    package func forEachValue<E>(in payload: JSONValue, _ body: (JSONValue) throws(E) -> Void) throws(E) {
        try walk(payload, 0, body)
    }

    private func walk<E>(_ value: JSONValue, _ step: Int, _ body: (JSONValue) throws(E) -> Void) throws(E) {
        switch value {
        case .array(let elements):
            for element in elements { try walk(element, step, body) }
        case .object(let object) where step < steps.count:
            if let whole = object[steps[step].rest] {
                try walk(whole, steps.count, body)
            } else if step + 1 < steps.count, let inner = object[steps[step].key] {
                try walk(inner, step + 1, body)
            }
        default:
            if step == steps.count { try body(value) }
        }
    }
}
