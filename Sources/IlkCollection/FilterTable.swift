import IlkFilter
import IlkProtocol
import IlkVectors
import Synchronization

/// The declared payload fields and the set of live ordinals, behind one lock.
///
/// The writer changes it a point at a time; a filter is evaluated in microseconds to a few milliseconds, or was before and
/// nothing changed since.
final class FilterTable: Sendable {
    struct State {
        var index: PayloadIndex
        var live: Bitmap
        /// What passes filters over declared fields; emptied before each change of the others.
        var cache = FilterCache()
        /// Fields that filters name though they are not declared.
        var undeclared = UndeclaredFields()
    }
    let state: Mutex<State>
    private let fields: [PayloadField]

    init(fields: [PayloadField]) {
        self.fields = fields
        state = Mutex(State(index: PayloadIndex(fields: fields), live: Bitmap()))
    }

    /// Whether a payload can be kept without parsing it.
    var ignoresPayloads: Bool { fields.isEmpty }

    /// Checks the declared fields of a payload.
    ///
    /// - Throws: `invalid_request` naming the field, what it should be and what it is.
    func validate(_ payload: JSONValue) throws(IlkError) {
        guard !fields.isEmpty else { return }
        try PayloadIndex.validate(payload, against: fields)
    }

    /// Indexes a payload that was validated before it was stored.
    func set(_ payload: JSONText?, at ordinal: Ordinal) {
        // No field comes to be kept while the writer changes the table, so this holds until it is done.
        let isRead = !fields.isEmpty || state.withLock { !$0.undeclared.isEmpty }
        let value: JSONValue? = isRead ? payload.flatMap { try? $0.parsed() } : nil
        state.withLock { state in
            state.cache.removeAll()
            if !state.undeclared.isEmpty { state.undeclared.set(value, at: ordinal) }
            state.live.insert(ordinal.rawValue)
            if let value, !fields.isEmpty {
                // It was validated: a stored payload that no longer fits is kept, and found by no filter.
                try? state.index.set(value, at: ordinal)
            } else if !fields.isEmpty {
                state.index.remove(at: ordinal)
            }
        }
    }

    func remove(at ordinal: Ordinal) {
        state.withLock { state in
            state.cache.removeAll()
            state.live.remove(ordinal.rawValue)
            if !state.undeclared.isEmpty { state.undeclared.set(nil, at: ordinal) }
            if !fields.isEmpty { state.index.remove(at: ordinal) }
        }
    }

    /// The live ordinals that pass a filter: exact, so its cardinality is known.
    ///
    /// `undeclared` has indexes of the paths that the filter names, and that are neither declared nor kept here. They may be
    /// of another moment than the declared fields, so what passes a filter with any is not kept.
    ///
    /// - Returns: ordinals of live points; nil where a field is not kept any more.
    /// - Throws: `invalid_request` where a field cannot answer the question asked of it.
    func matching(_ filter: FilterExpression, undeclared: [String: FieldIndex]) throws(IlkError) -> Bitmap? {
        let key = undeclared.isEmpty ? FilterKey(filter) : nil
        let result: Result<Bitmap?, IlkError> = state.withLock { state in
            if let key, let known = state.cache.bitmap(of: key) { return .success(known) }
            do throws(IlkError) {
                var others = undeclared
                for path in filter.paths where others[path] == nil && !isDeclared(path) {
                    guard let index = state.undeclared.index(of: path) else { return .success(nil) }
                    others[path] = index
                }
                let found = try state.index.evaluate(filter, live: state.live) { path in
                    others[path] ?? FieldIndex(path: path)
                }
                if let key { state.cache.insert(found, of: key) }
                return .success(found)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// All live ordinals.
    func live() -> Bitmap { state.withLock { $0.live } }

    /// The most frequent values of a declared field among `ordinals`, or among all.
    func facets(
        field: String, within ordinals: Bitmap?, limit: Int
    ) throws(IlkError) -> [(value: JSONValue, count: Int)] {
        let result: Result<[(value: JSONValue, count: Int)], IlkError> = state.withLock { state in
            do throws(IlkError) {
                return .success(try state.index.facets(field: field, within: ordinals ?? state.live, limit: limit))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Lends the declared fields and the live ordinals; nothing changes meanwhile, so `body` is to be short.
    func withIndex<R: Sendable>(_ body: (PayloadIndex, _ live: Bitmap) throws(IlkError) -> R) throws(IlkError) -> R {
        let result: Result<R, IlkError> = state.withLock { state in
            do throws(IlkError) { return .success(try body(state.index, state.live)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    func isDeclared(_ path: String) -> Bool { fields.contains { $0.path == path } }

    var memoryBytes: Int { state.withLock { $0.index.memoryBytes + $0.live.memoryBytes } }
    /// Heap bytes of what is kept of filters that were asked.
    var cacheBytes: Int { state.withLock { $0.cache.memoryBytes } }
}
