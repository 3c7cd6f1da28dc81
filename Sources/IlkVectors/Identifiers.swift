/// A point's position inside one collection: dense, and used again some time after the point is gone.
///
/// Outside, points have a `PointID`; the two types cannot be exchanged.
package struct Ordinal: Hashable, Comparable, Sendable {
    package let rawValue: UInt32

    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    package static func < (a: Ordinal, b: Ordinal) -> Bool { a.rawValue < b.rawValue }
}

/// A point that a search found, and how far it is; ordered by distance, then by ordinal.
package struct Neighbor: Equatable, Comparable, Sendable {
    package var ordinal: Ordinal
    package var distance: Float

    package init(ordinal: Ordinal, distance: Float) {
        self.ordinal = ordinal
        self.distance = distance
    }

    package static func < (a: Neighbor, b: Neighbor) -> Bool {
        a.distance != b.distance ? a.distance < b.distance : a.ordinal < b.ordinal
    }
}
