import IlkCollection
import IlkProtocol
import IlkVectors
import Synchronization

/// Which item of the log is which point of the collection, both ways, as it was at one moment.
///
/// A match asks that thousands of times. To look a name up takes a hash and two reads from anywhere in memory each time;
/// this is one read of a table of numbers. Copies share memory.
struct ItemPlaces: Sendable {
    /// By the item's number: its ordinal; `absent` where it is not in the collection.
    private var ordinals: [UInt32] = []
    /// By ordinal: the item's number; `absent` where there are no events of it.
    private var numbers: [UInt32] = []

    private static let absent = UInt32.max

    /// One more than the largest number that was looked up.
    var end: UInt32 { UInt32(ordinals.count) }

    /// Where an item is in the collection; nil where it is not there.
    func ordinal(of item: ItemNumber) -> Ordinal? {
        guard item.index < ordinals.count, ordinals[item.index] != Self.absent else { return nil }
        return Ordinal(ordinals[item.index])
    }

    /// A point's number in the log; nil where there are no events of it.
    func number(of ordinal: Ordinal) -> ItemNumber? {
        let place = Int(ordinal.rawValue)
        guard place < numbers.count, numbers[place] != Self.absent else { return nil }
        return ItemNumber(numbers[place])
    }

    /// Notes where an item is now; nil where it is not in the collection.
    mutating func set(_ item: ItemNumber, to ordinal: Ordinal?) {
        while ordinals.count <= item.index { ordinals.append(Self.absent) }
        let old = ordinals[item.index]
        guard old != ordinal?.rawValue ?? Self.absent else { return }
        // Another item may have the place by now.
        if old != Self.absent, numbers[Int(old)] == item.rawValue { numbers[Int(old)] = Self.absent }
        ordinals[item.index] = ordinal?.rawValue ?? Self.absent
        guard let ordinal else { return }
        while numbers.count <= Int(ordinal.rawValue) { numbers.append(Self.absent) }
        numbers[Int(ordinal.rawValue)] = item.rawValue
    }

    var memoryBytes: Int { ordinals.capacity * 4 + numbers.capacity * 4 }
}

/// Keeps ``ItemPlaces`` up to date: it follows what moves in the collection, and what is new in the log.
final class ItemPlaceTable: Sendable {
    private struct State {
        var places = ItemPlaces()
        /// Moves of the collection's points that it knows.
        var moves: UInt64?
    }
    private let state = Mutex(State())

    /// Names that are looked up between two chances for others.
    private static let slice = 4_096

    /// Where the items are now.
    ///
    /// The first time every item is looked up, some 20 ms for 200,000; later only what has changed.
    func current(_ view: ItemView, _ writer: EventWriter) -> ItemPlaces {
        state.withLock { state in
            // Before anything is looked up: what moves from here on is looked up again next time.
            let (moves, moved) = view.moves(since: state.moves ?? 0)
            let end = writer.state.withLock { $0.items.end }
            if state.moves == nil || moved == nil || end < state.places.end { state.places = ItemPlaces() }
            let known = state.places.end
            if known > 0, let moved, !moved.isEmpty { Self.update(moved, &state.places, view, writer) }
            for start in stride(from: known, to: end, by: Self.slice) {
                Self.add(start..<min(start + UInt32(Self.slice), end), &state.places, view, writer)
            }
            state.moves = moves
            return state.places
        }
    }

    /// Looks up points that moved.
    private static func update(
        _ ids: [PointID], _ places: inout ItemPlaces, _ view: ItemView, _ writer: EventWriter
    ) {
        let numbers = writer.state.withLock { state in ids.map { state.items.number(of: $0) } }
        let end = places.end
        for (number, ordinal) in zip(numbers, view.ordinals(of: ids)) {
            // What is new in the log comes after.
            if let number, number < end { places.set(ItemNumber(number), to: ordinal) }
        }
    }

    /// Looks up items that are new in the log.
    private static func add(
        _ numbers: Range<UInt32>, _ places: inout ItemPlaces, _ view: ItemView, _ writer: EventWriter
    ) {
        let named = writer.state.withLock { state in
            numbers.compactMap { number in state.items.name(of: number).map { (number: number, id: $0) } }
        }
        for (entry, ordinal) in zip(named, view.ordinals(of: named.map(\.id))) {
            places.set(ItemNumber(entry.number), to: ordinal)
        }
        // Of a number without a name nothing is known.
        places.set(ItemNumber(numbers.upperBound - 1), to: places.ordinal(of: ItemNumber(numbers.upperBound - 1)))
    }

    var memoryBytes: Int { state.withLock { $0.places.memoryBytes } }
}
