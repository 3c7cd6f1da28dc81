import Glibc
import IlkProtocol
import Synchronization

/// Something that works, but not as it should, and what a person can do about it.
package struct Issue: Sendable, Equatable {
    /// What is the matter, as a sentence without its full stop.
    package var what: String
    /// When it was first seen, in seconds since 1970.
    package var since: Int64
    /// How often it was seen.
    package var count: Int
    /// What ends it.
    package var remedy: String

    var json: JSONValue {
        .object(
            JSONObject([
                ("what", .string(what)), ("since", .int(since)), ("count", .int(Int64(count))),
                ("do", .string(remedy)),
            ]))
    }
}

/// The issues of a collection: bounded, each once, until it is over or the collection is closed.
final class IssueBook: Sendable {
    /// What an issue is about; of each subject there is one.
    enum Subject: Hashable {
        case undeclared(path: String)
        case recall(RecallSampler.Kind)
        case checkpoint
    }

    private struct State {
        var issues: [Subject: Issue] = [:]
        var untold: [Subject] = []
    }
    private let state = Mutex(State())

    /// Issues that are kept; of more the one that was seen least often goes.
    static let most = 64

    /// Notes an issue, or that it was seen once more.
    func note(_ subject: Subject, _ what: @autoclosure () -> String, do remedy: @autoclosure () -> String) {
        state.withLock { state in
            if let place = state.issues.index(forKey: subject) {
                state.issues.values[place].count += 1
                return
            }
            if state.issues.count >= Self.most,
                let rarest = state.issues.min(by: { $0.value.count < $1.value.count })
            {
                state.issues[rarest.key] = nil
            }
            state.issues[subject] = Issue(what: what(), since: Int64(time(nil)), count: 1, remedy: remedy())
            if state.untold.count < Self.most { state.untold.append(subject) }
        }
    }

    /// Notes that an issue is over.
    func end(_ subject: Subject) {
        state.withLock { state in if !state.issues.isEmpty { state.issues[subject] = nil } }
    }

    /// A field that a filter or a facet names and the schema does not declare.
    func noteUndeclared(_ path: String) {
        note(
            .undeclared(path: path),
            "filters or facets name the field '\(path)', which is not declared: every payload is read for it",
            do:
                "if the name is right, make a collection that declares it and copy the points; else correct the filter")
    }

    /// Issues that nobody was told of yet.
    func takeUntold() -> [Issue] {
        state.withLock { state in
            guard !state.untold.isEmpty else { return [] }
            defer { state.untold = [] }
            return state.untold.compactMap { state.issues[$0] }
        }
    }

    /// All issues, oldest first.
    var issues: [Issue] {
        state.withLock { Array($0.issues.values) }.sorted { ($0.since, $0.what) < ($1.since, $1.what) }
    }

    /// How many there are.
    var count: Int { state.withLock { $0.issues.count } }
}
