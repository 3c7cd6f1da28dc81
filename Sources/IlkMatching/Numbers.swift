/// A user's number in the event log: dense, given at the first event, never used for anybody else.
package struct UserNumber: Hashable, Sendable {
    package let rawValue: UInt32

    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    package var index: Int { Int(rawValue) }
    /// Whose events these are is forgotten.
    package static let nobody = UserNumber(.max)
}

/// An item's number in the event log: dense, given at the first event.
///
/// It is not the point's ordinal: an item may have events before it is in the collection, and after it has left.
package struct ItemNumber: Hashable, Sendable {
    package let rawValue: UInt32

    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    package var index: Int { Int(rawValue) }
}

/// A place in a table of events; the newest has the largest.
package struct EventPlace: Hashable, Sendable {
    package let rawValue: UInt32

    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    package var index: Int { Int(rawValue) }
    /// The end of a chain.
    package static let none = EventPlace(.max)
}

/// A moment in seconds since 1970, before the year 2106.
package struct Moment: Hashable, Comparable, Sendable {
    package let seconds: UInt32

    package init(_ seconds: UInt32) { self.seconds = seconds }

    /// The whole second of a moment.
    package init(_ seconds: Double) { self.seconds = UInt32(min(max(seconds, 0), Double(UInt32.max))) }

    package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }

    /// Days from this moment to a later one; 0 where that is not later.
    package func days(until later: Moment) -> Float { later <= self ? 0 : Float(later.seconds - seconds) / 86_400 }
}
