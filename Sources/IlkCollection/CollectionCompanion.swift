package import IlkProtocol
import Synchronization

/// What an upper floor has of one collection for as long as it is open: themes in memory, an event log.
///
/// It must not hold the collection itself. What must last belongs into ``VectorCollection/keep(_:_:)``, or into the
/// companion's own file (``VectorCollection/companionPath(in:)``), which snapshots take along.
package protocol CollectionCompanion: AnyObject, Sendable {
    /// Ends what runs and closes its file; called before the collection's own is closed.
    func close()

    /// Bytes that it holds in memory, by part, as `collection.describe` shows them.
    var memory: [(part: String, bytes: Int)] { get }
}

extension CollectionCompanion {
    package func close() {}

    package var memory: [(part: String, bytes: Int)] { [] }
}

/// The companions of a collection: one of each type, made when it is first asked for.
final class Companions: Sendable {
    private struct State {
        var byType: [ObjectIdentifier: any CollectionCompanion] = [:]
        var isClosed = false
    }
    private let state = Mutex(State())

    /// The companion of a type; nil once the collection is closing.
    func companion<Companion: CollectionCompanion>(_ make: () -> Companion) -> Companion? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            let type = ObjectIdentifier(Companion.self)
            if let found = state.byType[type] as? Companion { return found }
            let made = make()
            state.byType[type] = made
            return made
        }
    }

    /// What all of them hold in memory, in the order of parts.
    var memory: [(part: String, bytes: Int)] {
        state.withLock { Array($0.byType.values) }.flatMap(\.memory).sorted { $0.part < $1.part }
    }

    func close() {
        let companions = state.withLock { state in
            state.isClosed = true
            defer { state.byType = [:] }
            return Array(state.byType.values)
        }
        for companion in companions { companion.close() }
    }
}

extension VectorCollection {
    /// The name of the file that a companion may have, which snapshots take along.
    static let companionFile = "events.sqlite"

    /// Where a companion's file lies in a collection's folder.
    package static func companionPath(in folder: String) -> String { "\(folder)/\(companionFile)" }

    /// The folder in which the collection's files lie, and its companion's.
    package var companionFolder: String { folder }

    /// The one companion of its type, which is made where there is none yet.
    ///
    /// - Throws: `unavailable` once the collection is closing.
    package func companion<Companion: CollectionCompanion>(
        _ make: () -> Companion
    ) throws(IlkError) -> Companion {
        if let companion = companions.companion(make) { return companion }
        throw IlkError(.unavailable, "the collection is closing; send it again after the restart")
    }
}
