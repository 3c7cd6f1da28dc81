extension PieceTrie {
    /// Builds the trie; every piece has at least one byte.
    ///
    /// - Throws: the two ids of a piece that stands twice.
    init(_ entries: [Entry]) throws(Twins) {
        let sorted = Self.sorted(entries)
        for (a, b) in zip(sorted, sorted.dropFirst()) where a.bytes.elementsEqual(b.bytes) {
            throw Twins(first: min(a.id, b.id), second: max(a.id, b.id))
        }
        var builder = Builder()
        builder.place(sorted)
        self.init(units: builder.units)
    }

    /// Two pieces that are the same.
    struct Twins: Error, Equatable {
        var first: Int32
        var second: Int32
    }

    /// In the order of their bytes: by the first eight as one number, and only the equal ones byte by byte.
    private static func sorted(_ entries: [Entry]) -> [Entry] {
        let keys = entries.indices.map { index in
            var key: UInt64 = 0
            for byte in entries[index].bytes.prefix(8) { key = key << 8 | UInt64(byte) }
            return (key << (8 * UInt64(8 - min(8, entries[index].bytes.count))), index)
        }
        return keys.sorted { a, b in
            a.0 != b.0 ? a.0 < b.0 : entries[a.1].bytes.lexicographicallyPrecedes(entries[b.1].bytes)
        }.map { entries[$0.1] }
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

        mutating func place(_ entries: [Entry]) {
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
                    let byte = Self.byte(entries[start], node.depth)
                    var end = start + 1
                    while end < node.entries.upperBound, Self.byte(entries[end], node.depth) == byte { end += 1 }
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

        private static func byte(_ entry: Entry, _ depth: Int) -> UInt8 {
            entry.bytes[entry.bytes.startIndex + depth]
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
