import Foundation
import IlkCollection
public import IlkProtocol
import IlkVectors
import Synchronization

/// A collection in a temporary folder, with writes that wait for their acknowledgement.
final class Workbench: Sendable {
    let root: String
    var folder: String { root + "/things" }

    init() throws {
        root = NSTemporaryDirectory() + "ilk-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    static let options = CollectionOptions(linkThreads: 2, seed: 7)

    func create(_ schema: CollectionSchema = .plane) throws -> VectorCollection {
        try VectorCollection.create(name: "things", folder: folder, schema: schema, options: Self.options)
    }

    func open() -> VectorCollection {
        let collection = VectorCollection.open(name: "things", folder: folder, options: Self.options)
        collection.waitUntilLoaded()
        return collection
    }

    /// Opens, and waits until every graph is whole.
    func openReady() -> VectorCollection {
        let collection = open()
        collection.waitUntilReady()
        return collection
    }

    var checkpoint: String { folder + "/v.hnsw" }
}

extension CollectionSchema {
    /// One vector field of two dimensions, with a price and a brand.
    static let plane = CollectionSchema(
        vectors: [VectorField(name: "v", dimension: 2, metric: .l2)],
        fields: [PayloadField(path: "price", kind: .float), PayloadField(path: "brand", kind: .keyword)])

    static func l2(dimension: Int) -> CollectionSchema {
        CollectionSchema(
            vectors: [VectorField(name: "v", dimension: dimension, metric: .l2)],
            fields: [PayloadField(path: "n", kind: .int)])
    }
}

extension VectorCollection {
    func waitUntilReady() {
        for _ in 0..<12_000 where state != .ready { Thread.sleep(forTimeInterval: 0.01) }
    }

    private func wait(
        _ start: (@escaping @Sendable (Result<WriteReceipt, IlkError>) -> Void) -> Void
    ) throws -> WriteReceipt {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<WriteReceipt, IlkError>?>(nil)
        start { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        return try outcome.withLock { $0! }.get()
    }

    @discardableResult
    func upsert(_ points: [UpsertPoint]) throws -> WriteReceipt { try wait { upsert(points, completion: $0) } }

    @discardableResult
    func delete(_ selection: PointSelection) throws -> WriteReceipt { try wait { delete(selection, completion: $0) } }

    @discardableResult
    func patch(_ selection: PointSelection, _ payload: String) throws -> WriteReceipt {
        let value = try JSONValue.parse(payload)
        return try wait { patch(selection, with: value, completion: $0) }
    }

    func search(
        _ vector: [Float], k: Int = 10, ef: Int? = nil, filter: String? = nil, exact: Bool = false,
        maxDistance: Float? = nil, explain: Bool = false
    ) throws -> SearchReply {
        try search(
            SearchRequest(
                collection: name, query: .vector(WireVector(vector)), k: k, ef: ef, filter: filter.map { .text($0) },
                exact: exact, withPayload: .all, maxDistance: maxDistance, explain: explain))
    }

    func payload(_ id: PointID) throws -> String? {
        try get(ids: [id], withVectors: false, withPayload: .all).points.first?.payload
            .map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

extension UpsertPoint {
    init(_ id: PointID, _ vector: [Float], _ payload: String = "{}") throws {
        self.init(id: id, vectors: [(nil, vector)], payload: JSONText(try JSONValue.parse(payload)))
    }
}

extension PointID: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A point's name.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A point's number.
    public init(integerLiteral value: UInt64) { self = .number(value) }
}
