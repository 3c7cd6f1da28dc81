import Dispatch
import IlkCollection
import IlkProtocol
import Synchronization

/// The traffic of a collection's venues: in memory under one lock, and on the disk a second later.
///
/// A choice and its exposures are one step under the lock, so caps hold whoever asks at once. Rules are on the disk when
/// they are acknowledged; counts follow every second and at closing. A process that is killed loses those of the last
/// second: a guarantee then gets a few exposures more than it asks for.
final class TrafficBook: CollectionCompanion {
    /// What traffic is kept as.
    static let kind = "traffic"
    private static let curveID = "curve"
    /// Exposures of which the standing is remembered until the click comes.
    private static let rememberedExposures = 1 << 16

    private struct State {
        var control = TrafficControl()
        var memory = ExposureMemory(limit: TrafficBook.rememberedExposures)
        var keys = FeedbackKeys()
        var isLoaded = false
        var isWriting = false
        var isClosed = false
    }
    private let state = Mutex(State())
    /// Held while rows are written, so that an older one never comes after a newer.
    private let writing = Mutex(())
    private let table: KeptTable
    private let queue = DispatchQueue(label: "ilk-traffic", qos: .utility)

    init(table: KeptTable) { self.table = table }

    /// Reads what was kept, where that was not done yet; rows of themes that are gone are deleted.
    ///
    /// - Parameter numbers: those of the themes that there are.
    /// - Throws: what SQLite says.
    func load(numbers: Set<Int64>) throws(IlkError) {
        guard !state.withLock({ $0.isLoaded }) else { return }
        let result: Result<Void, IlkError> = writing.withLock { _ in
            guard !state.withLock({ $0.isLoaded }) else { return .success(()) }
            do throws(IlkError) {
                let (control, keys) = try read(numbers)
                state.withLock { state in
                    state.control = control
                    state.keys = keys
                    state.isLoaded = true
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private func read(_ numbers: Set<Int64>) throws(IlkError) -> (TrafficControl, FeedbackKeys) {
        var keys = FeedbackKeys()
        var venues: [Int64: VenueTraffic] = [:]
        var curve = InterestCurve()
        var gone: [String] = []
        for row in try table.all() {
            if let chunk = FeedbackKeys.chunk(ofRow: row.id) {
                keys.add(chunk: chunk, try row.value.parsed())
                continue
            }
            guard case .object(let json) = try row.value.parsed() else { continue }
            if row.id == Self.curveID {
                curve = InterestCurve(kept: json) ?? curve
            } else if let number = Int64(row.id), numbers.contains(number), let venue = VenueTraffic(kept: json) {
                venues[number] = venue
            } else {
                gone.append(row.id)
            }
        }
        if !gone.isEmpty { try table.discard(gone) }
        return (TrafficControl(venues: venues, curve: curve), keys)
    }

    // MARK: Using

    /// Changes what is known; it is written soon.
    ///
    /// - Throws: `unavailable` once the collection is closing.
    func change<R: Sendable>(
        _ body: (inout TrafficControl, inout ExposureMemory, inout FeedbackKeys) -> R
    ) throws(IlkError) -> R {
        var isFirst = false
        let result: R? = state.withLock { state in
            guard !state.isClosed else { return nil }
            isFirst = !state.isWriting
            state.isWriting = true
            return body(&state.control, &state.memory, &state.keys)
        }
        guard let result else {
            throw IlkError(.unavailable, "the collection is closing; send it again after the restart")
        }
        if isFirst {
            queue.asyncAfter(deadline: .now() + .seconds(1)) { [weak self] in
                // What fails is tried again with the next change, and at closing.
                try? self?.write()
            }
        }
        return result
    }

    /// Looks at what is known.
    func look<R: Sendable>(_ body: (TrafficControl) -> R) -> R { body(state.withLock { $0.control }) }

    // MARK: Writing

    /// Writes what changed since the last time.
    func write() throws(IlkError) {
        let result: Result<Void, IlkError> = writing.withLock { _ in
            let (numbers, control, keys) = state.withLock { state in
                state.isWriting = false
                let numbers = state.control.takeChanges()
                return (numbers, state.control, state.keys.takeChanges())
            }
            guard !numbers.isEmpty || !keys.rows.isEmpty else { return .success(()) }
            var rows: [(id: String, value: JSONText)] = numbers.sorted().compactMap { number in
                control.venues[number].map { (String(number), JSONText(.object($0.kept))) }
            }
            rows.append((Self.curveID, JSONText(.object(control.curve.kept))))
            // In one transaction with the counts: what is counted is known by its key, and the other way round.
            rows += keys.rows
            do throws(IlkError) {
                try table.keep(rows)
                if !keys.gone.isEmpty { try table.discard(keys.gone) }
                return .success(())
            } catch {
                state.withLock { state in
                    state.control.markChanged(numbers)
                    state.keys.markChanged(keys.rows.map(\.id), gone: keys.gone)
                }
                return .failure(error)
            }
        }
        try result.get()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        // What a disk that is full refuses is lost as in a crash.
        try? write()
    }
}

/// How venues stood with the people to whom they were shown last, until their clicks come.
struct ExposureMemory: Sendable {
    private struct Key: Hashable {
        var user: PointID
        var number: Int64
    }
    private var standings: [Key: Double] = [:]
    private var order: [Key] = []
    private var next = 0
    private let limit: Int

    /// A memory of so many exposures, at least one.
    init(limit: Int) { self.limit = limit }

    mutating func remember(_ user: PointID, _ number: Int64, _ standing: Double) {
        let key = Key(user: user, number: number)
        guard standings.updateValue(standing, forKey: key) == nil else { return }
        if order.count < limit {
            order.append(key)
        } else {
            standings[order[next]] = nil
            order[next] = key
            next = (next + 1) % limit
        }
    }

    /// The standing of an exposure; nil where it is forgotten.
    func standing(_ user: PointID, _ number: Int64) -> Double? { standings[Key(user: user, number: number)] }
}
