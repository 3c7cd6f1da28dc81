import Foundation
import IlkCollection
import IlkEmbedding
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

    deinit {
        embedder.close()
        try? FileManager.default.removeItem(atPath: root)
    }

    static let options = CollectionOptions(linkThreads: 2, seed: 7)

    /// Texts are embedded by the built-in model.
    private let embedder = Embedder(store: ModelStore(path: "/nowhere"))

    private let clock = Mutex(Workbench.options.now)

    /// Lets another clock tell when points expire; for collections that are opened afterwards.
    func setClock(_ now: @escaping @Sendable () -> Int64) { clock.withLock { $0 = now } }

    private var options: CollectionOptions {
        var options = Self.options
        options.embedder = embedder
        options.now = clock.withLock { $0 }
        return options
    }

    func create(_ schema: CollectionSchema = .plane) throws -> VectorCollection {
        try VectorCollection.create(name: "things", folder: folder, schema: schema, options: options)
    }

    func open() -> VectorCollection {
        let collection = VectorCollection.open(name: "things", folder: folder, options: options)
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

    /// Texts of title and brand, embedded by the built-in model, and searched by their words.
    static var shop: CollectionSchema {
        CollectionSchema(
            vectors: [
                VectorField(
                    name: "t", dimension: EmbeddingModel.hash.dimension, metric: .cosine,
                    model: EmbeddingModel.hashName, source: [SourcePart(template: "{title}. {brand}")])
            ],
            fields: [PayloadField(path: "price", kind: .float), PayloadField(path: "brand", kind: .keyword)],
            text: [TextField(path: "title", weight: 2), TextField(path: "brand")],
            fingerprints: ["t": EmbeddingModel.hash.fingerprint])
    }

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
    func upsert(
        _ points: [UpsertPoint], wait moment: WriteWait = .searchable, fingerprint: String? = nil
    ) throws -> WriteReceipt {
        try wait { upsert(points, wait: moment, fingerprint: fingerprint, completion: $0) }
    }

    /// Waits until no text waits for its model.
    func waitUntilEmbedded() throws {
        for _ in 0..<3_000 {
            guard case .object(let root) = describe(), case .object(let embedding)? = root["embedding"],
                embedding["waiting"] != .int(0)
            else { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    /// Searches by text, as a client would.
    func search(
        text: String, mode: SearchMode? = nil, k: Int = 10, filter: String? = nil, highlight: Bool = false,
        facets: [String] = [], explain: Bool = false
    ) throws -> SearchReply {
        let request = SearchRequest(
            collection: name, query: .text(text), k: k, filter: filter.map { .text($0) }, explain: explain,
            mode: mode, highlight: highlight, facets: facets)
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<[EmbeddedText?], IlkError>?>(nil)
        embedTexts(of: [request]) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        return try search(request, embedded: try outcome.withLock { $0! }.get()[0])
    }

    @discardableResult
    func delete(_ selection: PointSelection) throws -> WriteReceipt { try wait { delete(selection, completion: $0) } }

    @discardableResult
    func patch(_ selection: PointSelection, _ payload: String, expiry: PointExpiry? = nil) throws -> WriteReceipt {
        let value = try JSONValue.parse(payload)
        return try wait { patch(selection, with: value, expiry: expiry, completion: $0) }
    }

    /// A number of `collection.describe`.
    func describedInt(_ name: String) -> Int? {
        guard case .object(let root) = describe(), case .int(let number)? = root[name] else { return nil }
        return Int(number)
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
    /// A point whose texts are in its payload.
    init(_ id: PointID, text payload: String) throws {
        self.init(id: id, vectors: [], payload: JSONText(try JSONValue.parse(payload)))
    }

    init(_ id: PointID, _ vector: [Float], _ payload: String = "{}", expiry: PointExpiry = .never) throws {
        self.init(
            id: id, vectors: [(nil, vector)], payload: JSONText(try JSONValue.parse(payload)), expiry: expiry)
    }
}

extension PointID: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A point's name.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A point's number.
    public init(integerLiteral value: UInt64) { self = .number(value) }
}

extension VectorCollection {
    /// Waits until every vector is in its graph.
    func waitUntilLinked() {
        for _ in 0..<12_000 {
            guard case .object(let root) = describe(), case .object(let indexes)? = root["indexes"],
                indexes.members.contains(where: { member in
                    guard case .object(let index) = member.value else { return false }
                    return index["pending"] != .int(0)
                })
            else { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }
}
