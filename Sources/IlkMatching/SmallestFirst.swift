/// The largest of many numbers, in a heap with the smallest of them on top.
///
/// Of equal numbers the smaller name stays, so the order of insertion does not matter.
package struct SmallestFirst: Sendable {
    private let limit: Int
    private var entries: [(value: Double, name: UInt32)] = []

    package init(limit: Int) { self.limit = limit }

    /// Nothing smaller than this can enter.
    @inline(__always)
    var bound: Double { entries.count < limit ? -.infinity : entries.first?.value ?? .infinity }

    package mutating func insert(_ value: Double, _ name: UInt32) {
        guard limit > 0 else { return }
        if entries.count < limit {
            entries.append((value, name))
            var place = entries.count - 1
            while place > 0, isBefore(place, (place - 1) / 2) {
                entries.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
            return
        }
        let top = entries[0]
        guard value > top.value || (value == top.value && name < top.name) else { return }
        entries[0] = (value, name)
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count && isBefore(child, least) {
                least = child
            }
            guard least != place else { return }
            entries.swapAt(place, least)
            place = least
        }
    }

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        entries[a].value != entries[b].value
            ? entries[a].value < entries[b].value : entries[a].name > entries[b].name
    }

    /// The names, largest number first.
    package func descending() -> [UInt32] { ranked().map(\.name) }

    /// The numbers with their names, largest first.
    func ranked() -> [(value: Double, name: UInt32)] {
        entries.sorted { $0.value != $1.value ? $0.value > $1.value : $0.name < $1.name }
    }
}
