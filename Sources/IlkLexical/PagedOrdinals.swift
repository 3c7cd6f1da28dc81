/// Something for each of some ordinals, which lie close together or far apart.
///
/// A page is made when one of its ordinals gets something, so that a few documents of a large collection take little.
struct PagedOrdinals<Element: Sendable>: Sendable {
    private static var pageSize: UInt32 { 512 }

    private var pages: [UInt32: [Element?]] = [:]

    subscript(ordinal: UInt32) -> Element? {
        get { pages[ordinal / Self.pageSize]?[Int(ordinal % Self.pageSize)] }
        set {
            let (page, place) = (ordinal / Self.pageSize, Int(ordinal % Self.pageSize))
            if pages[page] == nil {
                guard newValue != nil else { return }
                pages[page] = Array(repeating: nil, count: Int(Self.pageSize))
            }
            pages[page]?[place] = newValue
        }
    }

    /// The ordinals that have something, ascending.
    var ordinals: [UInt32] {
        pages.keys.sorted().flatMap { page in
            (pages[page] ?? []).enumerated().compactMap { place, element in
                element == nil ? nil : page * Self.pageSize + UInt32(place)
            }
        }
    }

    var memoryBytes: Int { pages.count * (Int(Self.pageSize) * MemoryLayout<Element?>.stride + 48) }
}
