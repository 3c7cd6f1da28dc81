package import IlkProtocol
import Synchronization

/// Something that lives and ends with a collection, in a file of its own in the collection's folder: an event log.
package protocol CollectionCompanion: AnyObject, Sendable {
    /// Ends what runs and closes the file; before the collection's own is closed.
    func close()
}

/// Holds the one companion of a collection, once somebody asked for it.
final class CompanionSlot: Sendable {
    private struct State {
        var companion: (any CollectionCompanion)?
        var isClosed = false
    }
    private let state = Mutex(State())

    /// The companion there is, or the one that `make` makes; nil once the collection is closing.
    func companion(_ make: () -> any CollectionCompanion) -> (any CollectionCompanion)? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            if let companion = state.companion { return companion }
            let made = make()
            state.companion = made
            return made
        }
    }

    func close() {
        let companion = state.withLock { state in
            state.isClosed = true
            defer { state.companion = nil }
            return state.companion
        }
        companion?.close()
    }
}

extension VectorCollection {
    /// The name of a companion's file, which snapshots take along.
    static let companionFile = "events.sqlite"

    /// Where a companion's file lies in a collection's folder.
    package static func companionPath(in folder: String) -> String { "\(folder)/\(companionFile)" }

    /// The folder in which the collection's files lie, and its companion's.
    package var companionFolder: String { folder }

    /// The one companion, which is made where there is none yet.
    ///
    /// - Throws: `unavailable` once the collection is closing.
    package func companion<C: CollectionCompanion>(_ make: () -> C) throws(IlkError) -> C {
        let closing = IlkError(.unavailable, "the collection is closing; send it again after the restart")
        guard let companion = slot.companion(make) else { throw closing }
        guard let companion = companion as? C else {
            throw IlkError(.internal, "the collection has a companion of another kind; report this")
        }
        return companion
    }
}
