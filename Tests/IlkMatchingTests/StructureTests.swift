import Foundation
import IlkMatching
import IlkProtocol
import IlkVectors
import Testing

@Suite struct `Decayed counts` {
    @Test func `a count halves with its half-life and adds up`() {
        var counts = DecayedCounts(halfLifeDays: 2)
        let item = ItemNumber(3)
        let start = Moment(UInt32(1_700_000_000)), later = Moment(UInt32(1_700_000_000 + 2 * 86_400))
        counts.add(4, to: item, at: start)
        #expect(abs(counts.count(of: item, at: start) - 4) < 1e-3)
        #expect(abs(counts.count(of: item, at: later) - 2) < 1e-3)
        counts.add(1, to: item, at: later)
        #expect(abs(counts.count(of: item, at: later) - 3) < 1e-3)
        #expect(counts.count(of: ItemNumber(2), at: later) == 0)
        #expect(counts.largest(5) == [item])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `the largest are those that sorting finds`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var heap = SmallestFirst(limit: 10)
        var all: [(Double, UInt32)] = []
        for name in 0..<200 as Range<UInt32> {
            let value = Double(generator.next() % 50)
            heap.insert(value, name)
            all.append((value, name))
        }
        let expected = all.sorted { $0.0 != $1.0 ? $0.0 > $1.0 : $0.1 < $1.1 }.prefix(10).map(\.1)
        #expect(heap.descending() == Array(expected))
    }
}

@Suite struct `Co-occurrence` {
    @Test func `frequent partners are never lost`() {
        var table = CooccurrenceTable()
        let item = ItemNumber(0)
        for round in 0..<200 as Range<UInt32> {
            table.add(item, ItemNumber(1))
            table.add(item, ItemNumber(100 + round))
        }
        var counts: [UInt32: UInt32] = [:]
        table.forEachPartner(of: item) { counts[$0.rawValue] = $1 }
        #expect(counts.count == CooccurrenceTable.width)
        #expect(counts[1] == 200)
        var back: [UInt32] = []
        table.forEachPartner(of: ItemNumber(299)) { partner, _ in back.append(partner.rawValue) }
        #expect(back == [0])
    }

    @Test func `a pair that was seen once says less than one that was seen often`() {
        let rare = CooccurrenceTable.similarity(together: 1, 1, 1)
        let often = CooccurrenceTable.similarity(together: 50, 50, 50)
        #expect(rare < 0.4)
        #expect(often > 0.9 && often <= 1)
    }
}

@Suite struct `Interests` {
    @Test func `what points the same way is one interest`() {
        var rows: [Float] = []
        for cluster in 0..<3 {
            for member in 0..<4 {
                var row: [Float] = [0, 0, 0, Float(member) * 0.05]
                row[cluster] = 1
                rows += TasteVectors.direction(of: row)
            }
        }
        let clusters = InterestClustering.clusters(of: Matrix(rows: 12, columns: 4, elements: rows), spread: 1.4)
        #expect(clusters == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]])
    }

    @Test func `nothing and one thing are clusters, too`() {
        #expect(InterestClustering.clusters(of: Matrix(rows: 0, columns: 2, elements: []), spread: 1).isEmpty)
        #expect(InterestClustering.clusters(of: Matrix(rows: 1, columns: 2, elements: [1, 0]), spread: 1) == [[0]])
    }
}

@Suite struct `The table of events` {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `its chains hold whatever is appended and forgotten`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var table = EventTable()
        var forgotten: Set<UInt32> = []
        for second in 0..<500 as Range<UInt32> {
            let user = UInt32(generator.next() % 12)
            guard !forgotten.contains(user) else { continue }
            table.append(
                LoggedEvent(
                    user: UserNumber(user), item: ItemNumber(UInt32(generator.next() % 9)), at: Moment(second),
                    value: .nan, type: 1), isAction: generator.next() % 3 > 0)
            if generator.next() % 100 == 0 {
                table.forget(UserNumber(user))
                forgotten.insert(user)
            }
            table.checkInvariants()
        }
        for item in 0..<9 as Range<UInt32> {
            table.forEachAction(with: ItemNumber(item)) { place in
                #expect(!forgotten.contains(table.users[place.index].rawValue))
                return true
            }
        }
    }
}
