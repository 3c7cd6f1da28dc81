import Glibc
import IlkProtocol

/// The types of events of a collection: what each says about taste, and for how long.
///
/// A type's number is its place here; it never changes.
package struct EventTypes: Sendable, Equatable {
    /// One type.
    package struct Entry: Sendable, Equatable {
        package var name: String
        /// How much an event says: under 0 for dislike, 0 for what was only shown.
        package var weight: Float
        /// After how many days it says half as much.
        package var halfLifeDays: Float
    }

    package private(set) var entries: [Entry]

    /// ilk's own types, whose numbers are fixed.
    package static let builtIn: [Entry] = [
        Entry(name: "impression", weight: 0, halfLifeDays: 1), Entry(name: "click", weight: 1, halfLifeDays: 14),
        Entry(name: "view", weight: 1, halfLifeDays: 14), Entry(name: "like", weight: 2, halfLifeDays: 60),
        Entry(name: "cart", weight: 3, halfLifeDays: 30), Entry(name: "order", weight: 5, halfLifeDays: 90),
        Entry(name: "return", weight: -5, halfLifeDays: 90),
    ]
    static let impression: UInt8 = 0
    static let view: UInt8 = 2
    static let order: UInt8 = 5

    package init() { entries = Self.builtIn }

    /// Numbers that types may have.
    static let maximum = 200

    subscript(number: UInt8) -> Entry { entries[Int(number)] }

    /// The number of a type.
    ///
    /// - Throws: `invalid_request` with the nearest name there is.
    func number(of name: String) throws(IlkError) -> UInt8 {
        if let place = entries.firstIndex(where: { $0.name == name }) { return UInt8(place) }
        let hint = NearestName.hint(for: name, among: entries.map(\.name))
        let remedy = hint.isEmpty ? "; declare types of your own with events.configure" : hint
        throw IlkError(.invalidRequest, "no event type \(name.quoted)\(remedy)")
    }

    /// Adds a type, or changes the one of that name.
    ///
    /// - Throws: `invalid_request` for an impression with a weight, `too_large` where there are too many.
    mutating func set(_ entry: Entry) throws(IlkError) {
        guard entry.name != Self.builtIn[0].name || entry.weight == 0 else {
            throw IlkError(
                .invalidRequest, "an impression is what was only shown, and has weight 0; use a type of your own")
        }
        if let place = entries.firstIndex(where: { $0.name == entry.name }) {
            entries[place] = entry
        } else {
            guard entries.count < Self.maximum else {
                throw IlkError(.tooLarge, "there are \(entries.count) event types; \(Self.maximum) at most")
            }
            entries.append(entry)
        }
    }

    /// What an event says without its age: a view counts by its seconds, half a minute being a click's worth.
    func strength(_ type: UInt8, value: Float) -> Float {
        let weight = self[type].weight
        guard type == Self.view, value.isFinite, value > 0 else { return weight }
        return weight * min(2, max(0.25, value / 30))
    }

    /// What an event still says after some days.
    func weight(_ type: UInt8, value: Float, days: Float) -> Float {
        strength(type, value: value) * exp2f(-days / self[type].halfLifeDays)
    }

    /// Whether an event of this type says something about taste; else the item was only shown.
    func isAction(_ type: UInt8) -> Bool { self[type].weight != 0 }
}
