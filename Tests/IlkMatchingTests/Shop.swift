import Foundation
import IlkCollection
import IlkMatching
import IlkProtocol
import IlkTestSupport
import Synchronization

/// A collection of goods with their events, in a temporary folder; time stands still at ``now``.
final class Shop {
    private let root: TemporaryFolder
    let now = 1_760_000_000.0
    private(set) var collection: VectorCollection

    var folder: String { root.file("shop") }
    var matching: Matching { get throws { try Matching(collection: collection) } }

    /// Goods `<kind>-<number>` in three kinds of four dimensions, with brand and price.
    init(perKind: Int = 20) throws {
        root = try TemporaryFolder()
        let schema = CollectionSchema(
            vectors: [VectorField(name: "v", dimension: 4, metric: .cosine)],
            fields: [
                PayloadField(path: "kind", kind: .keyword), PayloadField(path: "brand", kind: .keyword),
                PayloadField(path: "price", kind: .float),
            ])
        collection = try VectorCollection.create(
            name: "shop", folder: root.file("shop"), schema: schema, options: CollectionOptions(linkThreads: 1, seed: 7)
        )
        try upsert(Self.goods(perKind))
    }

    deinit { collection.close() }

    static let kinds = ["toy", "shoe", "book"]

    private static func goods(_ perKind: Int) -> [UpsertPoint] {
        kinds.enumerated().flatMap { place, kind in
            (0..<perKind).map { number in
                var vector = [Float](repeating: 0, count: 4)
                vector[place] = 1
                vector[3] = Float(number) * 0.02
                let payload = JSONObject([
                    ("kind", .string(kind)), ("brand", .string("brand-\(number % 4)")),
                    ("price", .double(Double(10 * (place + 1) + number))),
                ])
                return UpsertPoint(
                    id: .string("\(kind)-\(number)"), vectors: [(nil, vector)], payload: JSONText(.object(payload)))
            }
        }
    }

    func upsert(_ points: [UpsertPoint]) throws { try waiting { collection.upsert(points, completion: $0) } }

    func delete(_ ids: String...) throws {
        try waiting { collection.delete(.ids(ids.map { .string($0) }), completion: $0) }
    }

    private func waiting(_ body: (@escaping @Sendable (Result<WriteReceipt, IlkError>) -> Void) -> Void) throws {
        let done = DispatchSemaphore(value: 0)
        let failure = Mutex<IlkError?>(nil)
        body { result in
            if case .failure(let error) = result { failure.withLock { $0 = error } }
            done.signal()
        }
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Closes everything and opens it again, as after a restart.
    func reopen() throws {
        collection.close()
        collection = VectorCollection.open(
            name: "shop", folder: folder, options: CollectionOptions(linkThreads: 1, seed: 7))
        collection.waitUntilLoaded()
    }

    // MARK: Events

    func event(
        _ user: String, _ item: String, _ type: String = "click", daysAgo: Double = 0, key: String? = nil,
        value: Double? = nil
    ) -> WireEvent {
        WireEvent(
            key: key, user: .string(user), item: .string(item), type: type, value: value, at: now - daysAgo * 86_400)
    }

    @discardableResult
    func append(_ events: WireEvent...) throws -> AppendReceipt { try append(events) }

    @discardableResult
    func append(_ events: [WireEvent]) throws -> AppendReceipt {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<AppendReceipt, IlkError>>(.success(AppendReceipt()))
        try matching.append(events, at: now) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        return try outcome.withLock { $0 }.get()
    }

    // MARK: Questions

    /// Sends JSON as a client would.
    func command(_ method: String, _ params: String) throws -> Command {
        let line = #"{"id":1,"method":"\#(method)","params":{"collection":"shop",\#(params)}}"#
        let parsed = unsafe Array(line.utf8).withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed else { throw IlkError(.internal, "a batch") }
        return try call.command.get()
    }

    func items(_ params: String) throws -> MatchedItems {
        guard case .matchItems(let request) = try command("match.items", params) else {
            throw IlkError(.internal, "another command")
        }
        return try matching.items(request, at: now)
    }

    /// The ids of the items that a request gets.
    func ids(_ params: String) throws -> [String] { try items(params).items.map(\.id.text) }

    func users(_ params: String) throws -> MatchedUsers {
        guard case .matchUsers(let request) = try command("match.users", params) else {
            throw IlkError(.internal, "another command")
        }
        return try matching.users(request, at: now)
    }

    func similar(_ params: String) throws -> [String] {
        guard case .matchSimilar(let request) = try command("match.similar", params) else {
            throw IlkError(.internal, "another command")
        }
        return try matching.similar(request, at: now).map(\.id.text)
    }

    func profile(_ user: String) throws -> JSONObject {
        try matching.profile(ProfileRequest(collection: "shop", user: .string(user), withVectors: true), at: now)
    }
}

extension PointID {
    var text: String {
        switch self {
        case .string(let text): text
        case .number(let number): String(number)
        }
    }
}

/// The code of the error that a body throws; nil if it throws none.
func code(_ body: () throws -> Void) -> ErrorCode? {
    do {
        try body()
        return nil
    } catch let error as IlkError {
        return error.code
    } catch {
        return .internal
    }
}
