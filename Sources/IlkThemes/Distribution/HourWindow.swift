/// How often something happened within the last hour, whenever that is asked: by minutes, rounded up.
///
/// The minute that an hour began in counts wholly. So what is let through while ``count(at:)`` is under n is never more
/// than n within any 60 minutes.
struct HourWindow: Sendable, Equatable {
    /// Minutes since 1970 in which it happened, ascending, and how often.
    private(set) var minutes: [(minute: Int, count: Int)] = []
    private var first = 0

    init() {}

    init(minutes: [(minute: Int, count: Int)]) { self.minutes = minutes }

    static func == (a: Self, b: Self) -> Bool { a.current.elementsEqual(b.current) { $0 == $1 } }

    /// The minutes that are not gone yet.
    var current: ArraySlice<(minute: Int, count: Int)> { minutes[first...] }

    func count(at now: Double) -> Int {
        let oldest = Self.minute(of: now) - 60
        return current.reduce(0) { $1.minute < oldest ? $0 : $0 + $1.count }
    }

    mutating func add(at now: Double) {
        // Where the clock was set back, the latest minute takes it: then too much is counted, not too little.
        let minute = max(Self.minute(of: now), minutes.last?.minute ?? .min)
        if let last = minutes.indices.last, last >= first, minutes[last].minute == minute {
            minutes[last].count += 1
        } else {
            minutes.append((minute, 1))
        }
        while minutes[first].minute < minute - 60 { first += 1 }
        if first > 64 {
            minutes.removeFirst(first)
            first = 0
        }
    }

    private static func minute(of now: Double) -> Int { Int((now / 60).rounded(.down)) }
}
