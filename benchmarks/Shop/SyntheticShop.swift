import IlkProtocol
import IlkVectors

/// A shop and its visitors, drawn from a seed.
struct SyntheticShop {
    private let items: Int
    private let users: Int
    private let dimension: Int
    private var generator: SplitMix64
    private let centres: [[Float]]

    /// Categories that items lie in.
    private static let categories = 200

    init(items: Int, users: Int, dimension: Int, seed: UInt64) {
        self.items = items
        self.users = users
        self.dimension = dimension
        var generator = SplitMix64(seed: seed)
        centres = (0..<Self.categories).map { _ in Self.vector(dimension, &generator) }
        self.generator = generator
    }

    private static func vector(_ dimension: Int, _ generator: inout SplitMix64) -> [Float] {
        (0..<dimension).map { _ in Float(generator.next() >> 40) * 0x1p-23 - 1 }
    }

    /// The category of an item: every 200th is of the same.
    private func category(of item: Int) -> Int { item % Self.categories }

    mutating func point(_ item: Int) -> UpsertPoint {
        let noise = Self.vector(dimension, &generator)
        let vector = zip(centres[category(of: item)], noise).map { $0 + 0.6 * $1 }
        let payload = JSONObject([
            ("category", .string("category-\(category(of: item))")),
            ("brand", .string("brand-\(generator.next() % 2_000)")),
            ("price", .double(Double(generator.next() % 10_000) / 100)), ("stock", .int(Int64(generator.next() % 10))),
        ])
        return UpsertPoint(id: .string("sku-\(item)"), vectors: [(nil, vector)], payload: JSONText(.object(payload)))
    }

    mutating func anyUser() -> String { "user-\(skewed(users))" }

    /// A number below a limit, small ones more often.
    private mutating func skewed(_ limit: Int) -> Int {
        let uniform = Double(generator.next() >> 11) * 0x1p-53
        return min(limit - 1, Int(uniform * uniform * Double(limit)))
    }

    mutating func event(_ number: Int, at moment: Double) -> WireEvent {
        let user = skewed(users)
        // Four of five events lie in one of three interests, which are the person's own.
        let interest = (user * 31 + Int(generator.next() % 3) * 67) % Self.categories
        let any = skewed(items)
        let item = generator.next() % 5 == 0 ? any : any - any % Self.categories + interest
        let type = Self.types[Int(generator.next() % UInt64(Self.types.count))]
        return WireEvent(
            key: "e-\(number)", user: .string("user-\(user)"), item: .string("sku-\(min(item, items - 1))"), type: type,
            value: type == "view" ? Double(generator.next() % 120) : nil, at: moment)
    }

    private static let types = [
        "impression", "impression", "impression", "impression", "click", "click", "view", "view", "cart", "order",
    ]
}
