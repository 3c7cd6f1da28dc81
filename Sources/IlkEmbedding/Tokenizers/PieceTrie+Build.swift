extension PieceTrie {
    /// Builds the trie; every piece has at least one byte, and its range lies in `text`.
    ///
    /// - Throws: the two ids of a piece that stands twice.
    init(_ entries: [Entry], in text: [UInt8]) throws(Twins) {
        let keys = Self.sorted(entries, in: text)
        for (a, b) in zip(keys, keys.dropFirst()) where a.first == b.first && !Self.precedes(a, b, in: text) {
            throw Twins(first: min(a.entry.id, b.entry.id), second: max(a.entry.id, b.entry.id))
        }
        var builder = Builder()
        builder.place(keys.map(\.entry), in: text)
        self.init(units: builder.units)
    }

    /// Two pieces that are the same.
    struct Twins: Error, Equatable {
        var first: Int32
        var second: Int32
    }

    /// An entry with its first eight bytes as a number, which decides most comparisons.
    private struct Key {
        var first: UInt64
        var entry: Entry
    }

    /// In the order of their bytes.
    private static func sorted(_ entries: [Entry], in text: [UInt8]) -> [Key] {
        var keys = entries.map { entry in
            var first: UInt64 = 0
            let start = entry.bytes.lowerBound
            for place in start..<min(start + 8, entry.bytes.upperBound) { first = first << 8 | UInt64(text[place]) }
            if entry.bytes.count < 8 { first <<= 8 * UInt64(8 - entry.bytes.count) }
            return Key(first: first, entry: entry)
        }
        keys.sort { $0.first != $1.first ? $0.first < $1.first : precedes($0, $1, in: text) }
        return keys
    }

    private static func precedes(_ a: Key, _ b: Key, in text: [UInt8]) -> Bool {
        text[a.entry.bytes].lexicographicallyPrecedes(text[b.entry.bytes])
    }

    /// Lays nodes into free units, parents before children.
    private struct Builder {
        var units: [UInt64] = []
        /// Per unit, the next free one, and the one before it; a ring through those of the open blocks.
        private var next: [Int32] = []
        private var previous: [Int32] = []
        private var usedBases: [Bool] = []
        private var firstFree: Int32 = -1
        private var firstOpen = 0

        /// Blocks of 256 units that are still filled; older ones are left as they are, so that building stays fast.
        private static let openBlocks = 16

        init() {
            appendBlock()
            take(PieceTrie.root)
            // Leaves have base 0, where nobody's children lie; the root is not marked as in use, so it is none either.
            usedBases[0] = true
        }

        /// A node whose children are still to be laid: the sorted entries that begin with its bytes.
        private struct Node {
            var unit: Int
            var entries: Range<Int>
            var depth: Int
        }

        mutating func place(_ entries: [Entry], in text: [UInt8]) {
            var waiting = [Node(unit: PieceTrie.root, entries: entries.indices, depth: 0)]
            var children: [(byte: UInt8, entries: Range<Int>)] = []
            while let node = waiting.popLast() {
                children.removeAll(keepingCapacity: true)
                var start = node.entries.lowerBound
                var id: Int32?
                if start < node.entries.upperBound, entries[start].bytes.count == node.depth {
                    id = entries[start].id
                    start += 1
                }
                while start < node.entries.upperBound {
                    let byte = text[entries[start].bytes.lowerBound + node.depth]
                    var end = start + 1
                    while end < node.entries.upperBound, text[entries[end].bytes.lowerBound + node.depth] == byte {
                        end += 1
                    }
                    children.append((byte, start..<end))
                    start = end
                }
                let byte = UInt8(truncatingIfNeeded: units[node.unit] >> 55)
                guard !children.isEmpty else {
                    guard node.depth > 0 else { return }
                    units[node.unit] = PieceTrie.unit(base: 0, id: id, byte: byte)
                    continue
                }
                let base = findBase(for: children)
                usedBases[base] = true
                units[node.unit] = node.depth == 0 ? UInt64(base) : PieceTrie.unit(base: base, id: id, byte: byte)
                for child in children {
                    let unit = base ^ Int(child.byte)
                    take(unit)
                    units[unit] = PieceTrie.unit(base: 0, id: nil, byte: child.byte)
                    waiting.append(Node(unit: unit, entries: child.entries, depth: node.depth + 1))
                }
            }
        }

        private mutating func findBase(for children: [(byte: UInt8, entries: Range<Int>)]) -> Int {
            let first = Int(children[0].byte)
            if firstFree >= 0 {
                var free = firstFree
                repeat {
                    let base = Int(free) ^ first
                    if !usedBases[base], children.allSatisfy({ previous[base ^ Int($0.byte)] >= 0 }) { return base }
                    free = next[Int(free)]
                } while free != firstFree
            }
            let base = units.count
            appendBlock()
            return base
        }

        private mutating func appendBlock() {
            let start = units.count
            units.append(contentsOf: repeatElement(0, count: 256))
            next.append(contentsOf: repeatElement(-1, count: 256))
            previous.append(contentsOf: repeatElement(-1, count: 256))
            usedBases.append(contentsOf: repeatElement(false, count: 256))
            for unit in start..<start + 256 { release(Int32(unit)) }
            while units.count / 256 - firstOpen > Self.openBlocks {
                for unit in firstOpen * 256..<firstOpen * 256 + 256 where previous[unit] >= 0 { take(unit) }
                firstOpen += 1
            }
        }

        /// Puts a unit at the end of the ring.
        private mutating func release(_ unit: Int32) {
            guard firstFree >= 0 else {
                firstFree = unit
                next[Int(unit)] = unit
                previous[Int(unit)] = unit
                return
            }
            let last = previous[Int(firstFree)]
            next[Int(last)] = unit
            previous[Int(unit)] = last
            next[Int(unit)] = firstFree
            previous[Int(firstFree)] = unit
        }

        /// Takes a unit out of the ring.
        private mutating func take(_ unit: Int) {
            let (before, after) = (previous[unit], next[unit])
            if Int(after) == unit {
                firstFree = -1
            } else {
                next[Int(before)] = after
                previous[Int(after)] = before
                if Int(firstFree) == unit { firstFree = after }
            }
            next[unit] = -1
            previous[unit] = -1
        }
    }
}
