import Foundation
import IlkProtocol
import Testing

extension `The daemon` {
    @Suite struct `does what docs/PROTOCOL.md shows` {
        /// Members whose value is another one each time; where one holds an object, its members may be others, too.
        static let volatile: Set<String> = [
            "took_us", "took_s", "version", "pid", "data", "path", "kernels", "library", "cores", "uptime_s",
            "rss_bytes", "memory_bytes",
            "rate", "eta_s", "started_at", "bytes", "disk", "memory", "mean", "p50", "p90", "p99", "max", "requests",
            "errors",
            "search_shares_us", "connections", "pool", "workers", "done", "total", "phase", "why", "distances", "hops",
            "accepted", "pending", "since", "at", "last", "made", "seconds", "features",
        ]

        /// One line of an example: sent, or expected.
        struct Step: Sendable {
            var isSent: Bool
            var text: String
            var number: Int
        }

        static var page: String {
            // This file lies in Tests/SystemTests.
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "docs/PROTOCOL.md").path(percentEncoded: false)
        }

        static func steps() throws -> [Step] {
            var steps: [Step] = []
            var isExample = false
            let text = try String(contentsOfFile: page, encoding: .utf8)
            for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if line.hasPrefix("```") { isExample = line.hasPrefix("```ndjson") }
                guard isExample, line.hasPrefix("→ ") || line.hasPrefix("← ") else { continue }
                steps.append(Step(isSent: line.hasPrefix("→"), text: String(line.dropFirst(2)), number: place + 1))
            }
            return steps
        }

        @Test func `every example answers as it says, in order`() throws {
            let steps = try Self.steps()
            #expect(steps.count > 40, "the page has \(steps.count) lines of examples")
            let daemon = try Daemon()
            let wire = try daemon.connect()
            var notifications: [JSONValue] = []
            for step in steps {
                if step.isSent {
                    // The page's daemon has its data folder there.
                    wire.send(step.text.replacing("/var/lib/ilk", with: daemon.data))
                    continue
                }
                let expected: JSONValue
                do { expected = try JSONValue.parse(step.text) } catch {
                    Issue.record("PROTOCOL.md:\(step.number) is not JSON: \(error)")
                    continue
                }
                let isNotification = expected["method"] != nil
                var found: JSONValue?
                if isNotification && !notifications.isEmpty { found = notifications.removeFirst() }
                while found == nil {
                    let line = try wire.json()
                    if (line["method"] != nil) == isNotification {
                        found = line
                    } else if !isNotification {
                        notifications.append(line)
                    } else {
                        Issue.record("PROTOCOL.md:\(step.number): a reply came before the notification: \(line.text)")
                        return
                    }
                }
                if !isNotification { notifications = [] }
                guard let found else { continue }
                for difference in Self.differences(expected, found, at: "", isVolatile: false) {
                    Issue.record("PROTOCOL.md:\(step.number): \(difference)\n  reply: \(found.text)")
                }
            }
        }

        /// Same keys, same types, and same values but for volatile ones.
        static func differences(_ a: JSONValue, _ b: JSONValue, at path: String, isVolatile: Bool) -> [String] {
            switch (a, b) {
            case (.object(let a), .object(let b)):
                if isVolatile { return [] }
                let left = a.members.map(\.key), right = b.members.map(\.key)
                var found: [String] = []
                if Set(left) != Set(right) {
                    found.append(
                        "\(path.isEmpty ? "the reply" : path) has members \(right.sorted()), the page shows \(left.sorted())"
                    )
                }
                for member in a.members {
                    guard let other = b[member.key] else { continue }
                    found += differences(
                        member.value, other, at: "\(path).\(member.key)", isVolatile: volatile.contains(member.key))
                }
                return found
            case (.array(let a), .array(let b)):
                if isVolatile { return [] }
                guard a.count == b.count else { return ["\(path) has \(b.count) elements, the page shows \(a.count)"] }
                return zip(a, b).enumerated().flatMap { place, pair in
                    differences(pair.0, pair.1, at: "\(path)[\(place)]", isVolatile: false)
                }
            default:
                if isVolatile && (a == .null || b == .null) { return [] }
                guard a.kind == b.kind else { return ["\(path) is \(b.text), the page shows \(a.text)"] }
                return isVolatile || a == b || a.isNear(b) ? [] : ["\(path) is \(b.text), the page shows \(a.text)"]
            }
        }
    }
}

extension JSONValue {
    fileprivate var kind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int, .uint, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// Numbers may differ in the last digits: kernels sum in different orders.
    fileprivate func isNear(_ other: JSONValue) -> Bool {
        guard let a = number, let b = other.number else { return false }
        return abs(a - b) <= 1e-5 * max(1, abs(a))
    }
}
