/// The ordinals that have one value: most values of a field such as a stock number have one point, and a bitmap of one
/// would take some 200 bytes.
enum Posting: Sendable {
    case one(UInt32)
    /// Ascending; fewer than `limit`.
    case few([UInt32])
    case many(Bitmap)

    private static let limit = 32

    var count: Int {
        switch self {
        case .one: 1
        case .few(let ordinals): ordinals.count
        case .many(let bitmap): bitmap.count
        }
    }

    mutating func insert(_ ordinal: UInt32) {
        switch self {
        case .one(let only):
            guard only != ordinal else { return }
            self = .few([min(only, ordinal), max(only, ordinal)])
        case .few(var ordinals):
            let place = ordinals.firstIndex { $0 >= ordinal } ?? ordinals.count
            guard place == ordinals.count || ordinals[place] != ordinal else { return }
            self = .one(ordinal)  // lets go of the array, so that it is changed in place
            ordinals.insert(ordinal, at: place)
            self = ordinals.count < Self.limit ? .few(ordinals) : .many(Bitmap(ordinals))
        case .many(var bitmap):
            self = .one(ordinal)
            bitmap.insert(ordinal)
            self = .many(bitmap)
        }
    }

    /// Takes an ordinal out; false where none is left, and the posting must go.
    mutating func remove(_ ordinal: UInt32) -> Bool {
        switch self {
        case .one(let only): return only != ordinal
        case .few(var ordinals):
            guard let place = ordinals.firstIndex(of: ordinal) else { return true }
            self = .one(ordinal)
            ordinals.remove(at: place)
            self = ordinals.count > 1 ? .few(ordinals) : .one(ordinals[0])
            return true
        case .many(var bitmap):
            self = .one(ordinal)
            bitmap.remove(ordinal)
            guard let first = bitmap.first else { return false }
            // Far below the limit, lest an ordinal that comes and goes turn it over each time.
            let isFew = bitmap.last == first || bitmap.count < Self.limit / 2
            self = isFew ? Self.few(of: bitmap.ordinals) : .many(bitmap)
            return true
        }
    }

    private static func few(of ordinals: [UInt32]) -> Posting {
        ordinals.count > 1 ? .few(ordinals) : .one(ordinals[0])
    }

    /// Adds the ordinals to a set.
    func formUnion(into result: inout Bitmap) {
        switch self {
        case .one(let ordinal): result.insert(ordinal)
        case .few(let ordinals): for ordinal in ordinals { result.insert(ordinal) }
        case .many(let bitmap): result.formUnion(bitmap)
        }
    }

    func intersectionCount(_ other: Bitmap) -> Int {
        switch self {
        case .one(let ordinal): other.contains(ordinal) ? 1 : 0
        case .few(let ordinals): ordinals.count { other.contains($0) }
        case .many(let bitmap): bitmap.intersectionCount(other)
        }
    }

    /// Heap bytes beside the posting itself.
    var memoryBytes: Int {
        switch self {
        case .one: 0
        case .few(let ordinals): 32 + ordinals.capacity * 4
        case .many(let bitmap): bitmap.memoryBytes
        }
    }
}
