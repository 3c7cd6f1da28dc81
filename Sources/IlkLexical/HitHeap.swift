import IlkVectors

/// The best hits so far: by score, and among equals by ordinal.
struct HitHeap {
    struct Hit: Comparable {
        var score: UInt32
        var ordinal: UInt32

        /// Whether `a` is the worse of two.
        static func < (a: Hit, b: Hit) -> Bool { a.score != b.score ? a.score < b.score : a.ordinal > b.ordinal }
    }

    private let k: Int
    /// No hit of a lower score can enter.
    private(set) var threshold: UInt32
    /// The worst is first, and none is worse than what is above it in the heap.
    private var hits: [Hit] = []

    init(k: Int, least: UInt32) {
        self.k = k
        threshold = least
        hits.reserveCapacity(min(k, 1_024))
    }

    mutating func insert(_ hit: Hit) {
        guard hit.score >= threshold, k > 0 else { return }
        if hits.count < k {
            hits.append(hit)
            var place = hits.count - 1
            while place > 0, hits[place] < hits[(place - 1) / 2] {
                hits.swapAt(place, (place - 1) / 2)
                place = (place - 1) / 2
            }
        } else {
            guard hits[0] < hit else { return }
            hits[0] = hit
            var place = 0
            while true {
                var worst = place
                for child in (2 * place + 1)...(2 * place + 2) where child < k && hits[child] < hits[worst] {
                    worst = child
                }
                guard worst != place else { break }
                hits.swapAt(place, worst)
                place = worst
            }
        }
        if hits.count == k { threshold = max(threshold, hits[0].score) }
    }

    /// Best first.
    var sorted: [Hit] { hits.sorted(by: >) }
}
