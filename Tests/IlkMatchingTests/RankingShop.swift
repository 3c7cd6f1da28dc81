import Dispatch
import Glibc
import IlkMatching
import IlkProtocol
import IlkVectors
import Synchronization
import Testing

/// A shop whose people are shown items, and take what is cheap and stands high.
final class RankingShop {
    let shop: Shop
    /// Half a day goes by with every ten answers.
    private(set) var now: Double
    private var random: SplitMix64

    init(seed: UInt64 = 3) throws {
        shop = try Shop()
        now = shop.now
        random = SplitMix64(seed: seed)
        // Something that is popular, so that there is an order before there is a ranker.
        for user in 0..<30 {
            try shop.append(
                (0..<6).map { shop.event("u\(user)", "\(Shop.kinds[$0 % 3])-\((user * 7 + $0 * 5) % 20)", daysAgo: 3) })
        }
    }

    static let question = #""k":12,"channels":{"popular":40,"content":40,"tag":30}"#

    /// Answers that are logged, to one person after the other, and what comes of them; how many items were taken.
    @discardableResult
    func show(_ answers: Int, _ more: String = "") throws -> Int {
        var taken = 0
        for answer in 0..<answers {
            let user = "u\(answer % 30)"
            let shown = try items(#""user":"\#(user)","log":true,"# + Self.question + more)
            var events: [WireEvent] = []
            for (place, item) in shown.items.enumerated() where isTaken(item, place) {
                events.append(
                    WireEvent(user: .string(user), item: item.id, type: "click", at: now + 60))
            }
            taken += events.count
            if !events.isEmpty { try append(events) }
            if answer % 10 == 9 { now += 43_200 }
        }
        return taken
    }

    /// Prices are 10 to 49: what costs under 18 is likely to be taken, the more so the higher it stands.
    private func isTaken(_ item: MatchedItem, _ place: Int) -> Bool {
        guard let payload = try? item.payload?.parsed(), case .object(let object) = payload,
            case .double(let price)? = object["price"]
        else { return false }
        let cheap: Double = 0.9 / (1 + exp((price - 18) / 2))
        let probability = cheap / (1 + 0.1 * Double(place))
        return Double.random(in: 0..<1, using: &random) < probability
    }

    func items(_ params: String) throws -> MatchedItems {
        guard case .matchItems(let request) = try shop.command("match.items", params) else {
            throw IlkError(.internal, "another command")
        }
        let matched = try shop.matching.items(request, at: now)
        if let shown = matched.shown { try wait { try shop.matching.log(shown, completion: $0) } }
        return matched
    }

    private func append(_ events: [WireEvent]) throws {
        try wait { try shop.matching.append(events, at: now + 60, completion: $0) }
    }

    private func wait(
        _ body: (@escaping @Sendable (Result<AppendReceipt, IlkError>) -> Void) throws -> Void
    ) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<IlkError?>(nil)
        try body { result in
            if case .failure(let error) = result { failure.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Trains the ranker two days later; its report.
    @discardableResult
    func train(_ more: String = "") throws -> JSONObject {
        guard case .matchTrain(let request) = try shop.command("match.train", #""models":["ranker"]\#(more)"#) else {
            throw IlkError(.internal, "another command")
        }
        let report = try shop.matching.train(request, threads: 2, at: now + 172_800) { _ in true }
        return try #require(report.models.last?.report)
    }

    func ranker(_ use: String? = nil) throws -> JSONObject {
        let params = use.map { #""use":"\#($0)""# } ?? #""use":null"#
        guard case .matchRanker(let request) = try shop.command("match.ranker", params) else {
            throw IlkError(.internal, "another command")
        }
        return try shop.matching.ranker(request)
    }

    /// The mean price of the first five items that people get.
    func price(_ more: String = "") throws -> Double {
        var sum = 0.0
        for user in 0..<10 {
            let found = try items(#""user":"u\#(user)","# + Self.question + more).items.prefix(5)
            for item in found {
                guard case .object(let payload)? = try item.payload?.parsed(),
                    case .double(let price)? = payload["price"]
                else { continue }
                sum += price / 50
            }
        }
        return sum
    }
}

extension JSONValue {
    subscript(_ path: String...) -> JSONValue? {
        path.reduce(self) { value, key in
            if case .object(let object)? = Optional(value) { object[key] ?? .null } else { .null }
        }
    }

    var number: Double? {
        switch self {
        case .int(let int): Double(int)
        case .double(let double): double
        default: nil
        }
    }

    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
}
