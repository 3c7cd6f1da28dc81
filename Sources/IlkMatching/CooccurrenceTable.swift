/// Which items go with which: for each item those that the same people chose soon before or after, counted as events come.
///
/// A pair counts once each time a user takes the one within ``window`` distinct items of the other. An item keeps
/// ``width`` partners at most, by the space-saving algorithm (Metwally, Agrawal & El Abbadi, ICDT 2005): a new partner
/// takes the place of the least frequent one and its count, so frequent partners are never lost. 8 bytes a partner.
package struct CooccurrenceTable: Sendable {
    /// Partners that an item keeps.
    package static let width = 32
    /// Distinct items of the user before it that an event is paired with.
    static let window = 8

    /// By item: where its partners stand, in blocks of ``width``; `UInt32.max` where it has none.
    private var blocks: [UInt32] = []
    private var partners: [UInt32] = []
    private var counts: [UInt32] = []

    package init() {}

    /// Counts a pair, both ways.
    package mutating func add(_ a: ItemNumber, _ b: ItemNumber) {
        addPartner(b.rawValue, of: a)
        addPartner(a.rawValue, of: b)
    }

    private mutating func addPartner(_ partner: UInt32, of item: ItemNumber) {
        while blocks.count <= item.index { blocks.append(.max) }
        if blocks[item.index] == .max {
            blocks[item.index] = UInt32(partners.count / Self.width)
            partners.append(contentsOf: repeatElement(.max, count: Self.width))
            counts.append(contentsOf: repeatElement(0, count: Self.width))
        }
        let start = Int(blocks[item.index]) * Self.width
        var least = start
        for place in start..<start + Self.width {
            if partners[place] == partner {
                counts[place] += 1
                return
            }
            if counts[place] < counts[least] { least = place }
        }
        partners[least] = partner
        counts[least] += 1
    }

    /// The partners of an item with their counts, in no order.
    package func forEachPartner(of item: ItemNumber, _ body: (ItemNumber, UInt32) -> Void) {
        guard item.index < blocks.count, blocks[item.index] != .max else { return }
        let start = Int(blocks[item.index]) * Self.width
        for place in start..<start + Self.width where counts[place] > 0 {
            body(ItemNumber(partners[place]), counts[place])
        }
    }

    /// How alike two items are: the cosine of their users, shrunk where they were seen together a few times only.
    ///
    /// `together / √(a · b) · together / (together + shrinkage)`, after Sarwar et al., WWW 2001, and Bell & Koren, ICDM
    /// 2007; at most 1.
    package static func similarity(together: UInt32, _ a: Int, _ b: Int) -> Float {
        guard a > 0, b > 0 else { return 0 }
        let together = Float(together)
        return min(1, together / (Float(a) * Float(b)).squareRoot()) * together / (together + 2)
    }

    var memoryBytes: Int { blocks.capacity * 4 + partners.capacity * 4 + counts.capacity * 4 }
}
