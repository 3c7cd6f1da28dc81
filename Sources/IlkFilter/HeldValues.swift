/// What one ordinal has of a field, so that it can be taken out again exactly.
enum HeldValues: Equatable, Sendable {
    case none
    case one(FilterValue)
    case many([FilterValue])

    init(_ values: [FilterValue]) {
        self = values.count > 1 ? .many(values) : values.first.map { .one($0) } ?? .none
    }

    func forEach(_ body: (FilterValue) -> Void) {
        switch self {
        case .none: break
        case .one(let value): body(value)
        case .many(let values): values.forEach(body)
        }
    }

    func contains(where holds: (FilterValue) -> Bool) -> Bool {
        switch self {
        case .none: false
        case .one(let value): holds(value)
        case .many(let values): values.contains(where: holds)
        }
    }
}

/// Values by ordinal in pages, so that it grows without copying all, and a page nobody uses costs nothing.
struct HeldColumn: Sendable {
    private static let pageSize = 1_024
    private var pages: [[HeldValues]] = []
    private var arrayBytes = 0

    subscript(ordinal: UInt32) -> HeldValues {
        let page = Int(ordinal) / Self.pageSize
        guard page < pages.count, !pages[page].isEmpty else { return .none }
        return pages[page][Int(ordinal) % Self.pageSize]
    }

    mutating func set(_ values: HeldValues, at ordinal: UInt32) {
        let page = Int(ordinal) / Self.pageSize
        if page >= pages.count {
            if case .none = values { return }
            pages.append(contentsOf: repeatElement([], count: page + 1 - pages.count))
        }
        if pages[page].isEmpty {
            if case .none = values { return }
            pages[page] = Array(repeating: .none, count: Self.pageSize)
        }
        let place = Int(ordinal) % Self.pageSize
        arrayBytes += Self.bytes(values) - Self.bytes(pages[page][place])
        pages[page][place] = values
    }

    private static func bytes(_ values: HeldValues) -> Int {
        guard case .many(let array) = values else { return 0 }
        return 48 + array.count * MemoryLayout<FilterValue>.stride
    }

    var memoryBytes: Int {
        pages.reduce(arrayBytes) { $0 + 32 + $1.count * MemoryLayout<HeldValues>.stride }
    }
}
