import Foundation
import IlkANN
import IlkLexical
package import IlkProtocol

extension VectorCollection {
    /// What `collection.describe` says: schema, counts, state, sequence, and bytes by part.
    package func describe() -> JSONValue {
        var members: [(String, JSONValue)] = [("name", .string(name)), ("state", .string(state.name))]
        members.append(("reason", state.reason.map { .string($0) } ?? .null))
        guard let writer = try? writer() else {
            return .object(JSONObject(members + [("disk", .object(diskUse()))]))
        }
        let content = writer.content
        if case .object(let schema) = content.schema.json {
            members += schema.members.map { ($0.key, $0.value) }
        }
        func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
        let indexes = zip(content.schema.vectors, content.indexes).map { field, index in
            (
                field.name,
                JSONValue.object(
                    JSONObject([
                        ("vectors", number(index.count)), ("pending", number(index.pendingCount)),
                        ("removed", number(index.removedCount)),
                    ]))
            )
        }
        var memory = [
            ("directory", number(content.directory.memoryBytes)), ("filters", number(content.filters.memoryBytes)),
        ]
        for (field, index) in zip(content.schema.vectors, content.indexes) {
            memory += index.memory().map { ("\(field.name).\($0.part)", number($0.bytes)) }
        }
        if let words = content.words {
            memory.append(("words", number(words.memoryBytes)))
            members.append(("words", .object(JSONObject([("points", number(words.count))]))))
        }
        if content.schema.kind == .knowledge { members.append(("documents", number((try? documentCount()) ?? 0))) }
        if content.schema.vectors.contains(where: { $0.model != nil }) {
            let feed = content.feed.status
            members.append(
                (
                    "embedding",
                    .object(
                        JSONObject([
                            ("waiting", number(feed.waiting)), ("embedded", number(feed.embedded)),
                            ("truncated", number(feed.truncated)),
                            ("problem", feed.problem.map { .string($0) } ?? .null),
                        ]))
                ))
        }
        members += [
            ("count", number(content.directory.count)), ("sequence", .int(Int64(writer.sequence))),
            ("indexes", .object(JSONObject(indexes))), ("memory", .object(JSONObject(memory))),
            ("disk", .object(diskUse())),
        ]
        return .object(JSONObject(members))
    }

    private func diskUse() -> JSONObject {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return JSONObject(
            names.sorted().map { name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
                return (name, .int((attributes?[.size] as? NSNumber)?.int64Value ?? 0))
            })
    }
}
