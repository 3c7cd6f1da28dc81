import IlkCollection
import IlkProtocol
import Synchronization

/// The assets of merchants, in memory: the truth is in the collection's file, and is read when first asked for.
///
/// There is no list of all of them: whatever is looked for begins with the merchant's own shelf, so that a merchant's assets
/// cannot come to another by a filter that was forgotten.
final class AssetShelf: CollectionCompanion {
    /// What assets are kept as.
    static let kind = "asset"

    /// An asset in its place.
    struct Entry: Sendable {
        /// The order of first insertion.
        var number: Int64
        var asset: WireAsset
    }

    /// A text made a vector, by the model of a fingerprint.
    private struct Made: Sendable {
        var text: String
        var fingerprint: String
        var vector: [Float]
    }

    /// The name of a merchant or an asset by its bytes: Unicode would hold two spellings of a letter for one.
    private struct Name: Hashable, Sendable {
        let bytes: [UInt8]
        init(_ text: String) { bytes = Array(text.utf8) }
    }

    private struct Library: Sendable {
        var entries: [Name: Entry] = [:]
        var vectors: [Name: Made] = [:]
    }

    private struct State {
        var isLoaded = false
        var libraries: [Name: Library] = [:]
    }
    private let state = Mutex(State())
    /// Held from before a write to the file until memory has it, so that both change in one order.
    private let writing = Mutex(())

    /// The key of an asset in the file: no two pairs of names have the same.
    private static func key(_ merchant: String, _ id: String) -> String { "\(merchant.utf8.count):\(merchant)\(id)" }

    // MARK: Reading

    /// A merchant's assets, in the order of first insertion.
    func assets(of merchant: String, in collection: VectorCollection) throws(IlkError) -> [Entry] {
        try load(from: collection)
        return state.withLock { state in
            (state.libraries[Name(merchant)]?.entries.values).map { $0.sorted { $0.number < $1.number } } ?? []
        }
    }

    /// How many assets a merchant has.
    func count(of merchant: String) -> Int { state.withLock { $0.libraries[Name(merchant)]?.entries.count ?? 0 } }

    private func load(from collection: VectorCollection) throws(IlkError) {
        guard !state.withLock({ $0.isLoaded }) else { return }
        try writing.withLock { _ throws(IlkError) in
            guard !state.withLock({ $0.isLoaded }) else { return }
            var loaded: [Entry] = []
            for value in try collection.kept(Self.kind) {
                loaded.append(Entry(number: value.key, asset: try WireAsset(kept: try value.value.parsed())))
            }
            put(loaded)
            state.withLock { $0.isLoaded = true }
        }
    }

    // MARK: Writing

    /// Keeps assets, each in the place of its merchant's one with its id; all of them or none.
    func put(_ assets: [WireAsset], in collection: VectorCollection) throws(IlkError) {
        try load(from: collection)
        try writing.withLock { _ throws(IlkError) in
            let numbers = try collection.keep(
                Self.kind, assets.map { (Self.key($0.merchant, $0.id), JSONText(.object($0.json))) })
            put(zip(numbers, assets).map { Entry(number: $0, asset: $1) })
        }
    }

    private func put(_ entries: [Entry]) {
        state.withLock { state in
            for entry in entries {
                state.libraries[Name(entry.asset.merchant), default: Library()].entries[Name(entry.asset.id)] = entry
            }
        }
    }

    /// Takes a merchant's assets away; how many there were.
    func remove(_ ids: [String], of merchant: String, from collection: VectorCollection) throws(IlkError) -> Int {
        try load(from: collection)
        return try writing.withLock { _ throws(IlkError) in
            let count = try collection.discard(Self.kind, ids.map { Self.key(merchant, $0) })
            state.withLock { state in
                for id in ids {
                    state.libraries[Name(merchant)]?.entries[Name(id)] = nil
                    state.libraries[Name(merchant)]?.vectors[Name(id)] = nil
                }
            }
            return count
        }
    }

    // MARK: Vectors

    /// The vectors of a merchant's assets in their order, those that are missing made now; nil where there is none.
    func vectors(
        of entries: [Entry], of merchant: String, field: Int, in collection: VectorCollection
    ) throws(IlkError) -> [[Float]?] {
        let fingerprint = try collection.fingerprint(ofField: field) ?? ""
        let known = state.withLock { $0.libraries[Name(merchant)]?.vectors ?? [:] }
        var vectors = entries.map { entry -> [Float]? in
            if let vector = entry.asset.vector { return vector }
            guard let made = known[Name(entry.asset.id)], made.text == entry.asset.text,
                made.fingerprint == fingerprint
            else { return nil }
            return made.vector
        }
        let missing = entries.indices.filter { vectors[$0] == nil }
        guard !missing.isEmpty else { return vectors }
        let made = try collection.embed(
            missing.map { entries[$0].asset.text ?? "" }, field: field, kind: .passage)
        for (place, embedded) in zip(missing, made) { vectors[place] = embedded?.vector }
        state.withLock { state in
            for (place, embedded) in zip(missing, made) {
                let asset = entries[place].asset
                guard let embedded, state.libraries[Name(merchant)]?.entries[Name(asset.id)]?.asset == asset else {
                    continue
                }
                state.libraries[Name(merchant)]?.vectors[Name(asset.id)] = Made(
                    text: asset.text ?? "", fingerprint: embedded.fingerprint, vector: embedded.vector)
            }
        }
        return vectors
    }
}

extension WireAsset {
    /// The asset as it is kept; its vector only there, where it has one.
    var json: JSONObject {
        var json = shownJSON
        json["vector"] = vector.map { .array($0.map { .double(Double($0)) }) }
        return json
    }

    /// The asset as replies show it.
    var shownJSON: JSONObject {
        var json = JSONObject([
            ("id", .string(id)), ("merchant", .string(merchant)), ("kind", .string(kind)),
        ])
        json["url"] = url.map { .string($0) }
        json["text"] = text.map { .string($0) }
        if !tags.isEmpty { json["tags"] = .array(tags.map { .string($0) }) }
        return json
    }

    /// Reads back what ``json`` wrote.
    ///
    /// - Throws: `internal` where it is something else.
    init(kept value: JSONValue) throws(IlkError) {
        guard case .object(let json) = value, case .string(let id)? = json["id"],
            case .string(let merchant)? = json["merchant"], case .string(let kind)? = json["kind"]
        else { throw IlkError(.internal, "an asset cannot be read; upsert it again, or restore a snapshot") }
        func text(_ key: String) -> String? {
            if case .string(let text)? = json[key] { text } else { nil }
        }
        var vector: [Float]?
        if case .array(let values)? = json["vector"] {
            vector = values.map { value in
                switch value {
                case .double(let number): Float(number)
                case .int(let number): Float(number)
                default: 0
                }
            }
        }
        var tags: [String] = []
        if case .array(let values)? = json["tags"] {
            tags = values.compactMap { if case .string(let tag) = $0 { tag } else { nil } }
        }
        self.init(
            id: id, merchant: merchant, kind: kind, url: text("url"), text: text("text"), vector: vector, tags: tags)
    }
}
