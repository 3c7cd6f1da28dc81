import IlkCollection
import IlkProtocol
import Synchronization

/// The collections of a daemon, by name.
final class CollectionRegistry: Sendable {
    private enum Entry {
        case present(VectorCollection)
        /// Something is done to the name that nothing else may come between.
        case reserved(doing: String)
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// - Throws: `not_found` with the nearest name, or `unavailable` while it is being created, dropped or restored.
    func collection(_ name: String) throws(IlkError) -> VectorCollection {
        switch entries.withLock({ $0[name] }) {
        case .present(let collection): return collection
        case .reserved(let doing): throw busy(name, doing)
        case nil: throw unknown(name)
        }
    }

    private func busy(_ name: String, _ doing: String) -> IlkError {
        IlkError(.unavailable, "collection '\(name)' is being \(doing); try again", retryAfterMilliseconds: 200)
    }

    private func unknown(_ name: String) -> IlkError {
        let names = all.map(\.name)
        let hint = NearestName.hint(for: name, among: names)
        let next =
            names.isEmpty
            ? "; there are none, make one with collection.create" : hint.isEmpty ? "; see collection.list" : hint
        return IlkError(.notFound, "no collection named '\(name)'\(next)")
    }

    /// By name.
    var all: [VectorCollection] {
        entries.withLock { entries in
            entries.values.compactMap { entry in
                guard case .present(let collection) = entry else { return nil }
                return collection
            }
        }.sorted { $0.name < $1.name }
    }

    /// Holds a name that is free, until ``settle(_:as:)``.
    ///
    /// - Throws: `already_exists`, or `unavailable` if someone else holds it.
    func reserveFree(_ name: String, doing: String) throws(IlkError) {
        let refusal: IlkError? = entries.withLock { entries in
            switch entries[name] {
            case .present:
                return IlkError(
                    .alreadyExists, "collection '\(name)' is there already; drop it first, or choose another name")
            case .reserved(let other): return busy(name, other)
            case nil:
                entries[name] = .reserved(doing: doing)
                return nil
            }
        }
        if let refusal { throw refusal }
    }

    /// Holds a name, free or not, until ``settle(_:as:)``; returns the collection that had it.
    ///
    /// - Throws: `unavailable` if someone else holds it; `not_found` for a free name where it must be present.
    func reserve(_ name: String, doing: String, mustBePresent: Bool = false) throws(IlkError) -> VectorCollection? {
        let result: Result<VectorCollection?, IlkError>? = entries.withLock { entries in
            switch entries[name] {
            case .reserved(let other): return .failure(busy(name, other))
            case .present(let collection):
                entries[name] = .reserved(doing: doing)
                return .success(collection)
            case nil:
                guard !mustBePresent else { return nil }
                entries[name] = .reserved(doing: doing)
                return .success(nil)
            }
        }
        guard let result else { throw unknown(name) }
        return try result.get()
    }

    /// Ends a reservation: the name is this collection's, or free.
    func settle(_ name: String, as collection: VectorCollection?) {
        entries.withLock { $0[name] = collection.map { .present($0) } }
    }
}
