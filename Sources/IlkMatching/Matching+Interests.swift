import IlkCollection
package import IlkProtocol
import Synchronization

extension Matching {
    /// What a person likes, as vectors of a field: one for each interest, and one for what the last actions were about.
    ///
    /// - Parameters:
    ///   - user: who.
    ///   - field: the vector field's name.
    ///   - now: seconds since 1970.
    /// - Returns: none where nothing is known of the user.
    /// - Throws: `unavailable` while the log is being read.
    package func interests(of user: PointID, field: String, at now: Double) throws(IlkError) -> [[Float]] {
        let writer = try store.writer()
        let known = writer.state.withLock { state -> Taste? in
            guard state.users.number(of: user) != nil else { return nil }
            return state.taste(of: user, at: Moment(now))
        }
        guard var taste = known else { return [] }
        let view = try collection.items()
        taste.locate(in: view, store.places.current(view, writer))
        guard let place = try view.vectorField(named: field) else { return [] }
        let vectors = TasteVectors(taste, view, field: place, spread: store.spread(of: place, in: view))
        return vectors.interests.map(\.vector) + (vectors.shortTerm.map { [$0] } ?? [])
    }
}
