import Foundation
import IlkANN
import IlkLexical
package import IlkProtocol
import IlkVectors

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
            let (storage, trial) = index.storageInUse
            var members = [
                ("vectors", number(index.count)), ("pending", number(index.pendingCount)),
                ("removed", number(index.removedCount)), ("storage", .string(storage.rawValue)),
                ("structure", .string(index.structureInUse.rawValue)),
            ]
            if let trial {
                let measured = [("rescored", number(trial.rescored)), ("recall", .double(trial.recall))]
                members.append(("codes", .object(JSONObject(measured))))
            }
            if let curve = index.recallCurve { members.append(("recall", curve.json)) }
            return (field.name, JSONValue.object(JSONObject(members)))
        }
        if let words = content.words {
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
            ("count", number(content.count)), ("expiring", number(content.expiry.count)),
            ("sequence", .int(Int64(writer.sequence))),
            ("indexes", .object(JSONObject(indexes))),
            ("memory", .object(JSONObject(memory.map { ($0.part, number($0.bytes)) }))),
            ("disk", .object(diskUse())), ("issues", .array(content.issues.issues.map(\.json))),
        ]
        return .object(JSONObject(members))
    }

    /// Bytes in memory, by part; none while loading.
    package var memory: [(part: String, bytes: Int)] {
        guard let content = try? content() else { return [] }
        var memory = [
            ("directory", content.directory.memoryBytes), ("filters", content.filters.memoryBytes),
            ("filter_cache", content.filters.cacheBytes), ("undeclared_fields", content.filters.undeclaredBytes),
            ("expiry", content.expiry.memoryBytes),
        ]
        for (field, index) in zip(content.schema.vectors, content.indexes) {
            memory += index.memory().map { ("\(field.name).\($0.part)", $0.bytes) }
        }
        if let words = content.words { memory.append(("words", words.memoryBytes)) }
        return memory + companions.memory
    }

    /// How many issues there are, see `collection.describe`; none while loading.
    package var issueCount: Int { (try? content())?.issues.count ?? 0 }

    /// The recall that searches got, by vector field and by the payload fields that they filter by; null while loading.
    package var measuredRecall: JSONValue { (try? content())?.sampler.json ?? .null }

    private func diskUse() -> JSONObject {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return JSONObject(
            names.sorted().map { name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
                return (name, .int((attributes?[.size] as? NSNumber)?.int64Value ?? 0))
            })
    }
}

extension RecallCurve {
    /// The curve as `collection.describe` shows it: up to where nothing is missed any more.
    fileprivate var json: JSONValue {
        let end = rungs.firstIndex { $0.recall > 0.9999 } ?? rungs.count - 1
        func rounded(_ value: Double) -> Double { (value * 1e4).rounded() / 1e4 }
        let points = rungs[...end].map { rung in
            JSONValue.object(
                JSONObject([
                    ("ef", .int(Int64(rung.ef))), ("recall", .double(rounded(rung.recall))),
                    ("error", .double(rounded(rung.standardError))),
                ]))
        }
        return .object(
            JSONObject([
                ("k", .int(Int64(Self.k))), ("searches", .int(Int64(searches))), ("vectors", .int(Int64(count))),
                ("curve", .array(points)),
            ]))
    }
}
