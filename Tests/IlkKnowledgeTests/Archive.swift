import Dispatch
import IlkCollection
import IlkEmbedding
import IlkKnowledge
import IlkProtocol
import IlkTestSupport
import Synchronization

/// A knowledge base in a temporary folder, embedded by the built-in model, with calls that wait for their answers.
final class Archive: Sendable {
    private let folder: TemporaryFolder
    private let embedder: Embedder
    private let opened: Mutex<VectorCollection>

    init(fields: [PayloadField] = []) throws {
        folder = try TemporaryFolder()
        embedder = Embedder(store: ModelStore(path: folder.file("models")))
        var schema = KnowledgeBase.schema(model: EmbeddingModel.hashName, fields: fields)
        schema.vectors[0].dimension = EmbeddingModel.hash.dimension
        schema.fingerprints[KnowledgeBase.vectorField] = EmbeddingModel.hash.fingerprint
        opened = Mutex(
            try VectorCollection.create(
                name: "kb", folder: folder.file("kb"), schema: schema, options: Self.options(embedder)))
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
    var base: KnowledgeBase { KnowledgeBase(collection: collection) }

    /// Closes the collection and opens it again.
    func reopen() {
        opened.withLock { collection in
            collection.close()
            collection = VectorCollection.open(name: "kb", folder: folder.file("kb"), options: Self.options(embedder))
            collection.waitUntilLoaded()
        }
    }

    @discardableResult
    func upsert(_ documents: WireDocument...) throws -> KnowledgeReceipt { try upsert(documents) }

    @discardableResult
    func upsert(_ documents: [WireDocument]) throws -> KnowledgeReceipt {
        try answer { try base.upsert(documents, wait: .searchable, completion: $0) }
    }

    @discardableResult
    func delete(_ ids: String...) throws -> WriteReceipt { try answer { try base.delete(ids, completion: $0) } }

    func get(
        _ ids: String..., withText: Bool = true, withPassages: Bool = false, limit: Int = .max
    ) throws -> JSONValue {
        let names = JSONText(.array(ids.map { .string($0) }))
        let line =
            #"{"method":"document.get","params":{"collection":"kb","ids":\#(String(decoding: names.bytes, as: UTF8.self)),"with_text":\#(withText),"with_passages":\#(withPassages)}}"#
        guard case .documentGet(let request) = try command(line) else { throw IlkErrorWith(line) }
        return .object(try base.get(request) { $0 > limit ? IlkError(.tooLarge, "\($0) bytes are too long") : nil })
    }

    func list(limit: Int = 100, cursor: String? = nil) throws -> JSONValue {
        let after = cursor.map { #","cursor":"\#($0)""# } ?? ""
        let line = #"{"method":"document.list","params":{"collection":"kb","limit":\#(limit)\#(after)}}"#
        guard case .documentList(let request) = try command(line) else { throw IlkErrorWith(line) }
        return .object(try base.list(request))
    }

    /// What a client's line asks for.
    private func command(_ line: String) throws -> Command {
        let parsed = unsafe Array(line.utf8).withUnsafeBytes { unsafe RequestParser().parse(line: $0) }
        guard case .single(let call) = parsed else { throw IlkErrorWith(line) }
        return try call.command.get()
    }

    /// The text that a document is cited from.
    func text(of id: String) throws -> String { try get(id)["documents"][0]["text"].string }

    func retrieve(
        _ query: String, k: Int = 5, mode: SearchMode = .hybrid, filter: String? = nil, tokenBudget: Int? = nil,
        perDocument: Int? = nil, window: Int = 0, explain: Bool = false
    ) throws -> JSONValue {
        let request = RetrieveRequest(
            collection: "kb", query: query, k: k, mode: mode, filter: filter.map { .text($0) },
            tokenBudget: tokenBudget, perDocument: perDocument, window: window, explain: explain)
        return .object(try base.retrieve(try answer { try base.prepare(request, completion: $0) }))
    }

    private func answer<Success: Sendable>(
        _ start: (@escaping @Sendable (Result<Success, IlkError>) -> Void) throws -> Void
    ) throws -> Success {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Success, IlkError>?>(nil)
        try start { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.withLock({ $0 }) else { throw IlkErrorWith("no answer") }
        return try result.get()
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
    var double: Double { if case .double(let number) = self { number } else { -1 } }
    var keys: [String] { if case .object(let object) = self { object.members.map(\.key) } else { [] } }
}
