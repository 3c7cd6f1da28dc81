import Foundation
import IlkCollection
import IlkMatching
import IlkProtocol

// Appends go to the log's writer from the calling thread, so that those of one connection are kept in the order in which
// they were sent; the writer's queue answers.
extension Engine {
    func appendEvents(_ request: EventsAppend, _ answer: Answer) {
        do throws(IlkError) {
            try matching(request.collection).append(request.events, at: Self.now) { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let receipt):
                    answer.succeed { writer in
                        writer.beginObject()
                        writer.key("appended")
                        writer.int(receipt.appended)
                        writer.key("duplicates")
                        writer.int(receipt.duplicates)
                        writer.key("sequence")
                        writer.int(receipt.sequence)
                        writer.endObject()
                    }
                }
            }
        } catch {
            answer.fail(error)
        }
    }

    func scrollEvents(_ request: EventsScroll, _ answer: Answer) {
        do throws(IlkError) {
            let page = try matching(request.collection).scroll(request, refusing: tooLarge)
            answer.succeed { writer in
                writer.beginObject()
                writer.key("events")
                writer.beginArray()
                for event in page.events { writer.event(event) }
                writer.endArray()
                writer.key("next_cursor")
                if let cursor = page.nextCursor { writer.string(cursor) } else { writer.null() }
                writer.endObject()
            }
        } catch {
            answer.fail(error)
        }
    }

    func configureEvents(_ request: EventsConfigure, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in
            let matching = try matching(request.collection)
            let (types, days) = try matching.configure(request)
            let memory = try matching.memory()
            let entries = types.entries.map { type in
                let members: [(String, JSONValue)] = [
                    ("weight", .double(Double(type.weight.description) ?? 0)),
                    ("half_life_days", .double(Double(type.halfLifeDays.description) ?? 0)),
                ]
                return (type.name, JSONValue.object(JSONObject(members)))
            }
            func number(_ value: Int) -> JSONValue { .int(Int64(value)) }
            return JSONObject([
                ("types", .object(JSONObject(entries))), ("retention_days", number(days)),
                ("events", number(memory.events)), ("users", number(memory.users)), ("items", number(memory.items)),
                ("memory", .object(JSONObject(memory.bytes.map { ($0.part, number($0.bytes)) }))),
            ])
        }
    }

    func compactEvents(_ name: String, _ answer: Answer, _ notify: @escaping Notify) {
        start(.compact, collection: name, answer, notify) { [self] job throws(IlkError) in
            let report = try matching(name).compact(at: Self.now) { job.advance($0) }
            return JSONObject([
                ("collection", .string(name)), ("deleted", .int(Int64(report.deleted))),
                ("events", .int(Int64(report.events))),
            ])
        }
    }

    func getProfile(_ request: ProfileRequest, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in try matching(request.collection).profile(request, at: Self.now) }
    }

    func forgetProfile(_ request: ProfileRequest, _ answer: Answer) {
        answer.fulfil { () throws(IlkError) in
            let count = try matching(request.collection).forget(request.user)
            return JSONObject([("user", request.user.json), ("deleted", .int(Int64(count)))])
        }
    }

    // MARK: What the handlers share

    /// Seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }

    /// The matching of a collection of points.
    func matching(_ name: String) throws(IlkError) -> Matching {
        let collection = try registry.collection(name)
        guard try collection.kind() == .points else {
            throw IlkError(
                .invalidRequest, "'\(name)' is a knowledge base, and events belong to a collection of points")
        }
        return try Matching(collection: collection)
    }

    /// Begins to read the event logs there are, so that the first request need not wait.
    func openEventLogs() {
        for collection in registry.all
        where FileManager.default.fileExists(atPath: VectorCollection.companionPath(in: collection.companionFolder)) {
            _ = try? Matching(collection: collection)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func event(_ event: StoredEvent) {
        beginObject()
        key("sequence")
        int(event.sequence)
        if let name = event.key {
            key("key")
            string(name)
        }
        key("user")
        id(event.user)
        key("item")
        id(event.item)
        key("type")
        string(event.type)
        if let number = event.value {
            key("value")
            double(number)
        }
        key("at")
        int(event.at)
        if let context = event.context {
            key("context")
            json(context)
        }
        endObject()
    }
}
