package import IlkCollection
package import IlkProtocol
import Synchronization

/// Matching of a collection's items with people, from what these did: events in, profiles, items and audiences out.
///
/// Time is passed in, as seconds since 1970: the same log and the same moment give the same answer.
package struct Matching: Sendable {
    let collection: VectorCollection
    let store: EventStore

    /// The matching of a collection, whose event log is opened where it is not yet.
    ///
    /// - Throws: `unavailable` once the collection is closing.
    package init(collection: VectorCollection) throws(IlkError) {
        self.collection = collection
        store = try collection.companion { EventStore(folder: collection.companionFolder) }
    }

    // MARK: Events

    /// Appends events: in order, each key once.
    ///
    /// `completion` is called once, on any thread: when the events are on the disk and the next answer knows of them, or
    /// with why none of them is kept.
    ///
    /// - Parameters:
    ///   - events: as the caller sent them.
    ///   - now: the moment of those that do not say theirs.
    ///   - completion: called once.
    package func append(
        _ events: [WireEvent], at now: Double,
        completion: @escaping @Sendable (Result<AppendReceipt, IlkError>) -> Void
    ) {
        store.whenReady { result in
            do throws(IlkError) {
                try Self.append(events, at: now, to: try result.get(), completion: completion)
            } catch {
                completion(.failure(error))
            }
        }
    }

    private static func append(
        _ events: [WireEvent], at now: Double, to writer: EventWriter,
        completion: @escaping @Sendable (Result<AppendReceipt, IlkError>) -> Void
    ) throws(IlkError) {
        let types = writer.state.withLock { $0.settings.types }
        var checked: [CheckedEvent] = []
        checked.reserveCapacity(events.count)
        for (place, event) in events.enumerated() {
            checked.append(try check(event, types, at: now) { "events[\(place)]" })
        }
        writer.append(EventBatch(events: checked), completion: completion)
    }

    static func check(
        _ event: WireEvent, _ types: EventTypes, at now: Double, _ place: () -> String
    ) throws(IlkError) -> CheckedEvent {
        let type: UInt8
        do throws(IlkError) { type = try types.number(of: event.type) } catch {
            throw IlkError(error.code, "\(place()): \(error.message)")
        }
        if let at = event.at, at > now + 86_400 {
            throw IlkError(
                .invalidRequest,
                "\(place()): 'at' is \(Int((at - now) / 86_400)) days from now; send when it happened, in seconds since 1970"
            )
        }
        return CheckedEvent(
            key: event.key, user: event.user, item: event.item, type: type, value: event.value,
            at: Moment(event.at ?? now), context: event.context.map { String(decoding: $0.bytes, as: UTF8.self) })
    }

    /// Events in the order of the log, a page at a time.
    package func scroll(
        _ request: EventsScroll, refusing: ReplyLimit = { _ in nil }
    ) throws(IlkError) -> (events: [StoredEvent], nextCursor: String?) {
        let writer = try store.writer()
        let after = try Self.sequence(ofCursor: request.cursor)
        let (user, types) = writer.state.withLock { state in
            (request.user.map { state.users.number(of: $0) }, state.settings.types)
        }
        if let user, user == nil { return ([], nil) }
        let type = try request.type.map { name throws(IlkError) in try types.number(of: name) }
        let rows = try writer.log.events(after: after, user: user ?? nil, type: type, limit: request.limit)
        let names = writer.state.withLock { state in
            rows.map { (state.users.name(of: $0.event.user.rawValue), state.items.name(of: $0.event.item.rawValue)) }
        }
        var events: [StoredEvent] = []
        var bytes = 0
        for (row, (user, item)) in zip(rows, names) {
            // Forgotten since the page was read.
            guard let user, let item else { continue }
            bytes += 160 + (row.context?.utf8.count ?? 0)
            if let refusal = refusing(bytes) { throw refusal }
            events.append(
                StoredEvent(
                    sequence: row.sequence, key: row.key, user: user, item: item, type: types[row.event.type].name,
                    value: row.value, at: Int64(row.event.at.seconds),
                    context: row.context.map { JSONText(validated: Array($0.utf8)) }))
        }
        return (events, rows.count < request.limit ? nil : rows.last.map { String($0.sequence) })
    }

    /// Adds and changes types, and says how long events are kept; all of it as it is then.
    ///
    /// With other types everything is counted anew from the log, for which appends wait.
    package func configure(_ request: EventsConfigure) throws(IlkError) -> (types: EventTypes, retentionDays: Int) {
        let writer = try store.writer()
        return try writer.between { () throws(IlkError) in
            var settings = writer.state.withLock { $0.settings }
            for (name, type) in request.types {
                try settings.types.set(
                    EventTypes.Entry(name: name, weight: type.weight, halfLifeDays: type.halfLifeDays))
            }
            if let days = request.retentionDays { settings.retentionDays = days }
            if !request.types.isEmpty || request.retentionDays != nil {
                try writer.log.save(settings)
                writer.state.withLock { [settings] in $0.settings.retentionDays = settings.retentionDays }
            }
            if !request.types.isEmpty {
                let state = try MatchState(reading: writer.log)
                writer.state.withLock { $0 = state }
            }
            return (settings.types, settings.retentionDays)
        }
    }

    /// How much is known, and how many bytes of memory it takes.
    package struct Memory: Sendable, Equatable {
        package var events: Int
        package var users: Int
        package var items: Int
        /// By `events`, `users` and `items`.
        package var bytes: [(part: String, bytes: Int)]

        package static func == (a: Self, b: Self) -> Bool {
            a.events == b.events && a.users == b.users && a.items == b.items
                && a.bytes.elementsEqual(b.bytes) { $0 == $1 }
        }
    }

    package func memory() throws(IlkError) -> Memory {
        let writer = try store.writer()
        let bytes = store.bytes(of: writer)
        return writer.state.withLock { state in
            Memory(
                events: state.events.count, users: state.users.count, items: state.items.count, bytes: bytes)
        }
    }

    /// Traps if what is in memory is malformed: for tests.
    package func checkInvariants() throws(IlkError) {
        try store.writer().state.withLock { $0.events.checkInvariants() }
    }

    // MARK: Forgetting

    /// Deletes a user's events, what the user was shown, places in audiences, and the name.
    ///
    /// From then on no answer knows of the user. What the disk still holds of the name, and what the user added to counts,
    /// goes with ``compact(at:progress:)``.
    ///
    /// - Returns: how many events there were.
    /// - Throws: `not_found` where nothing is known of the user.
    package func forget(_ user: PointID) throws(IlkError) -> Int {
        let writer = try store.writer()
        return try writer.between { () throws(IlkError) in
            let number = writer.state.withLock { $0.users.number(of: user) }
            let (events, audiences) = try writer.log.forget(user, number)
            guard number != nil || audiences > 0 else { throw Self.unknown(user) }
            writer.state.withLock { $0.forget(user) }
            return events
        }
    }

    static func unknown(_ user: PointID) -> IlkError {
        IlkError(.notFound, "no events of user \(user.description.shortened); append some with events.append")
    }

    /// What ``compact(at:progress:)`` did.
    package struct CompactionReport: Sendable, Equatable {
        /// Events that were older than the retention.
        package var deleted = 0
        /// Events that are left.
        package var events = 0
    }

    /// Deletes events that are past their retention, writes the file anew without a trace of anything deleted, and counts
    /// anew from what is left; appends wait meanwhile.
    package func compact(
        at now: Double, progress: @escaping @Sendable (Progress) -> Bool
    ) throws(IlkError) -> CompactionReport {
        let writer = try store.writer()
        return try writer.between { () throws(IlkError) in
            let cancelled = IlkError(
                .cancelled, "the compaction was cancelled; what it has not done yet is done by the next")
            var report = CompactionReport()
            let (days, total) = writer.state.withLock { ($0.settings.retentionDays, $0.events.count) }
            guard progress(Progress(phase: "delete", done: 0, total: total)) else { throw cancelled }
            if days > 0 {
                report.deleted = try writer.log.deleteEvents(before: Moment(now - Double(days) * 86_400))
            }
            guard progress(Progress(phase: "compact", done: 0, total: total)) else { throw cancelled }
            try writer.log.file.compact()
            let state = try MatchState(reading: writer.log) { done in
                _ = progress(Progress(phase: "count", done: done, total: total))
            }
            report.events = state.events.count
            writer.state.withLock { $0 = state }
            return report
        }
    }
}

extension String {
    /// The beginning, for an error message.
    var shortened: String {
        unicodeScalars.count <= 64 ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(64))) + "…"
    }
}
