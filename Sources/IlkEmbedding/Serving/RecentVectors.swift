import Synchronization

/// The vectors that were asked for last, in memory, before a slower cache; bounded in bytes.
///
/// Two generations stand for "least recently used": a vector that is asked for moves to the young one, and when that is
/// full the old one goes. So a hit costs one or two look-ups and no list is kept in order.
final class RecentVectors: VectorCache {
    private struct Generations {
        var young: [VectorKey: CachedVector] = [:]
        var old: [VectorKey: CachedVector] = [:]
        var youngBytes = 0
    }

    private let generations = Mutex(Generations())
    private let bytesPerGeneration: Int
    private let next: (any VectorCache)?

    /// Keeps up to `byteLimit` bytes, and asks `next` for what it does not have.
    init(byteLimit: Int, next: (any VectorCache)?) {
        bytesPerGeneration = byteLimit / 2
        self.next = next
    }

    func vectors(_ keys: [VectorKey]) -> [CachedVector?] {
        var found = generations.withLock { generations in
            keys.map { key -> CachedVector? in
                if let value = generations.young[key] { return value }
                guard let value = generations.old.removeValue(forKey: key) else { return nil }
                keep(key, value, &generations)
                return value
            }
        }
        guard let next else { return found }
        let places = found.indices.filter { found[$0] == nil }
        guard !places.isEmpty else { return found }
        let more = next.vectors(places.map { keys[$0] })
        generations.withLock { generations in
            for (place, value) in zip(places, more) {
                guard let value else { continue }
                found[place] = value
                keep(keys[place], value, &generations)
            }
        }
        return found
    }

    func insert(_ vectors: [(key: VectorKey, value: CachedVector)]) {
        generations.withLock { generations in
            for (key, value) in vectors { keep(key, value, &generations) }
        }
        next?.insert(vectors)
    }

    /// Bytes held, about.
    var bytes: Int {
        generations.withLock { generations in
            generations.youngBytes + generations.old.values.reduce(0) { $0 + Self.bytes($1) }
        }
    }

    private func keep(_ key: VectorKey, _ value: CachedVector, _ generations: inout Generations) {
        let bytes = Self.bytes(value)
        guard bytes <= bytesPerGeneration else { return }
        if generations.youngBytes + bytes > bytesPerGeneration {
            generations.old = generations.young
            generations.young = [:]
            generations.youngBytes = 0
        }
        if generations.young.updateValue(value, forKey: key) == nil { generations.youngBytes += bytes }
    }

    /// The vector, and what a dictionary and an array take around it.
    private static func bytes(_ value: CachedVector) -> Int { value.vector.count * 4 + 128 }
}
