import Dispatch
import IlkCollection
import IlkEmbedding
import IlkProtocol
import IlkTestSupport
import IlkThemes
import Synchronization

/// A collection of products in a temporary folder, embedded by the built-in model, spoken to in lines.
final class Shop: Sendable {
    private let folder: TemporaryFolder
    private let embedder: Embedder
    private let opened: Mutex<VectorCollection>

    /// A shop with words and vectors, or without.
    init(hasWords: Bool = true, hasModel: Bool = true) throws {
        folder = try TemporaryFolder()
        embedder = Embedder(store: ModelStore(path: folder.file("models")))
        var field = VectorField(name: "text", dimension: 2, metric: .cosine)
        var fingerprints: [String: String] = [:]
        if hasModel {
            field = VectorField(
                name: "text", dimension: EmbeddingModel.hash.dimension, metric: .cosine,
                model: EmbeddingModel.hashName, source: [SourcePart(template: "{title}. {use}")])
            fingerprints["text"] = EmbeddingModel.hash.fingerprint
        }
        let schema = CollectionSchema(
            vectors: [field],
            fields: [
                PayloadField(path: "category", kind: .keyword), PayloadField(path: "brand", kind: .keyword),
                PayloadField(path: "price", kind: .float), PayloadField(path: "stock", kind: .int),
                PayloadField(path: "free_shipping", kind: .bool), PayloadField(path: "listed", kind: .datetime),
            ], text: hasWords ? [TextField(path: "title", weight: 2), TextField(path: "use", weight: 1)] : [],
            fingerprints: fingerprints)
        opened = Mutex(
            try VectorCollection.create(
                name: "shop", folder: folder.file("shop"), schema: schema, options: Self.options(embedder)))
    }

    deinit {
        opened.withLock { $0.close() }
        embedder.close()
    }

    private static func options(_ embedder: Embedder) -> CollectionOptions {
        var options = CollectionOptions(linkThreads: 2, seed: 7)
        options.embedder = embedder
        return options
    }

    var collection: VectorCollection { opened.withLock { $0 } }
    var merchandiser: Merchandiser { get throws { try Merchandiser(collection: collection) } }

    /// Closes the collection and opens it again.
    func reopen() {
        opened.withLock { collection in
            collection.close()
            collection = VectorCollection.open(
                name: "shop", folder: folder.file("shop"), options: Self.options(embedder))
            collection.waitUntilLoaded()
        }
    }

    /// What a client's line is answered.
    @discardableResult
    func call(_ method: String, _ params: String) throws -> JSONValue {
        let members = params.dropFirst()
        let line = #"{"method":"\#(method)","params":{"collection":"shop"\#(members == "}" ? "" : ",")\#(members)}"#
        let parsed = unsafe Array(line.utf8).withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed else { throw IlkError(.internal, line) }
        let merchandiser = try merchandiser
        switch try call.command.get() {
        case .themeUpsert(let request): return .object(try merchandiser.upsert(request))
        case .themeGet(let request): return .object(try merchandiser.get(request))
        case .themeDelete(let request): return .object(try merchandiser.delete(request))
        case .themeList(let request): return .object(try merchandiser.list(request))
        case .themeMatch(let request): return .object(try merchandiser.match(request))
        case .themeSelect(let request): return .object(try merchandiser.select(request))
        case .themeFloors(let request): return .object(try merchandiser.floors(request))
        case .themeBatch(let request):
            return .object(try merchandiser.batch(request, threads: 2, progress: { _ in true }))
        case .toolSchema(let request): return .object(try merchandiser.toolSchema(request))
        default: throw IlkError(.internal, "\(method) is none of themes'")
        }
    }

    /// What is said of a line that is refused; empty where it is not.
    func refusal(_ method: String, _ params: String) throws -> String {
        do {
            try call(method, params)
            return ""
        } catch let error as IlkError {
            return error.message
        }
    }

    /// Puts products in, and waits until they are searchable.
    func add(_ products: [Product]) throws {
        let points = try products.map { product in
            UpsertPoint(
                id: .string(product.id), vectors: product.vector.map { [("text", $0)] } ?? [],
                payload: JSONText(try JSONValue.parse(product.payload)))
        }
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<WriteReceipt, IlkError>?>(nil)
        collection.upsert(points, wait: .searchable) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        _ = try outcome.withLock { $0 }?.get()
    }
}

/// A product of the tests' shop.
struct Product {
    var id: String
    var title: String
    var use = ""
    var category = "toys"
    var brand = "Acme"
    var price = 10.0
    var stock = 5
    var isFree = false
    var vector: [Float]?

    var payload: String {
        #"{"title":"\#(title)","use":"\#(use)","category":"\#(category)","brand":"\#(brand)","price":\#(price),"stock":\#(stock),"free_shipping":\#(isFree),"listed":"2026-01-0\#(stock % 9 + 1)"}"#
    }

    /// Forty products: pandas, lamps, kettles and rugs of four brands, each a little dearer than the one before.
    static let shelf: [Product] = (0..<40).map { number in
        let things = ["panda plush toy", "desk lamp", "water kettle", "wool rug"]
        let uses = ["to cuddle", "to read by", "to make tea", "to warm the floor"]
        let categories = ["toys", "lighting", "kitchen", "home"]
        return Product(
            id: "p\(number)", title: "\(things[number % 4]) number \(number)", use: uses[number % 4],
            category: categories[number % 4], brand: ["Acme", "Loco", "Nike", "Zeta"][number / 4 % 4],
            price: Double(number + 1), stock: number % 7, isFree: number % 3 == 0)
    }
}

/// Replies, looked into: what is not there is null, empty or -1.
extension JSONValue {
    subscript(key: String) -> JSONValue { if case .object(let object) = self { object[key] ?? .null } else { .null } }
    subscript(place: Int) -> JSONValue { elements.indices.contains(place) ? elements[place] : .null }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var string: String { if case .string(let text) = self { text } else { "" } }
    var strings: [String] { elements.map(\.string) }
    var int: Int { if case .int(let number) = self { Int(number) } else { -1 } }
    var double: Double {
        switch self {
        case .double(let number): number
        case .int(let number): Double(number)
        default: -1
        }
    }
    var keys: [String] { if case .object(let object) = self { object.members.map(\.key) } else { [] } }
    /// The ids of a list of products or themes.
    var ids: [String] { elements.map { $0["id"].string } }
}
